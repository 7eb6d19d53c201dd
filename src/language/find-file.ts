import { posix } from 'node:path';
import type { ProjectFiles } from '../model/project.ts';

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
