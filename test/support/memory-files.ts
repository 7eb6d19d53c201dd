import { posix } from 'node:path';
import type { ProjectFiles } from '../../src/model/project.ts';

/**
 * Project files that are kept in memory.
 *
 * @param texts  by path; folders are there as far as files are in them
 * @param modes  by path, where it is not 0644
 */
export const memoryFiles = (
  texts: Readonly<Record<string, string>>,
  modes: Readonly<Record<string, string>> = {},
): ProjectFiles => {
  const files = new Map(Object.entries(texts).map(([path, text]) => [posix.normalize(path), text]));
  const inFolder = (path: string): string[] => {
    const prefix = posix.normalize(path) === '.' ? '' : `${posix.normalize(path)}/`;
    return [...files.keys()]
      .filter((file) => file.startsWith(prefix))
      .map((file) => file.slice(prefix.length));
  };
  const text = (path: string): string | undefined => files.get(posix.normalize(path));
  return {
    text,
    read: (path) => {
      const found = text(path);
      return found === undefined ? undefined : new TextEncoder().encode(found);
    },
    kind: (path) => {
      if (files.has(posix.normalize(path))) return 'file';
      return inFolder(path).length > 0 ? 'directory' : undefined;
    },
    list: (path) => [...new Set(inFolder(path).map((rest) => rest.split('/')[0] ?? ''))].sort(),
    mode: (path) => modes[posix.normalize(path)] ?? '0644',
  };
};
