import { randomBytes } from 'node:crypto';
import type { TestHost } from '../../../hosts/host.ts';
import { run } from '../target-state.ts';

/** A user of the homeserver who is logged in on one device. */
export interface Account {
  /** `@name:server` */
  readonly userId: string;
  readonly password: string;
  readonly deviceId: string;
  readonly token: string;
}

/** An account that is to be made. */
interface Wish {
  readonly name: string;
  readonly password: string;
  readonly role: 'admin' | 'notadmin';
}

const ask = `curl -sS --fail-with-body --unix-socket ${run}/inbound_main.sock -H 'Content-Type: application/json'`;
const api = 'http://localhost/_synapse/admin/v1';

/** A name that no account has yet: the same server is asked many times. */
export const freshName = (name: string): string => `${name}-${randomBytes(6).toString('hex')}`;

/**
 * Makes accounts with the shared secret of the host, past nginx and all at once: each takes a third of a second of hashing.
 * The answer has a token, so that nobody has to log in: of that an address may do five in a row, and then one in five and a
 * half minutes.
 *
 * @see https://element-hq.github.io/synapse/latest/admin_api/register_api.html
 */
const register = async (main: TestHost, wishes: readonly Wish[]): Promise<readonly Account[]> => {
  const calls = wishes.map(
    ({ name, password, role }) => `register ${name} ${password} ${role} & pids="$pids $!"`,
  );
  const answers = await main.run(`set -e
    cd "$(mktemp -d)"; trap 'rm -r "$PWD"' EXIT
    secret=$(sed -n 's/^registration_shared_secret: *//p' /etc/matrix-synapse/conf.d/*.yaml)
    register() {
      nonce=$(${ask} ${api}/register | sed 's/.*"nonce":"\\([0-9a-f]*\\)".*/\\1/')
      mac=$(printf '%s\\0%s\\0%s\\0%s' "$nonce" "$1" "$2" "$3" | openssl dgst -sha1 -hmac "$secret" | sed 's/.* //')
      [ "$3" = admin ] && admin=true || admin=false
      ${ask} -d '{"nonce":"'"$nonce"'","username":"'"$1"'","password":"'"$2"'","admin":'"$admin"',"mac":"'"$mac"'"}' ${api}/register >"$1" || {
        cat "$1" >&2
        return 1
      }
      echo >>"$1"
    }
    ${calls.join('\n    ')}
    for pid in $pids; do wait "$pid"; done
    cat ${wishes.map(({ name }) => name).join(' ')}`);
  return answers.split('\n').map((line, index) => {
    const answer = JSON.parse(line) as Readonly<Record<string, string>>;
    return {
      userId: answer['user_id'] ?? '',
      deviceId: answer['device_id'] ?? '',
      token: answer['access_token'] ?? '',
      password: wishes[index]?.password ?? '',
    };
  });
};

const wish = (name: string, role: Wish['role'] = 'notadmin'): Wish => ({
  name,
  password: randomBytes(12).toString('hex'),
  role,
});

/** New users of these names, in their order; see `freshName`. */
export const makeAccounts = <const Names extends readonly string[]>(
  main: TestHost,
  names: Names,
): Promise<{ readonly [Index in keyof Names]: Account }> =>
  register(
    main,
    names.map((name) => wish(name)),
  ) as Promise<{ readonly [Index in keyof Names]: Account }>;

/**
 * New users who may send as fast as they like: else it is a message in five seconds after the first ten.
 *
 * Synapse exempts nobody for being an administrator. It does exempt, from all limits that are counted by user, who has an
 * override of zero in its database; only administrators can write that, and they only past nginx.
 *
 * @see https://element-hq.github.io/synapse/latest/admin_api/user_admin_api.html#override-ratelimiting-for-users
 */
export const makeUnlimitedAccounts = async (
  main: TestHost,
  names: readonly string[],
): Promise<readonly Account[]> => {
  const wishes = [wish(freshName('admin'), 'admin'), ...names.map((name) => wish(name))];
  const [admin, ...accounts] = await register(main, wishes);
  if (admin === undefined) throw new Error('no administrator was made');
  const calls = accounts.map(
    ({ userId }) => `unlimit '${encodeURIComponent(userId)}' >/dev/null & pids="$pids $!"`,
  );
  await main.run(`set -e
    unlimit() {
      ${ask} -H 'Authorization: Bearer ${admin.token}' -d '{"messages_per_second":0,"burst_count":0}' "${api}/users/$1/override_ratelimit"
    }
    ${calls.join('\n    ')}
    for pid in $pids; do wait "$pid"; done`);
  return accounts;
};
