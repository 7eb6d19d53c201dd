import { packageFact } from '../facts/packages.ts';
import type { Action } from '../model/action.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { type AptSettings, aptGet, aptPreamble, waitForDpkg } from './apt-get.ts';

/** Removes packages in one `apt-get`, with their configuration where `purge` is set. */
export const aptRemove = (names: readonly string[], purge: boolean, settings: AptSettings): Action => {
  const verb = purge ? 'purge' : 'remove';
  return {
    kind: 'apt-remove',
    summary: `${verb} ${names.join(', ')}`,
    changes: names.map((name) => ({ summary: `${verb} ${name}` })),
    sh: joinSh([aptPreamble(settings), waitForDpkg, sh`${aptGet(settings)} ${verb} ${names}`]),
    taints: ['everything'],
    predicts: names.map((name) => ({
      key: packageFact(name),
      value: purge
        ? 'absent'
        : { status: 'config-files', version: '', architecture: '', held: false, provider: undefined },
    })),
  };
};
