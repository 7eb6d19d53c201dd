import { posix } from 'node:path';
import { checksumsBelow } from '../facts/checksums.ts';
import type { FileFact } from '../facts/files.ts';
import { treesAround } from '../facts/trees.ts';
import type { Taint } from '../model/fact.ts';

/**
 * Facts that are read from files below a path: they may be other once a file there has changed. (Unit files are no part of
 * it: `unitFileEffects` predicts what follows from those.)
 */
const readFrom: readonly (readonly [path: string, kinds: readonly string[]])[] = [
  ['/etc/passwd', ['account']],
  ['/etc/group', ['account', 'group']],
  ['/etc/apt', ['apt-folder', 'apt-lists', 'apt-candidate', 'apt-name', 'apt-simulation']],
];

/** A file of several names changes under all of them, and nobody knows the others. */
export const taintsOfNames = ({ type, links }: Pick<FileFact, 'type' | 'links'>): readonly Taint[] =>
  type !== 'directory' && links > 1 ? [{ kind: 'file' }] : [];

/** Facts of other kinds that a change of the file at `path` may change. */
export const taintsOfFile = (path: string): readonly Taint[] => [
  ...treesAround(path),
  checksumsBelow(path),
  { kind: 'pieces', under: posix.dirname(path) },
  // apt takes no other name for a package's file.
  ...(path.endsWith('.deb') ? [{ kind: 'deb-file', under: path }] : []),
  ...readFrom
    .filter(([folder]) => path === folder || path.startsWith(`${folder}/`))
    .flatMap(([, kinds]) => kinds.map((kind) => ({ kind }))),
];
