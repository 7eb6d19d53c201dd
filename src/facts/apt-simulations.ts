import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { FactFailure, StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** What an apt command would do to the host. */
export interface AptSimulationFact {
  /** Packages it would install or upgrade, with the versions they would have; sorted as apt has them. */
  readonly installs: readonly { readonly name: string; readonly version: string }[];
  /** Packages it would remove or purge. */
  readonly removes: readonly string[];
  /** Archives it would delete. */
  readonly deletes: readonly string[];
}

/** What can be simulated without names of packages, and the one with them. */
export type AptWork =
  | 'upgrade'
  | 'dist-upgrade'
  | 'autoremove'
  | 'autoclean'
  | 'clean'
  | 'build-dep'
  | 'fix-broken';

/**
 * The fact "what apt would do". Costs half a second, as apt resolves everything.
 *
 * @param options  further options and names of packages
 */
export const aptSimulation = (
  work: AptWork,
  options: readonly string[] = [],
): FactKey<AptSimulationFact> => ({
  kind: 'apt-simulation',
  id: [work, ...options].join(' '),
  input: { work, options } satisfies Input,
});

interface Input {
  readonly work: AptWork;
  readonly options: readonly string[];
}

const command = ({ work, options }: Input): Sh => {
  if (work === 'clean') return sh`find /var/cache/apt/archives -name '*.deb' -printf 'Del %f\n'`;
  const words = work === 'fix-broken' ? ['install', '--fix-broken', ...options] : [work, ...options];
  return sh`apt-get -s -qq -o Debug::NoLocking=true ${words}`;
};

/** Output, a block a key: `= <index>`, the lines of apt, and `. <exit status>`. */
const script = (keys: readonly FactKey<AptSimulationFact>[]): Sh =>
  joinSh(
    keys.map(
      (key, index) => sh`echo ${`= ${index}`}
${command(key.input as Input)} 2>&1; echo ". $?"`,
    ),
  );

const readSimulation = (lines: readonly string[], exitStatus: number): Observed<AptSimulationFact> => {
  if (exitStatus !== 0) {
    const complaints = lines.filter((line) => line.startsWith('E: '));
    return new FactFailure(complaints.join('\n') || lines.slice(-3).join('\n'));
  }
  const matches = (pattern: RegExp) =>
    lines.map((line) => pattern.exec(line)).filter((match) => match !== null);
  return {
    installs: matches(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+)/).map(([, name = '', version = '']) => ({
      name,
      version,
    })),
    removes: matches(/^(?:Remv|Purg) (\S+)/).map(([, name = '']) => name),
    deletes: matches(/^Del (\S+)/).map(([, name = '']) => name),
  };
};

const parse = (
  output: string,
  keys: readonly FactKey<AptSimulationFact>[],
): ReadonlyMap<string, Observed<AptSimulationFact>> => {
  const values = new Map<string, Observed<AptSimulationFact>>();
  let id: string | undefined;
  let lines: string[] = [];
  for (const text of output.split('\n')) {
    const head = /^= (\d+)$/.exec(text);
    const end = /^\. (\d+)$/.exec(text);
    if (head !== null) [id, lines] = [keys[Number(head[1])]?.id, []];
    else if (end !== null && id !== undefined) values.set(id, readSimulation(lines, Number(end[1])));
    else lines.push(text);
  }
  for (const key of keys)
    if (!values.has(key.id))
      throw new StrangeOutput(`apt's answer about "${key.id}" has no end: ${output.slice(-200)}`);
  return values;
};

/** One `apt-get -s` each. */
export const aptSimulations: FactKind<AptSimulationFact> = { kind: 'apt-simulation', script, parse };
