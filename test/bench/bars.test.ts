import { describe, expect, test } from 'vitest';
import { barsOfPeers } from '../../bench/parts/peers/bars.ts';
import { barsOfStart } from '../../bench/parts/start.ts';
import { type Bar, isMet, renderBars } from '../../bench/support/bar.ts';
import { found, groupOf, startResult } from './invented.ts';

describe('a bar', () => {
  const bar: Bar = { what: 'Memory', relation: 'at most', limit: 300, unit: 'MB', measured: 300 };

  test('takes its own limit as met, unless it wants less', () => {
    expect(isMet(bar)).toBe(true);
    expect(isMet({ ...bar, relation: 'at least' })).toBe(true);
    expect(isMet({ ...bar, relation: 'under' })).toBe(false);
  });

  test('is shown with what was wanted, measured and met', () => {
    expect(
      renderBars([bar, { ...bar, measured: 301 }, { ...bar, measured: undefined }]),
    ).toBe(`| what | wanted | measured | met |
| --- | --- | --- | --- |
| Memory | at most 300 MB | 300 MB | yes |
| Memory | at most 300 MB | 301 MB | **no** |
| Memory | at most 300 MB | not measured yet | – |`);
  });
});

describe('the bars of the peers', () => {
  test('compare medians that were measured side by side', () => {
    const bars = barsOfPeers({
      groups: [
        groupOf('converged', 1, 0, {
          floor: [0.2, 0.3, 0.2],
          'syn-deploy': [0.4, 9, 0.4],
          pipelining: [20],
          pyinfra: [3.9],
        }),
        groupOf('check', 1, 200, { floor: [2], 'syn-deploy': [2.7] }),
        groupOf('converged', 16, 0, { floor: [1.6], 'syn-deploy': [2.4] }),
      ],
    });
    expect(found(bars, 'Converged apply, 1 host, no delay: of the floor')).toEqual(['2.00', true]);
    expect(found(bars, 'Converged apply, 1 host, no delay: faster than Ansible with pipelining')).toEqual([
      '50.00',
      true,
    ]);
    expect(found(bars, 'Converged apply, 1 host, no delay: faster than pyinfra')).toEqual(['9.75', false]);
    expect(found(bars, 'Converged apply, 1 host, no delay: faster than Ansible with mitogen')).toEqual([
      undefined,
      undefined,
    ]);
    expect(found(bars, 'Check with diff, 1 host, round trip 200 ms')).toEqual(['1.35', false]);
    expect(found(bars, 'Converged apply, 16 hosts')).toEqual(['1.50', true]);
  });

  test('count the round trips that a change takes more', () => {
    const groups = [
      groupOf('changed', 1, 200, { 'syn-deploy': [3.1] }),
      groupOf('changed', 1, 0, { 'syn-deploy': [0.7] }),
      groupOf('converged', 1, 200, { 'syn-deploy': [2.5] }),
      groupOf('converged', 1, 0, { 'syn-deploy': [0.5] }),
    ];
    expect(found(barsOfPeers({ groups }), 'One changed worker, 1 host: more')).toEqual(['2.00', true]);
    expect(found(barsOfPeers({ groups: groups.slice(1) }), 'One changed worker, 1 host: more')).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('are all there when nothing was measured, and none is met', () => {
    const bars = [...barsOfPeers(undefined), ...barsOfStart(undefined)];
    expect(bars).toHaveLength(17);
    expect(bars.map(isMet).filter((met) => met !== undefined)).toEqual([]);
  });
});

test('the bars of the start compare with Node.js itself', () => {
  const bars = barsOfStart(startResult);
  expect(found(bars, '`syn-deploy --version`: wall')).toEqual(['3.50', false]);
  expect(found(bars, '`syn-deploy validate`')).toEqual(['1.00', true]);
});
