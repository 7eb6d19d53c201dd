import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** A Python environment and what is installed in it. Absent: no such virtual environment. */
export interface PipEnvironmentFact {
  /** Version of its Python, `3.11`; '' when it cannot be told (an empty environment of the system). */
  readonly python: string;
  /** Versions by normalized name (`matrix-synapse`); of one installed twice, the one found first by Python. */
  readonly distributions: Readonly<Record<string, string>>;
}

/** The id of the system's own environment among the virtual ones. */
const system = 'system';

/** The fact "what is installed in this environment". @param virtualenv  its folder; undefined: the system's own */
export const pipEnvironment = (virtualenv: string | undefined): FactKey<PipEnvironmentFact> => ({
  kind: 'pip-environment',
  id: virtualenv ?? system,
});

/** A name as indexes compare it (PEP 503): lower case, runs of `-`, `_`, `.` as one `-`. */
export const normalizeDistribution = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/**
 * Output: `= <index>` for an environment that is there, `p <version>` for its Python, then a line a distribution: the
 * folder's name, `name-version.dist-info` or `.egg-info` (made up for what older ones install in place: there is a `.egg-link` to the
 * folder with its `PKG-INFO`). pip itself takes half a second to start, `ls` none.
 * A virtual environment that sees the system's packages (pyvenv.cfg) has those after its own. A name that no package can have (a line
 * break in it) is passed over: the folder may be another account's.
 */
const script = (keys: readonly FactKey<PipEnvironmentFact>[]): Sh =>
  joinSh([
    sh`look() {
  for folder; do for entry in "$folder"/*.dist-info "$folder"/*.egg-info; do
    case \${entry##*/} in *[!A-Za-z0-9._+!-]*) continue ;; esac
    if [ -e "$entry" ]; then printf '%s\n' "\${entry##*/}"; fi
  done; in_place "$folder"; done
}
in_place() {
  for entry in "$1"/*.egg-link; do
    name=\${entry##*/}
    if ! [ -f "$entry" ] || ! IFS= read -r place <"$entry"; then continue; fi
    version=$(cat -- "$place"/*.egg-info/PKG-INFO 2>/dev/null | sed -n 's/^Version: //p' | head -n 1)
    case $name,$version in *,|*[!A-Za-z0-9._+!,-]*) continue ;; esac
    printf '%s-%s.egg-info\n' "$(printf %s "\${name%.egg-link}" | tr - _)" "$version"
  done
}
system() {
  for folder in /usr/local/lib/python3*/dist-packages; do
    if [ -d "$folder" ]; then version=\${folder%/*}; echo "p \${version##*python}"; fi
  done
  look /usr/local/lib/python3*/dist-packages /usr/lib/python3/dist-packages
}
environment() {
  if ! [ -e "$2/pyvenv.cfg" ]; then return; fi
  echo "= $1"
  for folder in "$2"/lib/python3*/site-packages; do
    case \${folder#"$2"} in *[!A-Za-z0-9./*-]*) continue ;; esac
    version=\${folder%/*}; echo "p \${version##*python}"
    look "$folder"
  done
  if grep -q -i -E '^include-system-site-packages *= *true' -- "$2/pyvenv.cfg"; then system; fi
}`,
    ...keys.map((key, index) =>
      key.id === system ? sh`echo ${`= ${index}`}; system` : sh`environment ${index} ${key.id}`,
    ),
  ]);

/** NOTE: not for longer names than a folder can have: it goes over a text of many hyphens again and again. */
const distribution = /^(.+?)-(\d[^-]*|[^-]+)(?:-[^-]+)*\.(?:dist|egg)-info$/;
const longestName = 255;

const parse = (
  output: string,
  keys: readonly FactKey<PipEnvironmentFact>[],
): ReadonlyMap<string, Observed<PipEnvironmentFact>> => {
  const found = new Map<string, { python: string; readonly distributions: Record<string, string> }>();
  let current: { python: string; readonly distributions: Record<string, string> } | undefined;
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const head = /^= (\d+)$/.exec(text);
    const key = head === null ? undefined : keys[Number(head[1])];
    const entry = text.length > longestName ? null : distribution.exec(text);
    if (key !== undefined) {
      current = { python: '', distributions: {} };
      found.set(key.id, current);
    } else if (current !== undefined && text.startsWith('p ')) current.python ||= text.slice(2);
    else if (current !== undefined && entry !== null)
      current.distributions[normalizeDistribution(entry[1] ?? '')] ??= entry[2] ?? '';
    else if (!/\.(dist|egg)-info$/.test(text))
      throw new StrangeOutput(
        `unexpected line among the Python packages: ${JSON.stringify(text.slice(0, 200))}`,
      );
  }
  return new Map(
    keys.map(({ id }): [string, Observed<PipEnvironmentFact>] => [id, found.get(id) ?? 'absent']),
  );
};

/** A few globs an environment. */
export const pipEnvironments: FactKind<PipEnvironmentFact> = { kind: 'pip-environment', script, parse };
