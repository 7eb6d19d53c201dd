import { describe, expect, test } from 'vitest';
import { barsOfScale, renderScale } from '../../bench/parts/scale.ts';
import { isMet } from '../../bench/support/bar.ts';
import { found, taken } from './invented.ts';

const view = {
  ...{ hosts: 1000, forks: 50, wallS: 20, cpuS: 20, peakMb: 100 },
  ...{ writtenKb: 10, frames: 100, highestFrame: 30, linesLeft: 2 },
};

describe('the bars of many hosts', () => {
  const row = (hosts: number, forks: number, wallS: number) => ({
    ...{ hosts, forks, wallS, cpuS: hosts * 0.02 },
    peakMb: 100 + hosts / 10,
  });

  test('take time as linear when a host more costs the same among many', () => {
    const rows = [row(10, 20, 1), row(100, 20, 5.5), row(1000, 20, 50.5)];
    const bars = barsOfScale({ taken, recordedFrom: 'a host', rows, view });
    expect(found(bars, '1,000 hosts: peak memory')).toEqual(['200.00', true]);
    expect(found(bars, '1,000 hosts: CPU a host')).toEqual(['20.00', true]);
    expect(found(bars, 'Linear wall time')).toEqual(['1.00', true]);
  });

  test('are those of the worst number at once', () => {
    const rows = [
      ...[row(10, 20, 1), row(100, 20, 5.5), row(1000, 20, 50.5)],
      ...[row(10, 50, 1), row(100, 50, 5.5), row(1000, 50, 95.5)],
    ];
    expect(found(barsOfScale({ taken, recordedFrom: 'a host', rows, view }), 'Linear wall time')).toEqual([
      '2.00',
      false,
    ]);
  });
});

test('the bars are there before anything was measured', () => {
  expect(barsOfScale(undefined).map(isMet)).toEqual([undefined, undefined, undefined]);
});

test('many hosts have a line each', () => {
  const rows = [{ hosts: 1000, forks: 20, wallS: 20, cpuS: 15, peakMb: 250.4 }];
  expect(renderScale({ taken, recordedFrom: 'a host', rows, view })).toContain(
    '| 1,000 | 20 | 20.0 | 20.0 | 15.0 | 250 |',
  );
});
