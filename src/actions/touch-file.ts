import { content } from '../facts/contents.ts';
import { type FileFact, file, justWritten } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import type { Identity } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { enterFolderOf, nameIn } from '../shell/enter-folder.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { type Attributes, setOpenedAttributesSh, withAttributes } from './file-attributes.ts';
import { taintsOfFile, taintsOfNames } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';
import { freshFile } from './fresh-file.ts';
import { openNewFile } from './open-new.ts';
import { unitFileEffects } from './unit-effects.ts';

/** A time that a file gets: `at` as its fact has it; `wall` as the host's clock shows it, undefined: now. */
export interface FileTime {
  readonly wall?: string | undefined;
  readonly at: number;
}

/** Which of a file's two times are set. */
export interface Times {
  readonly access?: FileTime | undefined;
  readonly modification?: FileTime | undefined;
}

/** Makes an empty file where nothing is. A file that has come about meanwhile is not emptied. */
export const makeEmptyFile = (path: string, wanted: Attributes, identity: Identity): Action => {
  const value = withAttributes(freshFile('file', identity), wanted);
  const bytes = new Uint8Array();
  return {
    kind: 'touch-file',
    summary: `create ${path}`,
    changes: [{ summary: `create ${path} (empty)` }],
    sh: joinSh([
      enterFolderOf(path),
      openNewFile(path),
      ...setOpenedAttributesSh({ ...wanted, mode: value.mode }),
      rawSh('exec 3>&-'),
    ]),
    predicts: [
      { key: file(path), value },
      { key: content(path), value: { sha256: value.sha256, bytes, sizeBytes: 0 } },
      ...unitFileEffects(path),
    ],
    revises: folderChanges(path),
    taints: taintsOfFile(path),
  };
};

const touchSh = (path: string, flags: readonly string[], time: FileTime): Sh =>
  sh`touch -c -h ${[...flags, ...(time.wall === undefined ? [] : ['-d', time.wall])]} -- ${nameIn(path)}`;

const touchesSh = (path: string, { access, modification }: Times): readonly Sh[] => {
  if (access !== undefined && modification !== undefined && access.wall === modification.wall)
    return [touchSh(path, ['-a', '-m'], access)];
  return [
    ...(access === undefined ? [] : [touchSh(path, ['-a'], access)]),
    ...(modification === undefined ? [] : [touchSh(path, ['-m'], modification)]),
  ];
};

/** The time as a fact, where it is set. */
const setTo = (time: FileTime | undefined): number | undefined =>
  time !== undefined && time.wall === undefined ? justWritten : time?.at;

/** Sets times of what is there; to now: done every time it is asked for. */
export const touch = (path: string, current: FileFact, times: Times): Action => {
  const { access, modification } = times;
  const toNow = [access, modification].some((time) => time !== undefined && time.wall === undefined);
  const value = {
    ...current,
    mtime: setTo(modification) ?? current.mtime,
    ...(access?.wall !== undefined && { atime: access.at }),
  };
  return {
    kind: 'touch-file',
    summary: `touch ${path}`,
    changes: [{ summary: `touch ${path}` }],
    sh: joinSh([enterFolderOf(path), ...touchesSh(path, times)]),
    predicts: [{ key: file(path), value }, ...unitFileEffects(path)],
    taints: [...taintsOfFile(path), ...taintsOfNames(current)],
    ...(toNow && { unprovable: true }),
  };
};
