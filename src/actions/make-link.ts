import { posix } from 'node:path';
import { content } from '../facts/contents.ts';
import { type FileFact, file, justWritten } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import { type Absent, absent, type FactEffect, type Identity } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { unknown } from '../model/unknown.ts';
import { enterFolderOf, nameIn } from '../shell/enter-folder.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { taintsOfFile } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';
import { freshFile } from './fresh-file.ts';
import { unitFileEffects, unitLinkTaints } from './unit-effects.ts';

/** A link beside the path that takes its place by a rename, so that there is no moment without it. */
const replaceBy = (make: Sh, path: string): Sh =>
  sh`t=./${`.${[...posix.basename(path)].slice(0, 50).join('')}.syn-`}$$
rm -f -- "$t"
trap 'rm -f -- "$t"' EXIT
${make} "$t"
mv -f -T -- "$t" ${nameIn(path)}
trap - EXIT`;

const makeIn = (make: Sh, path: string, current: FileFact | Absent): Sh => {
  const name = nameIn(path);
  if (current === absent) return sh`${make} ${name}`;
  if (current.type === 'directory')
    return sh`rmdir -- ${name}
${make} ${name}`;
  return replaceBy(make, path);
};

const shOf = (make: Sh, path: string, current: FileFact | Absent): Sh =>
  joinSh([enterFolderOf(path), makeIn(make, path, current)]);

const describe = (current: FileFact | Absent): string =>
  current === absent
    ? ''
    : ` (was a ${current.type}${current.type === 'link' ? ` to ${current.target}` : ''})`;

/** What the path holds through the link cannot be told without another look. */
const effects = (path: string, fact: FileFact): FactEffect[] => [
  { key: file(path), value: fact },
  { key: content(path), value: unknown(`the link ${path}`) },
  ...unitFileEffects(path),
];

/**
 * Makes a symbolic link, or points one elsewhere. A folder in its place must be empty.
 *
 * @param target  as it is to stand in the link
 */
export const makeLink = (
  path: string,
  target: string,
  current: FileFact | Absent,
  identity: Identity,
): Action => ({
  kind: 'make-link',
  summary: `link ${path} to ${target}`,
  changes: [{ summary: `link ${path} -> ${target}${describe(current)}` }],
  sh: shOf(sh`ln -s -T -- ${target}`, path, current),
  predicts: effects(path, {
    ...freshFile('link', identity),
    target,
    sizeBytes: new TextEncoder().encode(target).length,
  }),
  revises: folderChanges(path),
  taints: [...taintsOfFile(path), ...unitLinkTaints(path)],
});

/** Makes `path` another name of the file at `source`. */
export const makeHardLink = (
  path: string,
  source: string,
  sourceFact: FileFact,
  current: FileFact | Absent,
): Action => ({
  kind: 'make-link',
  summary: `link ${path} to ${source}`,
  changes: [{ summary: `hard link ${path} = ${source}${describe(current)}` }],
  // NOTE: `mv` of one name onto another of the same file does nothing, but then there was nothing to do either.
  sh: shOf(sh`ln -T -- ${source}`, path, current),
  predicts: [
    { key: file(source), value: { ...sourceFact, links: sourceFact.links + 1 } },
    ...effects(path, { ...sourceFact, mtime: justWritten, links: sourceFact.links + 1 }),
  ],
  revises: folderChanges(path),
  taints: [...taintsOfFile(path), ...unitLinkTaints(path)],
});
