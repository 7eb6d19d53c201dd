import { aptLists } from '../facts/apt-lists.ts';
import { type AptWork, aptSimulation } from '../facts/apt-simulations.ts';
import type { Action, Change } from '../model/action.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { type AptSettings, aptGet, aptPreamble, waitForDpkg } from './apt-get.ts';

const words: Readonly<Record<AptWork, readonly string[]>> = {
  upgrade: ['upgrade'],
  'dist-upgrade': ['dist-upgrade'],
  autoremove: ['autoremove'],
  autoclean: ['autoclean'],
  clean: ['clean'],
  'build-dep': ['build-dep'],
  'fix-broken': ['--fix-broken', 'install'],
};

const harmless: readonly AptWork[] = ['autoclean', 'clean'];

/**
 * One of apt's works that name no packages: upgrades, autoremove, cleaning.
 *
 * @param options      as given to `aptSimulation`
 * @param changes      what it will do, as far as the simulation told
 * @param updateFirst  update the package lists before
 */
export const aptWork = (
  work: AptWork,
  options: readonly string[],
  changes: readonly Change[],
  updateFirst: boolean,
  settings: AptSettings,
): Action => ({
  kind: 'apt-work',
  summary: `apt-get ${words[work].join(' ')}`,
  changes,
  sh: joinSh([
    aptPreamble(settings),
    ...(updateFirst ? [rawSh('update_lists')] : []),
    waitForDpkg,
    sh`${aptGet(settings)} ${[...words[work], ...options]}`,
  ]),
  taints: harmless.includes(work) ? [] : ['everything'],
  predicts: [
    { key: aptSimulation(work, options), value: { installs: [], removes: [], deletes: [] } },
    ...(updateFirst ? [{ key: aptLists, value: { ageSeconds: 0, sourcesNewer: false } }] : []),
  ],
});
