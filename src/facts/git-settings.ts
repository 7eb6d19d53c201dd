import type { FactKey, FactKind, Identity, Observed } from '../model/fact.ts';
import { FactFailure, StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { runAs } from '../shell/run-as.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { bytesOfBase64 } from '../util/bytes-of-base64.ts';

/** Where git keeps a setting. */
export interface GitScope {
  readonly scope: 'system' | 'global' | 'local' | 'file';
  /** Of a repository (`local`), or of a file. */
  readonly path?: string | undefined;
}

interface Input extends GitScope {
  readonly name: string;
  readonly identity: Identity;
}

/** The fact "which values git has for this setting", in their order. Absent: none, or there is no git. */
export const gitSetting = (
  name: string,
  where: GitScope,
  identity: Identity,
): FactKey<readonly string[]> => ({
  kind: 'git-setting',
  id: `${name} of ${where.scope} ${where.path ?? ''}${identity.user === undefined ? '' : ` as ${identity.user}`}`,
  input: { ...where, name, identity } satisfies Input,
});

const inputOf = (key: FactKey<readonly string[]>): Input => key.input as Input;

/** sh of a `git config` for the place. In `/`, so that no repository around is taken for meant. @param follows  read included files too */
export const gitConfig = ({ scope, path }: GitScope, words: readonly string[], follows = true): Sh => {
  const place = scope === 'file' ? ['-f', path ?? ''] : [`--${scope}`];
  return sh`git -C ${scope === 'local' ? (path ?? '/') : '/'} config ${follows ? ['--includes'] : []} ${place} ${words}`;
};

/** Output, a line a setting that is there: `<index> = <base64 of its values, each ended by NUL>`, or `<index> failed <text>`. */
const script = (keys: readonly FactKey<readonly string[]>[]): Sh =>
  joinSh([
    sh`command -v git >/dev/null || exit 0`,
    ...keys.map((key, index) => {
      const { name, identity, ...where } = inputOf(key);
      const ask = gitConfig(where, ['-z', '--get-all', name]);
      // git answers 1 where there is no such setting; a file or a repository that is not there is more than that.
      return runAs(
        identity,
        sh`e=$(${ask} 2>&1 >/dev/null); r=$?
if [ "$r" = 0 ]; then printf '%s = ' ${index}; ${ask} | base64 -w 0; echo
elif [ "$r" != 1 ]; then printf '%s failed %s\n' ${index} "$(printf %s "$e" | tr '\n' ' ')"; fi`,
      );
    }),
  ]);

const decode = (base64: string): readonly string[] =>
  new TextDecoder().decode(bytesOfBase64(base64)).split('\0').slice(0, -1);

const parse = (
  output: string,
  keys: readonly FactKey<readonly string[]>[],
): ReadonlyMap<string, Observed<readonly string[]>> => {
  const values = new Map<string, Observed<readonly string[]>>(keys.map(({ id }) => [id, 'absent']));
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const match = /^(\d+) (?:= ([A-Za-z0-9+/=]*)|failed (.*))$/.exec(text);
    const key = keys[Number(match?.[1])];
    if (match === null || key === undefined)
      throw new StrangeOutput(`unexpected line among git's settings: ${JSON.stringify(text.slice(0, 200))}`);
    if (match[3] !== undefined) values.set(key.id, new FactFailure(match[3].trim()));
    else values.set(key.id, decode(match[2] ?? ''));
  }
  return values;
};

/** Two `git` a setting. */
export const gitSettings: FactKind<readonly string[]> = { kind: 'git-setting', script, parse };
