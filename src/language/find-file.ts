import { posix } from 'node:path';
import type { ProjectFiles } from '../model/project.ts';
import { didYouMean, nearestName } from '../util/nearest-name.ts';

/** Puts a path that stands in a file of `folder` together with it; absolute ones stay. */
export const resolveFrom = (folder: string, path: string): string =>
  posix.isAbsolute(path) ? posix.normalize(path) : posix.join(folder, path);

/**
 * The first of the folders that has a file at `path`.
 *
 * @returns the file's path, or undefined with none
 */
export const findFile = (files: ProjectFiles, path: string, folders: readonly string[]): string | undefined =>
  candidates(path, folders).find((candidate) => files.kind(candidate) === 'file');

/** Where `findFile` looks, for the message that it found nothing. */
export const candidates = (path: string, folders: readonly string[]): readonly string[] => [
  ...new Set(folders.map((folder) => resolveFrom(folder, path))),
];

/** A name in one of the folders that was probably meant; as it would be written. */
export const nearestFile = (
  files: ProjectFiles,
  name: string,
  folders: readonly string[],
  kind: 'file' | 'directory' = 'file',
): string | undefined => {
  for (const candidate of candidates(name, folders)) {
    const folder = posix.dirname(candidate);
    const others = files.list(folder).filter((other) => files.kind(posix.join(folder, other)) === kind);
    const near = nearestName(posix.basename(candidate), others);
    if (near !== undefined) return posix.join(posix.dirname(name), near);
  }
  return inNearFolder(files, name, folders, kind);
};

/** The name is right, and that of its folder is not. */
const inNearFolder: typeof nearestFile = (files, name, folders, kind = 'file') => {
  const above = posix.dirname(name);
  const near = above === '.' || above === '/' ? undefined : nearestFile(files, above, folders, 'directory');
  if (near === undefined) return undefined;
  const meant = posix.join(near, posix.basename(name));
  return candidates(meant, folders).some((path) => files.kind(path) === kind) ? meant : undefined;
};

/** For a message that a file or folder is not there: what was probably meant, and where it was looked for. */
export const missingHint = (
  files: ProjectFiles,
  name: string,
  folders: readonly string[],
  kind: 'file' | 'directory' = 'file',
): string | undefined =>
  didYouMean(nearestFile(files, name, folders, kind), `looked for ${candidates(name, folders).join(', ')}`);
