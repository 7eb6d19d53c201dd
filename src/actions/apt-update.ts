import { aptLists } from '../facts/apt-lists.ts';
import type { Action } from '../model/action.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { type AptSettings, aptPreamble } from './apt-get.ts';

/** What an update says at its end that brought nothing. */
const nothingNew = 'the package lists are as they were';

/** Says so when lists have come or gone. The time of the folder tells nothing: `update_lists` sets it. */
const watchLists = rawSh(
  `lists() { find /var/lib/apt/lists -maxdepth 1 -type f ! -name lock -printf '%f %s %T@\\n' 2>/dev/null | sort; }`,
);

/** Whether an update brought anything, by what it printed. */
export const broughtLists = (stdout: string): boolean => !stdout.trimEnd().endsWith(nothingNew);

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
  sh: joinSh([
    aptPreamble(settings),
    watchLists,
    sh`before=$(lists)
update_lists -o APT::Update::Error-Mode=any
if [ "$(lists)" = "$before" ]; then echo ${nothingNew}; fi`,
  ]),
  capture: true,
  taints: ['apt-candidate', 'apt-name', 'apt-simulation', 'package-glob'].map((kind) => ({ kind })),
  predicts: [{ key: aptLists, value: { ageSeconds: 0, sourcesNewer: false } }],
  unprovable,
});
