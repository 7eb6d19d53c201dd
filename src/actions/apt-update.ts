import { aptLists } from '../facts/apt-lists.ts';
import type { Action } from '../model/action.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { type AptSettings, aptPreamble } from './apt-get.ts';

/**
 * Updates the package lists. A repository that cannot be read is an error, and not the warning that apt-get makes of it.
 *
 * @param reason      why it has to be, for people: `older than 3600 s`
 * @param unprovable  it is wanted on every run
 */
export const aptUpdate = (reason: string, unprovable: boolean, settings: AptSettings): Action => ({
  kind: 'apt-update',
  summary: 'update the package lists',
  changes: [{ summary: `update the package lists (${reason})` }],
  sh: joinSh([aptPreamble(settings), sh`update_lists -o APT::Update::Error-Mode=any`]),
  taints: ['apt-candidate', 'apt-simulation', 'package-glob'].map((kind) => ({ kind })),
  predicts: [{ key: aptLists, value: { ageSeconds: 0, sourcesNewer: false } }],
  unprovable,
});
