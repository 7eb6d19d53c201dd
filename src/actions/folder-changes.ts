import { posix } from 'node:path';
import { file, justWritten } from '../facts/files.ts';
import type { FactRevision } from '../model/fact.ts';

/**
 * What becomes of the folder of a path that is made, replaced or taken away: its time of change is now. (A file that is
 * written takes its place by a rename, so a new content counts too.)
 */
export const folderChanges = (path: string): readonly FactRevision[] => [
  { key: file(posix.dirname(path)), properties: { mtime: justWritten } },
];
