import { expect } from 'vitest';
import { type Bar, isMet } from '../../bench/support/bar.ts';
import type { Run } from '../../bench/support/measure.ts';
import type { CaseName, PeersGroup, StartResult, Taken, ToolName } from '../../bench/support/results.ts';

/** Where and when nothing was measured. */
export const taken: Taken = {
  at: '2025-01-02 03:04',
  machine: '2 cores (Invented), 8 GiB',
  versions: ['Node.js 20.0.0', 'syn-deploy 0.1.0'],
};

/** Runs of so many seconds each. */
export const runsOf = (...walls: readonly number[]): readonly Run[] =>
  walls.map((wallS) => ({ wallS, cpuS: wallS / 2, peakMb: 80 }));

/** A group of one case, with the seconds of each tool's runs. */
export const groupOf = (
  name: CaseName,
  hosts: number,
  rttMs: number,
  walls: Readonly<Partial<Record<ToolName, readonly number[]>>>,
): PeersGroup => ({
  ...{ case: name, hosts, rttMs, taken },
  tools: Object.entries(walls).map(([tool, seconds]) => ({
    tool: tool as ToolName,
    runs: runsOf(...seconds),
  })),
});

/** A start three and a half times as long as that of Node.js, and a quick validation. */
export const startResult: StartResult = {
  ...{ taken, hosts: 1000 },
  node: runsOf(0.04, 0.04, 0.06),
  version: runsOf(0.14),
  validate: runsOf(2),
};

/** What was measured and whether that is enough, of the bar that begins so. */
export const found = (
  bars: readonly Bar[],
  beginning: string,
): readonly [string | undefined, boolean | undefined] => {
  const own = bars.filter(({ what }) => what.startsWith(beginning));
  expect(own.map(({ what }) => what)).toHaveLength(1);
  const [bar] = own;
  return bar === undefined ? [undefined, undefined] : [bar.measured?.toFixed(2), isMet(bar)];
};
