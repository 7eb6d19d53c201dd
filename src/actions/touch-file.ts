import { content } from '../facts/contents.ts';
import { type FileFact, file, justWritten } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import type { Identity } from '../model/fact.ts';
import { enterFolderOf, nameIn } from '../shell/enter-folder.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { type Attributes, setOpenedAttributesSh, withAttributes } from './file-attributes.ts';
import { taintsOfFile } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';
import { freshFile } from './fresh-file.ts';
import { openNewFile } from './open-new.ts';
import { unitFileEffects } from './unit-effects.ts';

/** Which of a file's two times are set to now. */
export interface Times {
  readonly access: boolean;
  readonly modification: boolean;
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

/** Sets times of what is there to now: done every time it is asked for. */
export const touch = (path: string, current: FileFact, { access, modification }: Times): Action => ({
  kind: 'touch-file',
  summary: `touch ${path}`,
  changes: [{ summary: `touch ${path}` }],
  sh: joinSh([
    enterFolderOf(path),
    sh`touch -c -h ${[...(access ? ['-a'] : []), ...(modification ? ['-m'] : [])]} -- ${nameIn(path)}`,
  ]),
  predicts: [
    { key: file(path), value: modification ? { ...current, mtime: justWritten } : current },
    ...unitFileEffects(path),
  ],
  taints: taintsOfFile(path),
  unprovable: true,
});
