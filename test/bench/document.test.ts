import { expect, test } from 'vitest';
import { schedule } from '../../bench/parts/peers/schedule.ts';
import { mergePeers, peers } from '../../bench/parts/peers.ts';
import { scale } from '../../bench/parts/scale.ts';
import { isMet } from '../../bench/support/bar.ts';
import { renderDocument } from '../../bench/support/document.ts';
import type { CaseName, PeersGroup, ToolName } from '../../bench/support/results.ts';

const taken = { at: '2026-01-02 03:04', machine: '2 cores (x), 4 GiB', versions: ['syn-deploy 1'] };
const runs = (...walls: number[]) => walls.map((wallS) => ({ wallS, cpuS: wallS / 2, peakMb: 10 }));
const group = (
  name: CaseName,
  rttMs: number,
  walls: Partial<Record<ToolName, number[]>>,
  hosts = 1,
): PeersGroup => ({
  ...{ case: name, hosts, rttMs, taken },
  tools: Object.entries(walls).map(([tool, all]) => ({ tool: tool as ToolName, runs: runs(...all) })),
});
const measured = {
  groups: [
    group('converged', 0, { floor: [0.2, 0.2, 0.4], 'syn-deploy': [0.3, 0.35, 0.4], pipelining: [21] }),
    group('converged', 200, { floor: [2], 'syn-deploy': [2.4] }),
    group('changed', 0, { 'syn-deploy': [0.6], pipelining: [22] }),
    group('changed', 200, { 'syn-deploy': [3.35] }),
  ],
};
const barOf = (what: RegExp) => peers.bars(measured).filter((bar) => what.test(bar.what));

test('bars are held against medians', () => {
  const met = (part: typeof peers.bars) => part(measured).map((bar) => [bar.measured, isMet(bar)]);
  expect(barOf(/onverged.*no delay.*floor/)[0]?.measured).toBeCloseTo(1.75);
  expect(peers.bars(measured).find(({ unit }) => unit === 'round trips')?.measured).toBeCloseTo(
    (3.35 - 0.6 - (2.4 - 0.35)) / 0.2,
  );
  expect(met(peers.bars)).toContainEqual([expect.closeTo(60), true]);
  expect(met(peers.bars)).toContainEqual([undefined, undefined]);
});

test('every bar stands on the page before anything is measured, and a section says how to measure it', () => {
  const page = renderDocument([peers, scale] as never, new Map());
  expect(page).toContain('not measured yet');
  expect(page).toContain('npm run bench -- scale --write');
  expect(peers.bars(undefined)).toHaveLength(peers.bars(measured).length);
});

test('the page shows medians, ratios, and where and when they were taken', () => {
  const page = renderDocument([peers] as never, new Map([['peers', measured]]));
  expect(page).toContain('2026-01-02 03:04');
  expect(page).toMatch(/\*\*syn-deploy\*\*.*0\.35.*1\.75/);
  expect(page).toMatch(/Ansible, pipelining.*21\.0.*60/);
});

test('what is measured again replaces its own group, and leaves the rest', () => {
  const again = group('converged', 0, { floor: [1], 'syn-deploy': [1] });
  const merged = mergePeers(measured, { groups: [again] });
  expect(merged.groups).toHaveLength(4);
  expect(merged.groups[0]).toEqual(again);
});

test('fast tools take turns, after a run each that does not count, and slow ones are spread among them', () => {
  const turns = schedule(['floor', 'syn-deploy', 'pyinfra', 'ansible'], 4, 1);
  expect(turns.map(({ tool, counts }) => `${tool}${counts ? '' : ' (warm-up)'}`)).toEqual([
    'floor (warm-up)',
    'syn-deploy (warm-up)',
    ...['floor', 'syn-deploy'],
    ...['floor', 'syn-deploy', 'pyinfra'],
    ...['floor', 'syn-deploy'],
    ...['floor', 'syn-deploy', 'ansible'],
  ]);
});
