import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, measure, median, type Run } from '../support/measure.ts';
import type { ScaleResult, ScaleRow } from '../support/results.ts';
import { recordConverged } from './record.ts';
import { type SimulatedFleet, startFleet } from './simulated-fleet.ts';
import { type ViewCost, watchTerminal } from './watch-terminal.ts';

export interface ScaleOptions {
  /** The checkout that is measured, with its dist/. */
  readonly root: string;
  readonly hosts: readonly number[];
  readonly forks: readonly number[];
  /** Of each cell. */
  readonly runs: number;
  /** Options of node itself, as for a profile. Default: none. */
  readonly nodeOptions?: readonly string[];
  /** Told of each run as it is over. */
  readonly say?: (text: string) => void;
}

/** A converged apply to so many hosts, with the progress view on a terminal of 120 columns and 40 rows. */
export type ViewRow = ScaleRow & ViewCost;

interface Ready {
  readonly recordedFrom: string;
  readonly fleet: SimulatedFleet;
  commandFor(hosts: number, forks: number): Promise<Command>;
}

/** Records from a real host, and starts as many simulated ones as are wanted at most. */
const withFleet = async <T>(
  { root, hosts, nodeOptions = [] }: ScaleOptions,
  use: (ready: Ready) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'syn-deploy-scale-'));
  const playbook = join(root, 'bench/workload/ansible/site.yml');
  const program = [process.execPath, ...nodeOptions, join(root, 'dist/cli/bin.js'), 'apply'];
  try {
    const recording = await recordConverged({ program, playbook }, folder);
    await using fleet = await startFleet(recording, { hosts: Math.max(...hosts), folder });
    const commandFor = async (count: number, forks: number): Promise<Command> => ({
      words: [...program, await fleet.inventory(count), playbook, '--forks', String(forks)],
    });
    return await use({ recordedFrom: recording.recordedFrom, fleet, commandFor });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** @throws Error when a simulated host was asked anything but what was recorded, or not all were asked */
const checkCount = async (fleet: SimulatedFleet, hosts: number): Promise<void> => {
  const { answered, refused } = await fleet.takeCount();
  if (refused.length > 0) throw new Error(`not what was recorded: ${refused.join('; ')}`);
  if (answered % hosts !== 0 || answered === 0) throw new Error(`${answered} answers of ${hosts} hosts`);
};

const cellsOf = ({ hosts, forks }: ScaleOptions) =>
  hosts.flatMap((count) => forks.map((limit) => ({ hosts: count, forks: limit })));

const describeRun = ({ wallS, cpuS, peakMb }: Run, hosts: number): string =>
  `${wallS.toFixed(2)} s, ${((cpuS / hosts) * 1000).toFixed(1)} ms of CPU a host, ${Math.round(peakMb)} MB`;

const mediansOf = (runs: readonly Run[]): Run => ({
  wallS: median(runs.map(({ wallS }) => wallS)),
  cpuS: median(runs.map(({ cpuS }) => cpuS)),
  peakMb: median(runs.map(({ peakMb }) => peakMb)),
});

/** Converged applies to simulated hosts that answer what a real one has answered just before. */
export const measureScale = (options: ScaleOptions): Promise<ScaleResult> =>
  withFleet(options, async ({ recordedFrom, fleet, commandFor }) => {
    const rows: ScaleRow[] = [];
    for (const { hosts, forks } of cellsOf(options)) {
      const runs: Run[] = [];
      for (let index = 0; index < options.runs; index += 1) {
        const run = await measure(await commandFor(hosts, forks));
        await checkCount(fleet, hosts);
        options.say?.(`${hosts} hosts, --forks ${forks}: ${describeRun(run, hosts)}`);
        runs.push(run);
      }
      rows.push({ hosts, forks, ...mediansOf(runs) });
    }
    return { recordedFrom, rows };
  });

/** The same with the progress view, once a cell: what the view costs, and how much of it there is to read. */
export const measureView = (options: ScaleOptions): Promise<readonly ViewRow[]> =>
  withFleet(options, async ({ fleet, commandFor }) => {
    const rows: ViewRow[] = [];
    for (const { hosts, forks } of cellsOf(options)) {
      const { run, cost } = await watchTerminal(await commandFor(hosts, forks));
      await checkCount(fleet, hosts);
      options.say?.(`${hosts} hosts, --forks ${forks}, progress: ${describeRun(run, hosts)}`);
      rows.push({ hosts, forks, ...run, ...cost });
    }
    return rows;
  });
