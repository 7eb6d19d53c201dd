import { expect, test } from 'vitest';
import type { HostStatus, TaskStatus } from '../../src/model/report.ts';
import { type Ages, DriftAges } from '../../src/report/drift-ages.ts';
import { hostReport, ref, runReport, taskReport } from './recorded-run.ts';

const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}T14:03:00.000Z`;

/** A run on one host. @returns what it says of its tasks, and what it leaves */
const run = (known: Ages, at: number, tasks: readonly (readonly [name: string, status: TaskStatus])[]) => {
  const ages = new DriftAges(known);
  const reports = tasks.map(([name, status], index) => taskReport(ref(name, 'copy', index + 1), status));
  ages.take({ type: 'run-started', mode: 'check', hosts: ['a'], at: new Date(day(at)) });
  const told = reports.map((report, index) => {
    const task = ref(report.name, 'copy', index + 1);
    const event = ages.take({ type: 'task-finished', host: 'a', task, report });
    return event.type === 'task-finished' ? event.report.since : undefined;
  });
  const report = runReport([hostReport('a', 'drift', { tasks: reports })]);
  const last = ages.take({ type: 'run-finished', report });
  if (last.type !== 'run-finished') throw new Error('another event came back');
  expect(last.report.hosts[0]?.tasks.map(({ since }) => since)).toEqual(told);
  return { told, left: ages.open };
};

test('drift is as old as the first check in a row that saw it', () => {
  const first = run(new Map(), 1, [['x', 'drift']]);
  expect(first.told).toEqual([{ at: day(1), checks: 1 }]);
  const second = run(first.left, 2, [['x', 'failed']]);
  expect(second.told).toEqual([{ at: day(1), checks: 2 }]);
  const mended = run(second.left, 3, [['x', 'ok']]);
  expect(mended.told).toEqual([undefined]);
  expect(run(mended.left, 4, [['x', 'drift']]).told).toEqual([{ at: day(4), checks: 1 }]);
});

test('a run that did not look changes nothing: a task that was not decided, another host, other tags', () => {
  const { left } = run(new Map(), 1, [['x', 'drift']]);
  const undecided = run(left, 2, [['x', 'not-attempted']]);
  expect(undecided.told).toEqual([undefined]);
  const other = run(undecided.left, 3, [['y', 'drift']]);
  expect(run(other.left, 4, [['x', 'drift']]).told).toEqual([{ at: day(1), checks: 2 }]);
});

test('an apply that has made it good ends it', () => {
  const { left } = run(new Map(), 1, [['x', 'drift']]);
  expect(run(run(left, 2, [['x', 'changed']]).left, 3, [['x', 'drift']]).told).toEqual([
    { at: day(3), checks: 1 },
  ]);
});

test('a task is found again on another line, but not under another name; those alike are counted', () => {
  const { left } = run(new Map(), 1, [
    ['x', 'drift'],
    ['twin', 'ok'],
    ['twin', 'drift'],
  ]);
  const { told } = run(left, 2, [
    ['new', 'drift'],
    ['twin', 'drift'],
    ['twin', 'drift'],
    ['x', 'drift'],
  ]);
  expect(told.map((since) => since?.checks)).toEqual([1, 1, 2, 2]);
});

test('the drift of a handler ends with that of what notifies it, since nobody tells of it then', () => {
  const check = (
    known: Ages,
    at: number,
    tasks: Readonly<Record<string, TaskStatus>>,
    status: HostStatus,
  ) => {
    const ages = new DriftAges(known);
    ages.take({ type: 'run-started', mode: 'check', hosts: ['a'], at: new Date(day(at)) });
    const reports = Object.entries(tasks).map(([name, one], index) => {
      const task = { ...ref(name, 'copy', index + 1), handler: name === 'h' };
      const report = taskReport(task, one);
      ages.take({ type: 'task-finished', host: 'a', task, report });
      return report;
    });
    ages.take({ type: 'run-finished', report: runReport([hostReport('a', status, { tasks: reports })]) });
    return ages.open;
  };
  const of = (ages: Ages, key: string): string | undefined =>
    [...(ages.get('a') ?? [])].find(([name]) => name.includes(`: ${key}`))?.[1].at;
  const first = check(new Map(), 1, { x: 'drift', h: 'drift' }, 'drift');
  expect(of(first, 'h')).toBe(day(1));
  expect(of(check(first, 2, { x: 'failed' }, 'failed'), 'h')).toBe(day(1));
  expect(of(check(first, 2, { y: 'ok' }, 'ok'), 'h'), 'another tag').toBe(day(1));
  const mended = check(first, 2, { x: 'ok' }, 'ok');
  expect(of(mended, 'h')).toBeUndefined();
  expect(of(check(mended, 3, { x: 'drift', h: 'drift' }, 'drift'), 'h')).toBe(day(3));
});
