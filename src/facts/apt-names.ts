import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { rawSh, sh } from '../shell/sh.ts';

/** That the package lists have a package of that very name. Absent: they have none, or only what provides it. */
export interface AptNameFact {
  readonly available: true;
}

/** The fact "whether the name is one of a package, and not a virtual one". @param name  `bind9utils`, `libc6:i386` */
export const aptName = (name: string): FactKey<AptNameFact> => ({ kind: 'apt-name', id: name });

const withoutArchitecture = (name: string): string => name.replace(/:.*/, '');

/**
 * Output: a name a line. Those of installed packages may be missing: apt takes a tenth of a second to tell, and is not
 * asked while all of them are installed.
 */
const script = (keys: readonly FactKey<AptNameFact>[]) => {
  const names = [...new Set(keys.map(({ id }) => withoutArchitecture(id)))];
  const installed = rawSh(`-f '\${db:Status-Abbrev} \${Package}\\n'`);
  return sh`installed=$(dpkg-query -W ${installed} ${keys.map(({ id }) => id)} 2>/dev/null | sed -n 's/^.[iWt]. //p' | sort -u | wc -l)
if [ "$installed" -lt ${String(names.length)} ]; then
  apt-cache pkgnames | grep -F -x ${names.flatMap((name) => ['-e', name])} || true
fi`;
};

const parse = (
  output: string,
  keys: readonly FactKey<AptNameFact>[],
): ReadonlyMap<string, Observed<AptNameFact>> => {
  const found = new Set(output.split('\n').filter((line) => line !== ''));
  const asked = new Set(keys.map(({ id }) => withoutArchitecture(id)));
  const strange = [...found].find((name) => !asked.has(name));
  if (strange !== undefined)
    throw new StrangeOutput(
      `unexpected line among the package names: ${JSON.stringify(strange.slice(0, 200))}`,
    );
  return new Map(
    keys.map(({ id }): [string, Observed<AptNameFact>] => [
      id,
      found.has(withoutArchitecture(id)) ? { available: true } : 'absent',
    ]),
  );
};

/** All names in one `apt-cache pkgnames`, which leaves virtual packages out. */
export const aptNames: FactKind<AptNameFact> = { kind: 'apt-name', script, parse };
