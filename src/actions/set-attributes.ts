import { posix } from 'node:path';
import { type FileFact, file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import type { Sh } from '../model/sh.ts';
import { enterFolder, enterFolderOf, nameIn } from '../shell/enter-folder.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import {
  type Attributes,
  attributeChanges,
  chmodSh,
  differing,
  openedFile,
  setAttributesSh,
  setOwnerSh,
  withAttributes,
} from './file-attributes.ts';
import { taintsOfFile, taintsOfNames } from './file-taints.ts';

/** chown takes setuid and setgid away, so the mode is set again after it. */
const needsMode = (current: FileFact, different: Attributes): boolean =>
  current.type === 'file' &&
  (different.owner !== undefined || different.group !== undefined) &&
  /^[2-7]/.test(current.mode);

/**
 * chmod(1) follows a link that somebody has put in the file's place. So the file is opened, and is the right one if the system says that it is called
 * so. An account that is not root may be unable to read its own file; and it changes nobody else's.
 */
const chmodFile = (
  path: string,
  mode: string,
): Sh => sh`if [ -r ${nameIn(path)} ] && [ -f ${nameIn(path)} ]; then
  exec 3<${nameIn(path)}
  [ "$(readlink ${openedFile})" = "\${PWD%/}/"${posix.basename(path)} ] || { echo ${`${path} was replaced`} >&2; exit 1; }
  ${chmodSh(mode, openedFile)}
  exec 3<&-
else
  [ "$(id -u)" != 0 ] || { echo ${`${path} was replaced`} >&2; exit 1; }
  ${chmodSh(mode, sh`${nameIn(path)}`)}
fi`;

const setSh = (path: string, { type }: FileFact, wanted: Attributes): Sh[] => {
  if (type === 'directory') return [enterFolder(path), ...setAttributesSh(wanted, rawSh('.'))];
  const name = sh`${nameIn(path)}`;
  if (type !== 'file' || wanted.mode === undefined)
    return [enterFolderOf(path), ...setAttributesSh(wanted, name)];
  return [enterFolderOf(path), ...setOwnerSh(wanted, name), chmodFile(path, wanted.mode)];
};

/** Sets what differs of owner, group and mode; no action where nothing does. A link itself is changed, not its target. */
export const setAttributes = (path: string, current: FileFact, wanted: Attributes): Action[] => {
  const different = differing(current, wanted);
  const changes = attributeChanges(current, different);
  if (changes.length === 0) return [];
  const set = needsMode(current, different) ? { mode: current.mode, ...different } : different;
  return [
    {
      kind: 'set-attributes',
      summary: `set ${Object.keys(different).join(', ')} of ${path}`,
      changes,
      sh: joinSh(setSh(path, current, set)),
      predicts: [{ key: file(path), value: withAttributes(current, different) }],
      taints: [...taintsOfFile(path), ...taintsOfNames(current)],
    },
  ];
};
