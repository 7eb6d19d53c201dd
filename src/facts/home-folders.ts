import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { rawSh } from '../shell/sh.ts';

/** The home folder of the account that looks. */
export interface HomeFact {
  readonly user: string;
  readonly home: string;
}

/** The fact "who looks, and where its home is". */
export const ownHome: FactKey<HomeFact> = { kind: 'home', id: 'own' };

/** Output: `<name> <home>`. */
const script = () => rawSh(`printf '%s %s\\n' "$(id -un)" "$HOME"`);

const parse = (output: string): ReadonlyMap<string, Observed<HomeFact>> => {
  const [, user, home] = /^(\S+) (\/.*)\n$/.exec(output) ?? [];
  if (user === undefined || home === undefined)
    throw new StrangeOutput(`unexpected home folder: ${JSON.stringify(output.slice(0, 200))}`);
  return new Map([['own', { user, home }]]);
};

/** One `id`. */
export const homeFolders: FactKind<HomeFact> = { kind: 'home', script, parse };
