import { checksumsBelow } from '../facts/checksums.ts';
import { treesAround } from '../facts/trees.ts';
import type { Taint } from '../model/fact.ts';

/** Folders that systemd reads units from; what it knows of a unit may be other once a file there has changed. */
const unitFolders = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];

/** Facts of other kinds that a change of the file at `path` may change. */
export const taintsOfFile = (path: string): readonly Taint[] => [
  ...treesAround(path),
  checksumsBelow(path),
  ...(unitFolders.some((folder) => path.startsWith(`${folder}/`)) ? [{ kind: 'unit' }] : []),
];
