import { basename, dirname, join, relative } from 'node:path';
import type { ProjectFiles } from '../model/project.ts';
import type { TreeEntry } from '../template/lookups.ts';

/** `*.conf` of one name; hidden files only where the pattern names the dot. */
const patternOf = (name: string): RegExp => {
  const escaped = name.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('[!', '[^');
  const pattern = escaped.replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${name.startsWith('.') ? '' : '(?!\\.)'}${pattern}$`);
};

/** Files whose names fit, of the first of the places where there are some; sorted by name. */
export const globFiles = (places: readonly string[], files: ProjectFiles): readonly string[] => {
  for (const place of places) {
    const pattern = patternOf(basename(place));
    const found = files
      .list(dirname(place))
      .filter((name) => pattern.test(name))
      .map((name) => join(dirname(place), name))
      .filter((path) => files.kind(path) === 'file');
    if (found.length > 0) return found;
  }
  return [];
};

const below = (root: string, folder: string, files: ProjectFiles): readonly TreeEntry[] =>
  files.list(folder).flatMap((name): readonly TreeEntry[] => {
    const src = join(folder, name);
    const entry = { src, root: `${root}/`, path: relative(root, src), mode: files.mode(src) };
    if (files.kind(src) !== 'directory') return [{ ...entry, state: 'file' }];
    return [{ ...entry, state: 'directory' }, ...below(root, src, files)];
  });

/** What lies below the folder, in each place where it is; of two entries of one path the first. */
export const treeOf = (places: readonly string[], files: ProjectFiles): readonly TreeEntry[] => {
  const all = places
    .filter((place) => files.kind(place) === 'directory')
    .flatMap((root) => below(root, root, files));
  return all.filter(({ path }, index) => index === all.findIndex((other) => other.path === path));
};
