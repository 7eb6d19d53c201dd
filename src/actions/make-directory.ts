import { posix } from 'node:path';
import { file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import type { Identity } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { enterFolderOf, nameIn } from '../shell/enter-folder.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { type Attributes, setAttributesSh, withAttributes } from './file-attributes.ts';
import { taintsOfFile } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';
import { freshFile } from './fresh-file.ts';

const suffix = ({ owner, group, mode }: Attributes): string =>
  [owner, group, mode].some((part) => part !== undefined)
    ? ` (${[mode, [owner, group].filter((name) => name !== undefined).join(':')].filter(Boolean).join(' ')})`
    : '';

/** Goes into a folder that was made just now, unless somebody has put something else in its place. */
const enterNew = (path: string): Sh => sh`p=\${PWD%/}
cd -P -- ${nameIn(path)}
[ "$PWD" = "$p/"${posix.basename(path)} ] || {
  echo ${`${path} was replaced as soon as it was made`} >&2
  exit 1
}`;

/** One folder, from within the one it is made in, with `.` for it: its name may lead elsewhere a moment later. */
const makeOne = (path: string, wanted: Attributes | undefined): Sh[] =>
  wanted === undefined
    ? [sh`mkdir -- ${nameIn(path)}`]
    : [sh`mkdir -m 0700 -- ${nameIn(path)}`, enterNew(path), ...setAttributesSh(wanted, rawSh('.'))];

/**
 * Makes folders that are not there, outermost first and each in the one before, all with the same attributes. Until owner and mode are set, only
 * the account that makes them can look inside.
 */
export const makeDirectories = (paths: readonly string[], wanted: Attributes, identity: Identity): Action => {
  const isPlain = wanted.owner === undefined && wanted.group === undefined && wanted.mode === undefined;
  const value = withAttributes(freshFile('directory', identity), wanted);
  return {
    kind: 'make-directory',
    summary: `create directory ${paths.at(-1) ?? ''}`,
    changes: paths.map((path) => ({ summary: `create directory ${path}${suffix(wanted)}` })),
    sh: joinSh([
      ...paths.slice(0, 1).map(enterFolderOf),
      ...paths.flatMap((path, index) => [
        ...makeOne(path, isPlain ? undefined : { ...wanted, mode: value.mode }),
        ...(isPlain && index < paths.length - 1 ? [enterNew(path)] : []),
      ]),
    ]),
    predicts: paths.map((path) => ({ key: file(path), value })),
    revises: paths.flatMap(folderChanges),
    taints: paths.flatMap(taintsOfFile),
  };
};
