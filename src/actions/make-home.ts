import type { AccountFact } from '../facts/accounts.ts';
import type { Action } from '../model/action.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { accountAfter, filesUnder } from './accounts.ts';

export interface MakeHome {
  /** Of the account. */
  readonly name: string;
  /** Predicted of the account: its home folder is made. */
  readonly after: AccountFact;
  /** Default: /etc/skel. */
  readonly skeleton?: string | undefined;
  /** Octal digits; default: what /etc/login.defs says, as useradd takes it. */
  readonly umask?: string | undefined;
}

/** @see login.defs(5): HOME_MODE, and without it UMASK, of which the default is 022 */
const modeOfSystem =
  rawSh(`defined() { sed -n "s/^[[:space:]]*$1[[:space:]]\\{1,\\}\\([0-7]\\{1,\\}\\).*/\\1/p" /etc/login.defs | tail -n 1; }
mode=$(defined HOME_MODE)
[ -n "$mode" ] || {
  mask=$(defined UMASK)
  mode=$(printf '%04o' $((0777 & ~0\${mask:-022})))
}`);

const modeUnder = (umask: string): string =>
  (0o777 & ~Number.parseInt(umask, 8)).toString(8).padStart(4, '0');

/**
 * Makes the home folder that an account lacks, with the files that every new one gets. It takes its place when it is whole: one that is
 * there counts as made.
 */
export const makeHome = ({ name, after, skeleton = '/etc/skel', umask }: MakeHome): Action => ({
  kind: 'make-home',
  summary: `create the home folder ${after.home}`,
  changes: [{ summary: `create the home folder ${after.home}` }],
  sh: joinSh([
    umask === undefined ? modeOfSystem : sh`mode=${modeUnder(umask)}`,
    sh`owner=$(id -u -- ${name}):$(id -g -- ${name})
home=${after.home.replace(/(?<=.)\/+$/, '')}
mkdir -p -- "\${home%/*}/"
new=$(mktemp -d -- "\${home%/*}/.\${home##*/}.syn-XXXXXX")
trap 'rm -rf -- "$new"' EXIT
trap 'exit 1' HUP INT TERM
if [ -d ${skeleton} ]; then cp -R -- ${skeleton}/. "$new/"; fi
chmod -- "$mode" "$new"
chown -R -h -- "$owner" "$new"
mv -T -- "$new" "$home"`,
  ]),
  predicts: accountAfter(name, after),
  taints: filesUnder([after.home]),
});
