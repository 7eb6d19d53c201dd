import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';

/** A package that dpkg has files of. One that was never here, or was purged, is absent. */
export interface PackageFact {
  /**
   * `installed`: unpacked and configured. `unconfigured`: a break in the middle of an installation. `config-files`:
   * removed, its conffiles are left.
   */
  readonly status: 'installed' | 'unconfigured' | 'config-files';
  /** Empty in a prediction: not known before it is installed. */
  readonly version: string;
  readonly architecture: string;
  /** `apt-mark hold`. */
  readonly held: boolean;
  /** The package that stands for a virtual one (`mail-transport-agent`); undefined: the package itself. */
  readonly provider: string | undefined;
}

/** The fact "what dpkg has of this package". @param name  `redis-server`, `libc6:i386`, or a virtual package */
export const packageFact = (name: string): FactKey<PackageFact> => ({ kind: 'package', id: name });

/**
 * Output: the native architecture alone on the first line, then for every package that is wanted by its name, as
 * `name:arch`, or as what it provides:
 * `<wanted>\t<package>\t<version>\t<architecture>\t<three letters of state>`.
 * dpkg-query reads its whole database whatever is asked, so it is asked for everything and awk (essential, by
 * base-files) keeps what is wanted.
 */
const script = (keys: readonly FactKey<PackageFact>[]) => sh`dpkg --print-architecture
{ printf '%s\n' ${keys.map((key) => key.id)}; printf '\n'
dpkg-query -W -f '\${Package}\t\${Version}\t\${Architecture}\t\${db:Status-Abbrev}\t\${Provides}\n'; } | awk -F '\t' '
!listed && $0 == "" { listed = 1; next }
!listed { wanted[$0] = 1; next }
{ own = $1 "\t" $2 "\t" $3 "\t" $4 }
$1 in wanted { print $1 "\t" own }
($1 ":" $3) in wanted { print $1 ":" $3 "\t" own }
$5 != "" { n = split($5, provided, /, */)
  for (i = 1; i <= n; i++) { sub(/[ :].*/, "", provided[i]); if (provided[i] in wanted && provided[i] != $1) print provided[i] "\t" own } }'`;

const statusOf = (letter: string): PackageFact['status'] | undefined => {
  if ('iWt'.includes(letter)) return 'installed';
  if ('HUF'.includes(letter)) return 'unconfigured';
  return letter === 'c' ? 'config-files' : undefined;
};

const line = /^([^\t]+)\t([^\t]+)\t([^\t]*)\t([^\t]*)\t([a-z])([a-zA-Z])(.)$/;

/** A package itself says more than one that provides it, an installed one more than the remains of another. */
const rank = (fact: PackageFact): number =>
  (fact.status === 'config-files' ? 0 : 2) + (fact.provider === undefined ? 1 : 0);

const parse = (
  output: string,
  keys: readonly FactKey<PackageFact>[],
): ReadonlyMap<string, Observed<PackageFact>> => {
  const [native = '', ...lines] = output.split('\n').filter((text) => text !== '');
  if (!/^[a-z0-9-]+$/.test(native))
    throw new StrangeOutput(`unexpected architecture: ${JSON.stringify(native.slice(0, 200))}`);
  const values = new Map<string, Observed<PackageFact>>(keys.map((key) => [key.id, 'absent']));
  for (const text of lines) {
    const match = line.exec(text);
    if (match === null)
      throw new StrangeOutput(`unexpected line among the packages: ${JSON.stringify(text.slice(0, 200))}`);
    const [, wanted = '', name = '', version = '', architecture = '', desired, letter = ''] = match;
    const status = statusOf(letter);
    const provider = name === wanted.replace(/:.*/, '') ? undefined : name;
    const foreign = architecture !== native && architecture !== 'all' && !wanted.includes(':');
    if (status === undefined || foreign || (provider !== undefined && status === 'config-files')) continue;
    const fact: PackageFact = { status, version, architecture, held: desired === 'h', provider };
    const known = values.get(wanted);
    if (typeof known === 'object' && 'status' in known && rank(known) >= rank(fact)) continue;
    values.set(wanted, fact);
  }
  return values;
};

/** All packages in one `dpkg-query`. */
export const packages: FactKind<PackageFact> = {
  kind: 'package',
  script,
  parse,
  lasting: ({ status, held }) => ({ status, held }),
};
