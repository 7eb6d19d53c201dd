import { posix } from 'node:path';
import { setAttributes } from '../../actions/set-attributes.ts';
import { backupOf, type CopyOf, writeFile } from '../../actions/write-file.ts';
import { content, type KnownContent } from '../../facts/contents.ts';
import { file } from '../../facts/files.ts';
import type { Action } from '../../model/action.ts';
import { absent, type FactKey, type Facts } from '../../model/fact.ts';
import type { TaskContext, TaskPlan } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { unknown } from '../../model/unknown.ts';
import { memoizeByObject } from '../../util/memoize-by-object.ts';
import { sha256 } from '../../util/sha256.ts';
import { resolveAttributes, type WantedAttributes } from './attribute-params.ts';
import { mustHaveFolder, type Place } from './resolve-path.ts';

/** What a file shall hold and look like. */
export interface WantedContent extends WantedAttributes {
  readonly bytes: Uint8Array | CopyOf;
  /** False: a file that is there stays as it is. */
  readonly force?: boolean | undefined;
  readonly backup?: boolean | undefined;
  readonly validate?: string | undefined;
}

/** The facts that `installContent` reads for a path. */
export const factsOfContent = (path: string, bytes: Uint8Array | CopyOf): FactKey[] => [
  file(path),
  content(path, knownOf(bytes)),
  file(posix.dirname(path)),
];

const hashOnce = memoizeByObject((bytes: Uint8Array): string => sha256(bytes));

const hashOf = (bytes: Uint8Array | CopyOf): string => ('sha256' in bytes ? bytes.sha256 : hashOnce(bytes));

const knownOf = (bytes: Uint8Array | CopyOf): KnownContent =>
  'sha256' in bytes ? bytes : { sha256: hashOnce(bytes), sizeBytes: bytes.length };

/** A new file before its attributes are set. */
const fresh = { mode: '0644', type: 'file' } as const;

const replaceable: ReadonlySet<string> = new Set(['file', 'link']);

/**
 * The actions that make a file hold exactly these bytes: none, only its attributes, or the file as a whole.
 *
 * @throws TaskFailure when the folder is missing or something other than a file is in the way
 */
export const installContent = (
  facts: Facts,
  { path, fact }: Place,
  wanted: WantedContent,
  { identity }: TaskContext,
): Action[] => {
  if (fact === absent) mustHaveFolder(facts, path);
  if (fact !== absent && wanted.force === false) return [];
  if (fact !== absent && !replaceable.has(fact.type))
    throw new TaskFailure(`${path} is a ${fact.type}, not a file`);
  if (fact !== absent && fact.type === 'file' && fact.sha256 === hashOf(wanted.bytes))
    return setAttributes(path, fact, resolveAttributes(wanted, fact));
  const isFile = fact !== absent && fact.type === 'file';
  return [
    writeFile({
      path,
      bytes: wanted.bytes,
      current: fact,
      before: isFile ? facts.get(content(path)) : absent,
      identity,
      validate: wanted.validate,
      backup: wanted.backup,
      ...resolveAttributes(wanted, isFile ? fact : fresh),
    }),
  ];
};

/** Ansible's `diff` of a result, with the texts before and after of what is written: only where `diff: true` stands on the task. */
export const textsOf = (
  actions: readonly Action[],
  { diff, secret }: TaskContext,
): Readonly<Record<string, unknown>> => {
  if (!diff || secret) return {};
  const texts = actions.flatMap(({ changes }) => changes.flatMap((change) => change.diff ?? []));
  return {
    diff: texts.map(({ path, before, after }) => ({
      ...{ before: before ?? '', after: after ?? '' },
      ...{ before_header: path, after_header: path },
    })),
  };
};

/** A plan whose result has `backup_file` (or another key) once the action has made one. */
export const planWithBackup = (
  actions: readonly Action[],
  result: Readonly<Record<string, unknown>>,
  key: string = 'backup_file',
): TaskPlan => {
  const at = actions.findIndex((action) => action.capture === true);
  if (at === -1) return { actions, result };
  return {
    actions,
    result: { ...result, [key]: unknown('the backup to be made') },
    finish: (outcomes) => ({ [key]: backupOf(outcomes[at]?.stdout ?? '') }),
  };
};
