import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';

/** What /etc/shadow says of an account, without the password. */
export interface ShadowFact {
  /** The password begins with `!`: no login by password. */
  readonly locked: boolean;
  /** Days since 1970 after which the account is closed; undefined: never. */
  readonly expiresOnDay: number | undefined;
  /** SHA-256 of the hashed password without leading `!`, hex; '' where nobody asked. */
  readonly passwordSha256: string;
  /** Days; undefined: no limit of that kind. */
  readonly aging?: PasswordAging | undefined;
}

/** When a password is to be changed, in days. @see shadow(5) */
export interface PasswordAging {
  /** Before this a new one may not be changed again. */
  readonly min?: number | undefined;
  /** After this it is to be changed. */
  readonly max?: number | undefined;
  /** How long before that its owner is warned. */
  readonly warn?: number | undefined;
  /** How long after that the account is closed. */
  readonly inactive?: number | undefined;
}

/** A login account. */
export interface AccountFact {
  /** -1 in a prediction: not known before it is made. */
  readonly uid: number;
  readonly gid: number;
  /** Name of its primary group; the number as text where that is gone. */
  readonly group: string;
  /** The other groups it is in, sorted. */
  readonly groups: readonly string[];
  readonly home: string;
  /** Something is at that path; undefined: nobody has looked. */
  readonly hasHome?: boolean | undefined;
  readonly shell: string;
  readonly comment: string;
  /** undefined: not readable (no root), or no such entry. */
  readonly shadow: ShadowFact | undefined;
}

interface Input {
  readonly password: boolean;
  /** Name of an account that only the host's own files are asked for. */
  readonly local?: string;
}

/**
 * The fact "what is known of this account".
 *
 * @param password  ask for the digest of its password too
 * @param local     only in the host's own files, whatever a directory says: another fact than what anybody is told who asks for it
 */
export const account = (name: string, password = false, local = false): FactKey<AccountFact> => ({
  kind: 'account',
  id: local ? `${name} (local)` : name,
  input: { password, ...(local && { local: name }) } satisfies Input,
});

const inputOf = (key: FactKey<AccountFact>): Input | undefined => key.input as Input | undefined;

const asksPassword = (key: FactKey<AccountFact>): boolean => inputOf(key)?.password === true;

const isLocal = (key: FactKey<AccountFact>): boolean => inputOf(key)?.local !== undefined;

const nameOf = (key: FactKey<AccountFact>): string => inputOf(key)?.local ?? key.id;

/**
 * Output, a line each: `P:` and an entry of passwd; `H:<name>` where its home folder is there; `L:` and `M:` the same of the host's own files; `S:<name>:<locked: 1 or empty>:<day it expires or empty>:<digest or
 * empty>:<days: min>:<max>:<warn>:<inactive>`; `G:` and an entry of group, all of them, since members stand only there.
 */
const script = (keys: readonly FactKey<AccountFact>[]): Sh => {
  const names = [...new Set(keys.map(nameOf))];
  const asked = keys.filter(asksPassword).map(nameOf);
  const local = keys.filter(isLocal).map(nameOf);
  const others = keys.filter((key) => !isLocal(key)).map(nameOf);
  return joinSh([
    rawSh(`tell() {
  while IFS= read -r entry; do
    printf '%s:%s\\n' "$1" "$entry"
    home=\${entry%:*}
    if [ -e "\${home##*:}" ]; then printf '%s:%s\\n' "$2" "\${entry%%:*}"; fi
  done
}`),
    ...(others.length > 0 ? [sh`getent passwd -- ${others} | tell P H`] : []),
    ...(local.length > 0 ? [sh`getent -s files passwd -- ${local} | tell L M`] : []),
    sh`getent shadow -- ${names} 2>/dev/null | while IFS=: read -r name password _ min max warn inactive expires _; do
  locked=; digest=
  case $password in '!'*) locked=1 ;; esac
  case ${` ${asked.join(' ')} `} in *" $name "*)
    while :; do case $password in '!'*) password=\${password#!} ;; *) break ;; esac; done
    digest=$(printf %s "$password" | sha256sum); digest=\${digest%% *} ;;
  esac
  printf 'S:%s:%s:%s:%s:%s:%s:%s:%s\n' "$name" "$locked" "$expires" "$digest" "$min" "$max" "$warn" "$inactive"
done`,
    rawSh("getent group | sed 's/^/G:/'"),
  ]);
};

/** Empty, or -1: none. */
const daysOf = (field: string | undefined): number | undefined =>
  field === undefined || field === '' || field === '-1' ? undefined : Number(field);

const shadowOf = (fields: readonly string[]): ShadowFact => ({
  locked: fields[1] === '1',
  expiresOnDay: daysOf(fields[2]),
  passwordSha256: fields[3] ?? '',
  aging: {
    min: daysOf(fields[4]),
    max: daysOf(fields[5]),
    warn: daysOf(fields[6]),
    inactive: daysOf(fields[7]),
  },
});

/** Fields of a line by its tag. */
const widths: ReadonlyMap<string, number> = new Map([
  ['P', 7],
  ['H', 1],
  ['L', 7],
  ['M', 1],
  ['S', 8],
  ['G', 4],
]);

const parse = (
  output: string,
  keys: readonly FactKey<AccountFact>[],
): ReadonlyMap<string, Observed<AccountFact>> => {
  const entries = {
    P: new Map<string, string[]>(),
    H: new Map<string, string[]>(),
    L: new Map<string, string[]>(),
    M: new Map<string, string[]>(),
    S: new Map<string, string[]>(),
    G: new Map<string, string[]>(),
  };
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const [tag, ...fields] = text.split(':');
    if (fields.length !== widths.get(tag ?? ''))
      throw new StrangeOutput(`unexpected line among the accounts: ${JSON.stringify(text.slice(0, 200))}`);
    entries[tag as keyof typeof entries].set(fields[0] ?? '', fields);
  }
  const groups = [...entries.G.values()];
  return new Map(
    keys.map((key): [string, Observed<AccountFact>] => {
      const { id } = key;
      const name = nameOf(key);
      const [found, homes] = isLocal(key) ? [entries.L, entries.M] : [entries.P, entries.H];
      const fields = found.get(name);
      if (fields === undefined) return [id, 'absent'];
      const [, , uid, gid = '', comment = '', home = '', shell = ''] = fields;
      const group = groups.find((entry) => entry[2] === gid)?.[0] ?? gid;
      const others = groups.filter(
        (entry) => entry[0] !== group && (entry[3] ?? '').split(',').includes(name),
      );
      const shadow = entries.S.get(name);
      return [
        id,
        {
          uid: Number(uid),
          gid: Number(gid),
          group,
          groups: others.map((entry) => entry[0] ?? '').sort(),
          home,
          hasHome: homes.has(name),
          shell,
          comment,
          shadow: shadow === undefined ? undefined : shadowOf(shadow),
        },
      ];
    }),
  );
};

/** One `getent passwd`, one `getent shadow`, one `getent group`. */
export const accounts: FactKind<AccountFact> = {
  kind: 'account',
  script,
  parse,
  merge: (first, second) =>
    account(nameOf(first), asksPassword(first) || asksPassword(second), isLocal(first)),
};
