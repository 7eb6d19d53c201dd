import { type GroupFact, group } from '../facts/groups.ts';
import type { Action } from '../model/action.ts';
import { sh } from '../shell/sh.ts';

/** Makes a group, and prints its entry. @param gid  undefined: the system chooses */
export const createGroup = (
  name: string,
  gid: number | undefined,
  system: boolean,
  nonUnique: boolean,
): Action => ({
  kind: 'create-group',
  summary: `create group ${name}`,
  changes: [{ summary: `create group ${name}${gid === undefined ? '' : ` (${gid})`}` }],
  sh: sh`groupadd ${[
    ...(gid === undefined ? [] : ['-g', String(gid)]),
    ...(nonUnique ? ['-o'] : []),
    ...(system ? ['-r'] : []),
  ]} -- ${name}
getent group -- ${name} || :`,
  capture: true,
  predicts: [{ key: group(name), value: { name, gid: gid ?? -1, members: [] } }],
});

/** Gives a group another number. Files keep the old one. */
export const renumberGroup = (before: GroupFact, gid: number, nonUnique: boolean): Action => ({
  kind: 'renumber-group',
  summary: `change group ${before.name}`,
  changes: [{ summary: `gid ${before.gid} -> ${gid}` }],
  sh: sh`groupmod -g ${gid} ${nonUnique ? ['-o'] : []} -- ${before.name}`,
  taints: [{ kind: 'account' }, { kind: 'file' }],
  predicts: [{ key: group(before.name), value: { ...before, gid } }],
});

/** Removes a group. @param force  even where it is somebody's primary group */
export const removeGroup = (name: string, force: boolean): Action => ({
  kind: 'remove-group',
  summary: `remove group ${name}`,
  changes: [{ summary: `remove group ${name}` }],
  sh: sh`groupdel ${force ? ['-f'] : []} -- ${name}`,
  taints: [{ kind: 'account' }],
  predicts: [{ key: group(name), value: 'absent' }],
});
