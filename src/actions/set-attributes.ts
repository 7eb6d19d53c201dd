import { type FileFact, file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import { joinSh, sh } from '../shell/sh.ts';
import {
  type Attributes,
  attributeChanges,
  differing,
  setAttributesSh,
  withAttributes,
} from './file-attributes.ts';
import { taintsOfFile } from './file-taints.ts';

/** chown takes setuid and setgid away, so the mode is set again after it. */
const needsMode = (current: FileFact, different: Attributes): boolean =>
  current.type === 'file' &&
  (different.owner !== undefined || different.group !== undefined) &&
  /^[2-7]/.test(current.mode);

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
      sh: joinSh(setAttributesSh(set, sh`${path}`)),
      predicts: [{ key: file(path), value: withAttributes(current, different) }],
      taints: taintsOfFile(path),
    },
  ];
};
