import { type DebAddress, type FetchedDeb, fetchDeb } from '../facts/fetched-debs.ts';
import type { Action } from '../model/action.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import type { AptSettings } from './apt-get.ts';
import { aptInstall } from './apt-install.ts';

/**
 * Fetches a .deb file and installs it with what it depends on. It has to be the file that was looked at, since that is what was shown.
 *
 * @param from  the version that is there; undefined: none
 */
export const installFetchedDeb = (
  address: DebAddress,
  { name, version, sha256 }: FetchedDeb,
  from: string | undefined,
  settings: AptSettings,
): Action => {
  const wish = { name, operand: './package.deb', from, to: version };
  const install = aptInstall({ packages: [wish], updateFirst: false, settings });
  return {
    ...install,
    summary: `install ${address.shown}`,
    sh: joinSh([
      fetchDeb(address, rawSh('printf "%s%s\\n" "$1" "$2" >&2; exit 1')),
      sh`printf '%s  %s\n' ${sha256} "$a" | sha256sum -c --status || failed ${`${address.shown} has another file now than when it was looked at`}
# A name that apt takes for a file; in a shell of its own, since a policy-rc.d sets its own traps.
(
cd -- "$folder"`,
      install.sh,
      rawSh(')'),
    ]),
  };
};
