import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';

/** How a password ages, in days; -1: nothing is said. */
export interface PasswordAging {
  /** Before it may be changed again. */
  readonly minDays: number;
  /** Until it has to be changed. */
  readonly maxDays: number;
  /** Of warning before that. */
  readonly warnDays: number;
  /** After that, until the account is closed. */
  readonly inactiveDays: number;
}

/** What /etc/shadow says of an account, without the password. */
export interface ShadowFact {
  /** The password begins with `!`: no login by password. */
  readonly locked: boolean;
  /** Days since 1970 after which the account is closed; undefined: never. */
  readonly expiresOnDay: number | undefined;
  /** SHA-256 of the hashed password without leading `!`, hex; '' where nobody asked. */
  readonly passwordSha256: string;
  /** undefined: nobody asked. */
  readonly aging?: PasswordAging | undefined;
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
  readonly shell: string;
  readonly comment: string;
  /** undefined: not readable (no root), or no such entry. */
  readonly shadow: ShadowFact | undefined;
}

interface Input {
  readonly password: boolean;
  readonly aging?: true;
}

/** The fact "what is known of this account". @param password  ask for the digest of its password too @param aging  and for how it ages */
export const account = (name: string, password = false, aging = false): FactKey<AccountFact> => ({
  kind: 'account',
  id: name,
  input: { password, ...(aging && { aging }) } satisfies Input,
});

const asks = (key: FactKey<AccountFact>, what: keyof Input): boolean =>
  (key.input as Input | undefined)?.[what] === true;

/**
 * Output, a line each: `P:` and an entry of passwd; `S:<name>:<locked: 1 or empty>:<day it expires or empty>:<digest or
 * empty>:<four fields of its aging, each a number or empty>`; `G:` and an entry of group, all of them, since members stand only there.
 */
const script = (keys: readonly FactKey<AccountFact>[]): Sh => {
  const names = keys.map((key) => key.id);
  const asked = keys.filter((key) => asks(key, 'password')).map((key) => key.id);
  return joinSh([
    sh`getent passwd -- ${names} | sed 's/^/P:/'
getent shadow -- ${names} 2>/dev/null | while IFS=: read -r name password _ min max warn inactive expires _; do
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

const daysIn = (field = ''): number => (field === '' ? -1 : Number(field));

const shadowOf = (fields: readonly string[], withAging: boolean): ShadowFact => ({
  locked: fields[1] === '1',
  expiresOnDay: fields[2] === '' || fields[2] === '-1' ? undefined : Number(fields[2]),
  passwordSha256: fields[3] ?? '',
  ...(withAging && {
    aging: {
      minDays: daysIn(fields[4]),
      maxDays: daysIn(fields[5]),
      warnDays: daysIn(fields[6]),
      inactiveDays: daysIn(fields[7]),
    },
  }),
});

/** How many fields a line has, by its tag. */
const lengths: ReadonlyMap<string, number> = new Map([
  ['P', 7],
  ['S', 8],
  ['G', 4],
]);

const parse = (
  output: string,
  keys: readonly FactKey<AccountFact>[],
): ReadonlyMap<string, Observed<AccountFact>> => {
  const entries = {
    P: new Map<string, string[]>(),
    S: new Map<string, string[]>(),
    G: new Map<string, string[]>(),
  };
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const [tag, ...fields] = text.split(':');
    if (fields.length !== lengths.get(tag ?? ''))
      throw new StrangeOutput(`unexpected line among the accounts: ${JSON.stringify(text.slice(0, 200))}`);
    entries[tag as 'P' | 'S' | 'G'].set(fields[0] ?? '', fields);
  }
  const groups = [...entries.G.values()];
  return new Map(
    keys.map((key): [string, Observed<AccountFact>] => {
      const { id } = key;
      const fields = entries.P.get(id);
      if (fields === undefined) return [id, 'absent'];
      const [, , uid, gid = '', comment = '', home = '', shell = ''] = fields;
      const group = groups.find((entry) => entry[2] === gid)?.[0] ?? gid;
      const others = groups.filter((entry) => entry[0] !== group && (entry[3] ?? '').split(',').includes(id));
      const shadow = entries.S.get(id);
      return [
        id,
        {
          uid: Number(uid),
          gid: Number(gid),
          group,
          groups: others.map((entry) => entry[0] ?? '').sort(),
          home,
          shell,
          comment,
          shadow: shadow === undefined ? undefined : shadowOf(shadow, asks(key, 'aging')),
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
    account(
      first.id,
      asks(first, 'password') || asks(second, 'password'),
      asks(first, 'aging') || asks(second, 'aging'),
    ),
};
