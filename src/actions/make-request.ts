import { content } from '../facts/contents.ts';
import { type FileFact, file } from '../facts/files.ts';
import { answerSh, longestBodyBytes } from '../facts/http-looks.ts';
import type { Action } from '../model/action.ts';
import { type Absent, absent, type FactEffect } from '../model/fact.ts';
import type { HttpRequest } from '../model/http-request.ts';
import type { Sh } from '../model/sh.ts';
import { unknown } from '../model/unknown.ts';
import { enterFolderOf, nameIn } from '../shell/enter-folder.ts';
import { defineRequest } from '../shell/http-client.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { type Attributes, accountWord, setAttributesSh } from './file-attributes.ts';
import { taintsOfFile } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';
import { temporaryName } from './open-new.ts';

/** Where an answer is kept. */
export interface AnswerFile extends Attributes {
  readonly path: string;
  readonly current: FileFact | Absent;
}

interface RequestToMake {
  readonly request: HttpRequest;
  /** Method and address without secrets, for people. */
  readonly shown: string;
  /** Statuses with which the answer is kept in the file. */
  readonly statuses: readonly number[];
  /** undefined: the answer is brought here. */
  readonly into?: AnswerFile | undefined;
  /** Bring it here besides. */
  readonly returnsContent: boolean;
  /** What guards say will be true after it. */
  readonly predicts: readonly FactEffect[];
  readonly unprovable: boolean;
}

const separator = '\u001e';

/** As `answerSh`, the body kept in a file where the status is one of success. */
const keepAnswer = ({ request, statuses, returnsContent }: RequestToMake, into: AnswerFile): Sh => {
  const kept = into.current !== absent && into.current.type === 'file' ? into.current : undefined;
  const attributes: Attributes = {
    owner: into.owner ?? (kept && accountWord(kept.owner, kept.uid)),
    group: into.group ?? (kept && accountWord(kept.group, kept.gid)),
    mode: into.mode ?? kept?.mode ?? '0644',
  };
  return joinSh([
    enterFolderOf(into.path),
    sh`t=$(mktemp -- ${temporaryName(into.path)})
trap 'rm -f -- "$t"' EXIT
trap 'exit 1' HUP INT TERM`,
    defineRequest(request, false),
    sh`meta=$(request 3>&1 >"$t") || :
code=\${meta##*${separator}}; code=\${code%% *}
case $code in
  ${rawSh(statuses.join('|'))})
    if ${rawSh(returnsContent ? 'true' : 'false')}; then head -c ${longestBodyBytes} <"$t" | base64 -w 0; fi`,
    ...setAttributesSh(attributes, rawSh('"$t"')),
    sh`    mv -f -T -- "$t" ${nameIn(into.path)} ;;
  *) head -c ${longestBodyBytes} <"$t" | base64 -w 0 ;;
esac
printf '\036\036%s' "$meta"`,
  ]);
};

/** Makes a request that may change something somewhere; what its answer is worth, the module judges. */
export const makeRequest = (wanted: RequestToMake): Action => {
  const { request, shown, into } = wanted;
  const where = into === undefined ? '' : ` into ${into.path}`;
  const later = unknown(`the answer to ${shown}`);
  return {
    kind: 'make-request',
    summary: `${shown}${where}`,
    changes: [{ summary: `${shown}${where}` }],
    sh: into === undefined ? answerSh(request, 'content', false) : keepAnswer(wanted, into),
    predicts: [
      ...wanted.predicts,
      ...(into === undefined
        ? []
        : [
            { key: file(into.path), value: later },
            { key: content(into.path), value: later },
          ]),
    ],
    ...(into !== undefined && { revises: folderChanges(into.path), taints: taintsOfFile(into.path) }),
    unprovable: wanted.unprovable,
    capture: true,
  };
};
