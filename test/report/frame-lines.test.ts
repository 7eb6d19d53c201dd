import { expect, test } from 'vitest';
import { renderFrame } from '../../src/report/frame-lines.ts';
import { createPaint } from '../../src/report/paint.ts';
import { RunWatch } from '../../src/report/run-view.ts';
import { firstHalf, hostReport, ref } from './recorded-run.ts';

const frameOf = (watch: RunWatch, now: number, size = { width: 79, height: 24 }): readonly string[] =>
  renderFrame(watch, { ...size, now, spinner: '*', paint: createPaint(false) });

const watchOf = (hosts: readonly string[]): { watch: RunWatch; at: (ms: number) => void } => {
  let now = 0;
  const watch = new RunWatch(hosts, () => now);
  return {
    watch,
    at(ms) {
      now = ms;
    },
  };
};

const many = Array.from({ length: 1000 }, (_, index) => `web${index}`);

test('a line a host says what it does, for how long, and what its action said last', () => {
  const { watch } = watchOf(['matrix1', 'matrix2', 'matrix3']);
  for (const event of firstHalf) watch.take(event);
  expect(frameOf(watch, 12_300)).toEqual([
    '* matrix1  12 s  Packages: install redis-server',
    '           Setting up redis-server (7.0.15) ...',
    '* matrix2  12 s  connecting',
    '  matrix3  waiting for its turn',
  ]);
});

test('a host that has ended keeps its line with its status', () => {
  const { watch } = watchOf(['a', 'b']);
  watch.take({ type: 'host-started', host: 'a' });
  watch.take({ type: 'host-finished', host: 'a', report: hostReport('a', 'unreachable') });
  expect(frameOf(watch, 0)).toEqual(['✘ a     unreachable', '  b     waiting for its turn']);
});

test('a host that waits says for what, and for how long', () => {
  const { watch } = watchOf(['a', 'b', 'c']);
  const wait = (host: string, detail: string): void =>
    watch.take({ type: 'stage-started', host, stage: 'wait', wave: 0, detail });
  wait('a', 'another run that has this host: ada@desk, process 7');
  wait('b', 'the other hosts, before Databases');
  wait('c', 'the host, to log in again: the connection was lost');
  expect(frameOf(watch, 65_000)).toEqual([
    '* a     1 min 05 s  waiting for another run that has this host: ada@desk, proc…',
    '* b     1 min 05 s  waiting for the other hosts, before Databases',
    '* c     1 min 05 s  waiting for the host, to log in again: the connection was …',
  ]);
});

test('no line is wider than the terminal, wide characters counted as two', () => {
  const { watch } = watchOf(['a']);
  watch.take({
    type: 'action-started',
    host: 'a',
    task: ref('日本語の名前', 'apt', 1),
    summary: 'x'.repeat(90),
  });
  expect(frameOf(watch, 0, { width: 19, height: 24 })).toEqual(['* a     日本語の名…']);
});

test('control characters of a host are shown, not obeyed', () => {
  const { watch } = watchOf(['a']);
  const task = ref('Task', 'command', 1);
  watch.take({ type: 'action-started', host: 'a', task, summary: 'run' });
  watch.take({ type: 'action-printed', host: 'a', task, stream: 'stdout', text: 'a\u0007b\u001b[2Jc\n' });
  expect(frameOf(watch, 0)[1]).toBe('        a\\x07bc');
});

test('many hosts are counted, and only those under way have a line', () => {
  const { watch, at } = watchOf(many);
  for (const host of many.slice(0, 500)) {
    watch.take({ type: 'host-started', host });
    const status = host === 'web7' ? 'failed' : 'ok';
    watch.take({ type: 'host-finished', host, report: hostReport(host, status) });
  }
  at(60_000);
  for (const host of many.slice(500, 503)) watch.take({ type: 'host-started', host });
  const task = ref('Packages', 'apt', 7);
  watch.take({ type: 'action-started', host: 'web501', task, summary: 'install redis' });
  watch.take({ type: 'action-printed', host: 'web501', task, stream: 'stdout', text: 'Unpacking' });
  expect(frameOf(watch, 62_000)).toEqual([
    '* 1000 hosts, 500 done (499 ok, 1 failed), 3 under way, 497 waiting  1 min 02 s',
    '* web500  2 s  connecting',
    '* web501  2 s  Packages: install redis › Unpacking',
    '* web502  2 s  connecting',
  ]);
});

test('a low terminal gets no more lines than it has room for', () => {
  const { watch } = watchOf(many);
  for (const host of many) watch.take({ type: 'host-started', host });
  const frame = frameOf(watch, 0, { width: 60, height: 8 });
  expect(frame).toHaveLength(6);
  expect(frame.at(-1)).toBe('  and 996 more');
  const few = watchOf(many.slice(0, 15)).watch;
  expect(frameOf(few, 0, { width: 60, height: 8 }).length).toBeLessThan(8);
});
