import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunEvent } from '../../src/model/event.ts';
import type { PlainOptions } from '../../src/report/plain.ts';
import { createProgressReporter } from '../../src/report/progress.ts';
import { firstHalf, hostReport, ref, runReport, secondHalf, taskReport } from './recorded-run.ts';
import { createTerminal } from './terminal.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const spinner = /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏|/\\-] /gm;

const start = (options: Partial<PlainOptions> = {}) => {
  const terminal = createTerminal(80, 24);
  const reporter = createProgressReporter(terminal, {
    color: false,
    diff: 'whole',
    verbosity: 0,
    ...options,
  });
  const emitAll = (events: readonly RunEvent[]): void => {
    for (const event of events) reporter.emit(event);
  };
  return { terminal, reporter, emitAll, text: () => terminal.text().replaceAll(spinner, '* ') };
};

test('shows the hosts as they are while the run goes on', async () => {
  const { emitAll, text } = start();
  emitAll(firstHalf);
  await vi.advanceTimersByTimeAsync(4100);
  expect(text()).toBe(`\
* matrix1  4 s  Packages: install redis-server
           Setting up redis-server (7.0.15) ...
* matrix2  4 s  connecting
  matrix3  waiting for its turn
`);
});

test('ends with what has changed, what has failed and the summary, and nothing of the live lines', async () => {
  const { emitAll, reporter, text } = start();
  emitAll(firstHalf);
  await vi.advanceTimersByTimeAsync(500);
  emitAll(secondHalf);
  await reporter.finish();
  expect(text()).toBe(`\
matrix1: changed apt: Packages [site.yaml:7:5]
matrix1:   install redis-server 7.0.15
matrix1: changed copy: Configuration [site.yaml:11:5]
matrix1:   write /etc/redis/redis.conf
matrix1:     --- /etc/redis/redis.conf
matrix1:     +++ /etc/redis/redis.conf
matrix1:     @@ -1,2 +1,2 @@
matrix1:     -port 0
matrix1:     +port 6379
matrix1:      bind ::1
matrix1: warning: the clock is 5 minutes slow
matrix2: failed systemd: Redis runs [site.yaml:17:5]
matrix2:   start redis: exit status 1
matrix2:   Job failed
matrix2: failed
  site.yaml:17:5: Redis runs: start redis: exit status 1
matrix1  changed, proved  1 ok, 2 changed  (2 execs, 1 wave, 3.4 s)
matrix2  failed           1 failed  (2 execs, 0 waves, 3.4 s)
matrix3  ok, proved       1 ok  (2 execs, 0 waves, 3.4 s)
apply: hosts: 1 ok, 1 changed, 1 failed in 4.2 s
`);
});

test('lines that stay come above the hosts at the next drawing', async () => {
  const { emitAll, text } = start();
  emitAll(firstHalf);
  await vi.advanceTimersByTimeAsync(500);
  emitAll(secondHalf.slice(0, 2));
  await vi.advanceTimersByTimeAsync(100);
  expect(text().split('\n').slice(0, 3)).toEqual([
    'matrix1: changed apt: Packages [site.yaml:7:5]',
    'matrix1:   install redis-server 7.0.15',
    '* matrix1  Packages: install redis-server',
  ]);
});

test('never hides the cursor and leaves it at the start of a line', async () => {
  const { emitAll, reporter, terminal } = start();
  emitAll(firstHalf);
  await vi.advanceTimersByTimeAsync(500);
  await reporter.finish();
  expect(terminal.written()).not.toContain('\u001b[?25l');
  expect(terminal.column()).toBe(0);
  expect(terminal.text()).toBe('');
});

test('a thousand hosts and ten thousand events are drawn ten times a second, and without diffs', async () => {
  const { reporter, terminal, text } = start();
  const hosts = Array.from({ length: 1000 }, (_, index) => `web${index}`);
  const task = ref('Configuration', 'copy', 3);
  const report = taskReport(task, 'changed', {
    changes: [{ summary: 'write /etc/x', diff: { path: '/etc/x', before: 'a\n', after: 'b\n' } }],
  });
  reporter.emit({ type: 'run-started', mode: 'apply', hosts, at: new Date() });
  for (const host of hosts) {
    reporter.emit({ type: 'host-started', host });
    for (let count = 0; count < 10; count += 1)
      reporter.emit({ type: 'action-printed', host, task, stream: 'stdout', text: `line ${count}\n` });
  }
  await vi.advanceTimersByTimeAsync(1000);
  expect(terminal.writes()).toBeLessThanOrEqual(10);
  expect(text().split('\n').length).toBeLessThanOrEqual(24);
  reporter.emit({ type: 'task-finished', host: 'web1', task, report });
  for (const host of hosts) reporter.emit({ type: 'host-finished', host, report: hostReport(host, 'ok') });
  reporter.emit({ type: 'run-finished', report: runReport([hostReport('web1', 'changed')]) });
  await reporter.finish();
  expect(text()).toContain('write /etc/x');
  expect(text()).not.toContain('--- /etc/x');
});

test('says what a task of the command line printed, a line at a time', async () => {
  const { reporter, text } = start({ adHoc: { tells: true } });
  const task = ref('uptime', 'command', 1);
  reporter.emit({ type: 'run-started', mode: 'apply', hosts: ['a'], at: new Date() });
  reporter.emit({ type: 'action-printed', host: 'a', task, stream: 'stdout', text: 'up 3' });
  reporter.emit({ type: 'action-printed', host: 'a', task, stream: 'stdout', text: ' days\nload' });
  reporter.emit({ type: 'action-finished', host: 'a', task, exitStatus: 0, durationMs: 1 });
  await reporter.finish();
  expect(text()).toBe('a: | up 3 days\na: | load\n');
});
