import { checksumsBelow } from '../facts/checksums.ts';
import { content } from '../facts/contents.ts';
import { type FileFact, file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import { absent, type Taint } from '../model/fact.ts';
import { enterFolderOf, nameIn } from '../shell/enter-folder.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { taintsOfFile } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';
import { unitFileEffects, unitLinkTaints } from './unit-effects.ts';

const taintsBelow = (path: string): readonly Taint[] => [
  { kind: 'file', under: path },
  { kind: 'content', under: path },
  checksumsBelow(path),
  { kind: 'pip-environment', under: path },
  { kind: 'deb-file', under: path },
];

/** Removes a file, a link (not what it points to), or a folder with everything in it. */
export const removePath = (path: string, current: FileFact): Action => {
  const isFolder = current.type === 'directory';
  return {
    kind: 'remove-path',
    summary: `remove ${path}`,
    changes: [{ summary: `remove ${current.type} ${path}` }],
    sh: joinSh([enterFolderOf(path), sh`rm ${isFolder ? ['-r', '-f'] : '-f'} -- ${nameIn(path)}`]),
    predicts: [
      { key: file(path), value: absent },
      { key: content(path), value: absent },
      ...unitFileEffects(path),
    ],
    revises: folderChanges(path),
    taints: [...taintsOfFile(path), ...unitLinkTaints(path), ...(isFolder ? taintsBelow(path) : [])],
  };
};
