import { describe, expect, test } from 'vitest';
import { byMeasuring, caseNames, toolNames, toolsOf } from '../../bench/parts/peers/matrix.ts';
import { schedule } from '../../bench/parts/peers/schedule.ts';
import { readArguments } from '../../bench/support/arguments.ts';
import type { CaseName, Cell } from '../../bench/support/results.ts';

const cell = (name: CaseName, hosts: number, rttMs: number): Cell => ({ case: name, hosts, rttMs });

describe('the order of runs', () => {
  test('runs slow tools as often as they are to, whatever the others do', () => {
    for (const runs of [1, 2, 5])
      for (const slowRuns of [1, 2, 3]) {
        const turns = schedule(['syn-deploy', 'pyinfra', 'mitogen'], runs, slowRuns);
        const count = (name: string) => turns.filter(({ tool, counts }) => tool === name && counts).length;
        expect(['syn-deploy', 'pyinfra', 'mitogen'].map(count)).toEqual([runs, slowRuns, slowRuns]);
      }
  });
});

describe('who takes part where', () => {
  test('all do on one host without delay, and only the floor leaves changes out', () => {
    expect(toolsOf(cell('converged', 1, 0), toolNames)).toEqual(toolNames);
    expect(toolsOf(cell('changed', 1, 0), toolNames)).toEqual(toolNames.filter((tool) => tool !== 'floor'));
    expect(toolsOf(cell('first', 1, 0), toolNames)).not.toContain('floor');
  });

  test('the slow ones are measured where it tells something', () => {
    expect(toolsOf(cell('check', 1, 200), toolNames)).not.toContain('ansible');
    expect(toolsOf(cell('check', 4, 0), toolNames)).toEqual(toolNames);
    expect(toolsOf(cell('check', 4, 50), toolNames)).toEqual(['floor', 'syn-deploy']);
    expect(toolsOf(cell('converged', 16, 0), toolNames)).toContain('pipelining');
    expect(toolsOf(cell('check', 16, 0), toolNames)).not.toContain('pipelining');
    expect(toolsOf(cell('check', 16, 0), toolNames)).toContain('mitogen');
  });

  test('only those take part that were asked for', () => {
    expect(toolsOf(cell('converged', 1, 0), ['pyinfra', 'floor'])).toEqual(['floor', 'pyinfra']);
  });

  test('cells are measured with no more hosts about than they need', () => {
    const cells = [
      ...[cell('converged', 16, 0), cell('converged', 1, 50), cell('first', 4, 0)],
      ...[cell('check', 1, 0), cell('converged', 1, 0)],
    ];
    expect(cells.toSorted(byMeasuring)).toEqual([
      ...[cell('first', 4, 0), cell('converged', 1, 0), cell('check', 1, 0)],
      ...[cell('converged', 1, 50), cell('converged', 16, 0)],
    ]);
  });
});

describe('the command line', () => {
  const parts = ['peers', 'start'];

  test('measures everything and keeps nothing, unless told otherwise', () => {
    const { chosen, isKept, options } = readArguments([], parts);
    expect([chosen, isKept]).toEqual([parts, false]);
    expect(options.hosts).toEqual([1, 4, 16]);
    expect(options.cases).toEqual(caseNames);
  });

  test('takes parts, and less of them', () => {
    const words = ['start', 'peers', '--hosts', '2', '--rtt', '0', '--only', 'floor,syn-deploy', '--write'];
    const { chosen, isKept, options } = readArguments(words, parts);
    expect([chosen, isKept]).toEqual([['start', 'peers'], true]);
    expect([options.hosts, options.rttMs, options.tools]).toEqual([[2], [0], ['floor', 'syn-deploy']]);
  });

  test('says what there is where a word is none of it', () => {
    expect(() => readArguments(['--cases', 'checks'], parts)).toThrow('converged, check, changed, first');
    expect(() => readArguments(['scales'], parts)).toThrow(
      'no part is called "scales": there are peers, start',
    );
    expect(() => readArguments(['--hosts', '0'], parts)).toThrow(
      '--hosts takes whole numbers from 1, not "0"',
    );
    expect(() => readArguments(['render', 'start'], parts)).toThrow('render stands alone');
  });
});
