import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';

/** What dpkg is told to do with a package: `install`, `hold`, `deinstall`, `purge`. */
export type DpkgSelection = 'install' | 'hold' | 'deinstall' | 'purge';

/** The fact "what dpkg is told to do with this package". Absent: dpkg was told nothing. */
export const dpkgSelection = (name: string): FactKey<DpkgSelection> => ({ kind: 'dpkg-selection', id: name });

/** Output, a line a package that dpkg knows: `<package> <selection>`, and for one of a foreign architecture with it. */
const script = (keys: readonly FactKey<DpkgSelection>[]) =>
  sh`dpkg --get-selections ${keys.map(({ id }) => id)} 2>/dev/null`;

const parse = (
  output: string,
  keys: readonly FactKey<DpkgSelection>[],
): ReadonlyMap<string, Observed<DpkgSelection>> => {
  const found = new Map<string, DpkgSelection>();
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const [, name, selection] = /^(\S+)\s+(install|hold|deinstall|purge)$/.exec(text) ?? [];
    if (name === undefined)
      throw new StrangeOutput(`unexpected line among the selections: ${JSON.stringify(text.slice(0, 200))}`);
    found.set(name, selection as DpkgSelection);
    const [bare = ''] = name.split(':');
    if (!found.has(bare)) found.set(bare, selection as DpkgSelection);
  }
  return new Map(keys.map(({ id }): [string, Observed<DpkgSelection>] => [id, found.get(id) ?? 'absent']));
};

/** One `dpkg`. */
export const dpkgSelections: FactKind<DpkgSelection> = { kind: 'dpkg-selection', script, parse };
