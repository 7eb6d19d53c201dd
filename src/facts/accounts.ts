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
}

/** The fact "what is known of this account". @param password  ask for the digest of its password too */
export const account = (name: string, password = false): FactKey<AccountFact> => ({
  kind: 'account',
  id: name,
  input: { password } satisfies Input,
});

const asksPassword = (key: FactKey<AccountFact>): boolean =>
  (key.input as Input | undefined)?.password === true;

/**
 * Output, a line each: `P:` and an entry of passwd; `S:<name>:<locked: 1 or empty>:<day it expires or empty>:<digest or
 * empty>`; `G:` and an entry of group, all of them, since members stand only there.
 */
const script = (keys: readonly FactKey<AccountFact>[]): Sh => {
  const names = keys.map((key) => key.id);
  const asked = keys.filter(asksPassword).map((key) => key.id);
  return joinSh([
    sh`getent passwd -- ${names} | sed 's/^/P:/'
getent shadow -- ${names} 2>/dev/null | while IFS=: read -r name password _ _ _ _ _ expires _; do
  locked=; digest=
  case $password in '!'*) locked=1 ;; esac
  case ${` ${asked.join(' ')} `} in *" $name "*)
    while :; do case $password in '!'*) password=\${password#!} ;; *) break ;; esac; done
    digest=$(printf %s "$password" | sha256sum); digest=\${digest%% *} ;;
  esac
  printf 'S:%s:%s:%s:%s\n' "$name" "$locked" "$expires" "$digest"
done`,
    rawSh("getent group | sed 's/^/G:/'"),
  ]);
};

const shadowOf = (fields: readonly string[]): ShadowFact => ({
  locked: fields[1] === '1',
  expiresOnDay: fields[2] === '' || fields[2] === '-1' ? undefined : Number(fields[2]),
  passwordSha256: fields[3] ?? '',
});

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
    const complete =
      (tag === 'P' && fields.length === 7) || ((tag === 'S' || tag === 'G') && fields.length === 4);
    if (!complete)
      throw new StrangeOutput(`unexpected line among the accounts: ${JSON.stringify(text.slice(0, 200))}`);
    entries[tag as 'P' | 'S' | 'G'].set(fields[0] ?? '', fields);
  }
  const groups = [...entries.G.values()];
  return new Map(
    keys.map(({ id }): [string, Observed<AccountFact>] => {
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
  merge: (first, second) => (asksPassword(second) ? second : first),
};
