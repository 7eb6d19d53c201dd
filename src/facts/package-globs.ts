import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';

/** The packages that a pattern stands for. */
export interface PackageGlobFact {
  /** Names in the package lists, sorted. */
  readonly available: readonly string[];
  /** Names of installed packages, sorted. */
  readonly installed: readonly string[];
}

/** The fact "which packages this pattern stands for". @param pattern  of fnmatch: `*`, `?`, `[…]` */
export const packageGlob = (pattern: string): FactKey<PackageGlobFact> => ({
  kind: 'package-glob',
  id: pattern,
});

/** The extended regular expression (for `grep -E -x`) that matches what the shell pattern matches. */
export const expressionOfGlob = (pattern: string): string =>
  pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');

/** Output: lines `<index> available <name>` and `<index> installed <name>`. */
const script = (keys: readonly FactKey<PackageGlobFact>[]) =>
  joinSh([
    rawSh(`available=$(apt-cache pkgnames)
installed=$(dpkg-query -W -f '\${db:Status-Abbrev} \${Package}\\n' | sed -n 's/^.[iWt]. //p')`),
    ...keys.map(
      (
        key,
        index,
      ) => sh`printf '%s\n' "$available" | grep -E -x -e ${expressionOfGlob(key.id)} | sed ${`s/^/${index} available /`}
printf '%s\n' "$installed" | grep -E -x -e ${expressionOfGlob(key.id)} | sed ${`s/^/${index} installed /`}`,
    ),
  ]);

const parse = (
  output: string,
  keys: readonly FactKey<PackageGlobFact>[],
): ReadonlyMap<string, Observed<PackageGlobFact>> => {
  const found = keys.map(() => ({ available: new Set<string>(), installed: new Set<string>() }));
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const match = /^(\d+) (available|installed) (\S+)$/.exec(text);
    const entry = found[Number(match?.[1])];
    if (match === null || entry === undefined)
      throw new StrangeOutput(
        `unexpected line among the package patterns: ${JSON.stringify(text.slice(0, 200))}`,
      );
    entry[match[2] === 'available' ? 'available' : 'installed'].add(match[3] ?? '');
  }
  const sorted = (names: ReadonlySet<string> | undefined) => [...(names ?? [])].sort();
  return new Map(
    keys.map(({ id }, index): [string, PackageGlobFact] => [
      id,
      { available: sorted(found[index]?.available), installed: sorted(found[index]?.installed) },
    ]),
  );
};

/** One `apt-cache pkgnames` and one `dpkg-query` for all patterns. */
export const packageGlobs: FactKind<PackageGlobFact> = {
  kind: 'package-glob',
  script,
  parse,
  lasting: ({ installed }) => ({ installed }),
};
