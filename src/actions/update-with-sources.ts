import { aptLists } from '../facts/apt-lists.ts';
import type { Action } from '../model/action.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { type AptSettings, aptPreamble } from './apt-get.ts';

/**
 * A change of apt's sources with the update of the package lists that goes with it. Where that fails the file is put back
 * as it was, so that the next run finds the same work to do.
 *
 * @param change  writes or removes the file at `path`
 */
export const updateWithSources = (change: Action, path: string, settings: AptSettings): Action => ({
  ...change,
  kind: 'update-with-sources',
  summary: `${change.summary}, update the package lists`,
  changes: [...change.changes, { summary: 'update the package lists' }],
  sh: joinSh([
    sh`kept=$(mktemp -d)
if [ -e ${path} ]; then cp -p -- ${path} "$kept/file"; fi
set +e
( set -e`,
    change.sh,
    rawSh(')'),
    sh`status=$?
if [ "$status" = 0 ]; then
( set -e`,
    aptPreamble(settings),
    sh`update_lists -o APT::Update::Error-Mode=any
)
status=$?
if [ "$status" != 0 ]; then
  if [ -e "$kept/file" ]; then cp -p -- "$kept/file" ${path}; else rm -f -- ${path}; fi
  echo 'the package lists could not be updated: the sources are as they were before' >&2
fi
fi
rm -r -f -- "$kept"
exit "$status"`,
  ]),
  taints: [
    ...(change.taints ?? []),
    ...['apt-candidate', 'apt-name', 'apt-simulation', 'package-glob'].map((kind) => ({ kind })),
  ],
  predicts: [...change.predicts, { key: aptLists, value: { ageSeconds: 0, sourcesNewer: false } }],
});
