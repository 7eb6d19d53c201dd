import { measureScale, measureView, type ViewRow } from '../scale/measure-scale.ts';
import { type Bar, quotient } from '../support/bar.ts';
import { hostCount, round, table } from '../support/figures.ts';
import { renderTaken, takenNow } from '../support/machine.ts';
import type { Part } from '../support/part.ts';
import type { ScaleResult, ScaleRow, Taken } from '../support/results.ts';

/** What bench/results/scale.json holds. */
export interface StoredScale extends ScaleResult {
  readonly taken: Taken;
  /** Of the largest cell with the progress view on a terminal of 120 columns and 40 rows. */
  readonly view: ViewRow;
}

/** The section of docs/benchmarks.md. */
export const renderScale = ({ taken, recordedFrom, rows, view }: StoredScale): string =>
  [
    '## Many hosts',
    renderTaken(taken),
    `Converged applies to simulated hosts, which run in a process of their own beside and answer with what was recorded from ${recordedFrom}. CPU is
that of syn-deploy alone, which shares the machine with them. Medians.`,
    table(
      ['hosts', 'at once', 'wall s', 'ms of wall a host', 'ms of CPU a host', 'peak MB'],
      rows.map(({ hosts, forks, wallS, cpuS, peakMb }) => [
        ...[hosts.toLocaleString('en'), `${forks}`, round(wallS)],
        ...[round((wallS / hosts) * 1000), round((cpuS / hosts) * 1000), Math.round(peakMb).toString()],
      ]),
    ),
    `With the progress view on a terminal of 120 columns and 40 rows, ${hostCount(view.hosts)} of which ${view.forks} at once: ${round((view.cpuS / view.hosts) * 1000)} ms of CPU a
host, ${view.frames} drawings of at most ${view.highestFrame} lines, ${Math.round(view.writtenKb)} kB written, ${view.linesLeft} lines left at the end.`,
  ].join('\n\n');

/** Hosts that the bars are about. */
const many = 1000;

/** The largest of some figures; undefined when there are none. */
const worst = (figures: readonly (number | undefined)[]): number | undefined => {
  const known = figures.filter((figure) => figure !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};

/** What one host more costs from 100 to 1,000 hosts, as a multiple of what it costs from 10 to 100; 1 is linear. */
const bend = (rows: readonly ScaleRow[]): number | undefined => {
  const wall = (hosts: number): number | undefined => rows.find((row) => row.hosts === hosts)?.wallS;
  const [ten, hundred, thousand] = [wall(10), wall(100), wall(1000)];
  if (ten === undefined || hundred === undefined || thousand === undefined) return undefined;
  return quotient((thousand - hundred) / 900, (hundred - ten) / 90);
};

/** The bars of 1,000 hosts; where several numbers at once were measured, of the worst of them. */
export const barsOfScale = (result: StoredScale | undefined): readonly Bar[] => {
  const rows = result?.rows ?? [];
  const large = rows.filter(({ hosts }) => hosts === many);
  return [
    {
      what: `${hostCount(many)}: peak memory`,
      ...{ relation: 'under', limit: 300, unit: 'MB' },
      measured: worst(large.map(({ peakMb }) => peakMb)),
    },
    {
      what: `${hostCount(many)}: CPU a host`,
      ...{ relation: 'at most', limit: 25, unit: 'ms' },
      measured: worst(large.map(({ cpuS, hosts }) => (cpuS / hosts) * 1000)),
    },
    {
      what: 'Linear wall time: one host more from 100 to 1,000, of one more from 10 to 100',
      ...{ relation: 'at most', limit: 1.2, unit: '×' },
      measured: worst(
        [...new Set(rows.map(({ forks }) => forks))].map((forks) =>
          bend(rows.filter((row) => row.forks === forks)),
        ),
      ),
    },
  ];
};

/** Hosts that a bench is made of, and how many of them at once. */
const [hostCounts, forkCounts] = [
  [10, 100, many],
  [50, 200],
];
/** A run with 1,000 hosts takes half a minute. */
const mostRuns = 3;

/** How time and memory grow with the number of hosts. */
export const scale: Part<StoredScale> = {
  name: 'scale',
  async *measure({ root, runs, say }) {
    const options = { root, runs: Math.min(runs, mostRuns), say: (text: string) => say(`scale: ${text}`) };
    const result = await measureScale({ ...options, hosts: hostCounts, forks: forkCounts });
    const [view] = await measureView({ ...options, hosts: [many], forks: [50] });
    if (view === undefined) throw new Error('the progress view was not measured');
    yield { taken: await takenNow(root), ...result, view };
  },
  render: renderScale,
  bars: barsOfScale,
};
