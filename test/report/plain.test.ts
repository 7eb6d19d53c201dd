import { expect, test } from 'vitest';
import { createJsonReporter } from '../../src/report/json.ts';
import { createPlainReporter, type PlainOptions } from '../../src/report/plain.ts';
import { firstHalf, hostReport, ref, runReport, secondHalf, taskReport } from './recorded-run.ts';

const events = [...firstHalf, ...secondHalf];

const written = (options: Partial<PlainOptions>, some = events): string => {
  let text = '';
  const sink = { write: (piece: string) => (text += piece) };
  const reporter = createPlainReporter(sink, { color: false, diff: 'whole', verbosity: 0, ...options });
  for (const event of some) reporter.emit(event);
  return text;
};

test('a line a thing that changed or failed, each with its host, and a summary', () => {
  expect(written({})).toBe(`\
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

test('of a new file the beginning, where diffs are to be brief, and of a changed one all', () => {
  const lines = (before: string | null) => {
    const after = Array.from({ length: 9 }, (_, index) => `line ${index}\n`).join('');
    const change = { summary: 'write /etc/x', diff: { path: '/etc/x', before, after } };
    const task = ref('Configuration', 'copy', 11);
    const report = taskReport(task, 'changed', { changes: [change] });
    return written({ diff: 'brief' }, [{ type: 'task-finished', host: 'matrix1', task, report }])
      .split('\n')
      .filter((line) => line !== '');
  };
  expect(lines('')).toHaveLength(2 + 2 + 1 + 9);
  expect(lines(null)).toHaveLength(2 + 2 + 6 + 1);
  expect(lines(null).at(-1)).toBe('matrix1:     … and 4 lines more');
});

test('no diffs when they are not wanted', () => {
  expect(written({ diff: 'none' })).not.toContain('port 6379');
});

test('every task with -v, stages with -vv, output with -vvv', () => {
  expect(written({ verbosity: 1 })).toContain('matrix1: ok systemd: Redis runs [site.yaml:17:5]\n');
  expect(written({ verbosity: 1 })).not.toContain('observe');
  expect(written({ verbosity: 2 })).toContain('matrix1: observe: 12 facts\n');
  expect(written({ verbosity: 2 })).not.toContain('Setting up');
  expect(written({ verbosity: 3 })).toContain('Setting up');
});

test('colours only where they are wanted, and a host never paints', () => {
  const task = ref('Packages', 'apt', 7);
  const report = taskReport(task, 'failed', { message: 'no \u001b[31mluck\u0007' });
  const event = { type: 'task-finished', host: 'a', task, report } as const;
  expect(written({}, [event])).toBe('a: failed apt: Packages [site.yaml:7:5]\na:   no \\x1b[31mluck\\x07\n');
  expect(written({ color: true }, [event])).toContain('\u001b[31mfailed\u001b[0m');
});

test('what is no longer declared is named', () => {
  const orphans = { orphans: ['file:/etc/old', 'account:jdoe'], prunable: ['file:/etc/old'] };
  const report = runReport([hostReport('a', 'ok', orphans)]);
  expect(written({}, [{ type: 'run-finished', report }])).toContain(
    `a: managed by an earlier run, declared no more (with prune: true, apply takes it away):
  file:/etc/old
a: managed by an earlier run, declared no more (it stays, and is not told again: whether it is to go is yours to say):
  account:jdoe
`,
  );
});

test('a failure that was told as it happened is told in one line at the end, with what is new in it', () => {
  const task = ref('Configuration', 'copy', 11);
  const failed = taskReport(task, 'failed', { message: 'start redis: exit status 1\nJob failed' });
  const error =
    'site.yaml:7:5: Packages: start redis: exit status 1\nJob failed\nowed, and run by the next apply: x';
  const report = runReport([hostReport('a', 'failed', { error, tasks: [failed] })]);
  expect(written({}, [{ type: 'run-finished', report }])).toContain(
    'a: failed: site.yaml:7:5: Packages: start redis: exit status 1\n  owed, and run by the next apply: x\n',
  );
});

test('where prune is set, a check does not say to set it', () => {
  const task = ref('Configuration', 'copy', 11);
  const tasks = [taskReport({ ...task, module: 'prune' }, 'drift')];
  const report = {
    ...runReport([
      hostReport('a', 'drift', { orphans: ['file:/etc/old'], prunable: ['file:/etc/old'], tasks }),
    ]),
    mode: 'check' as const,
  };
  expect(written({}, [{ type: 'run-finished', report }])).toContain(
    'declared no more (apply takes it away):\n  file:/etc/old\n',
  );
});

test('the JSON reporter writes the report at the end, and nothing else', () => {
  let text = '';
  const reporter = createJsonReporter({ write: (piece) => (text += piece) });
  for (const event of events.slice(0, -1)) reporter.emit(event);
  expect(text).toBe('');
  const last = events.at(-1);
  if (last?.type !== 'run-finished') throw new Error('the recording has no end');
  reporter.emit(last);
  expect(JSON.parse(text)).toEqual(last.report);
});

test('many tasks that are decided later are told together, and one by one with -v', () => {
  const event = (name: string, because: string | null, message: string | null = null) => {
    const task = ref(name, 'shell', 1);
    const report = taskReport(task, 'not-attempted', { because, message });
    return { type: 'task-finished', host: 'a', task, report } as const;
  };
  const after = '"Redis" (site.yaml:1:5)';
  const events = [
    ...['one', 'two', 'two', 'three'].map((name) => event(name, after)),
    event('four', after, 'as it is, it fails: no'),
    event('five', null),
    { type: 'host-finished', host: 'a', report: hostReport('a', 'drift') } as const,
  ];
  expect(written({}, events)).toBe(`\
a: 4 tasks decided later, after "Redis" (site.yaml:1:5): one; two; three
a: 1 task not attempted: five
a: not-attempted shell: four [site.yaml:1:5]
a:   decided later: waits for "Redis" (site.yaml:1:5)
a:   as it is, it fails: no
`);
  expect(written({ verbosity: 1 }, events).match(/decided later: waits for/g)).toHaveLength(5);
});

test('what may change a planned decision is told with -v only', () => {
  const task = ref('Redis runs', 'systemd', 17);
  const report = taskReport(task, 'drift', { because: '"Packages" (site.yaml:7:5)' });
  const event = { type: 'task-finished', host: 'a', task, report } as const;
  expect(written({}, [event])).toBe('a: drift systemd: Redis runs [site.yaml:17:5]\n');
  expect(written({ verbosity: 1 }, [event])).toContain('decided again after "Packages" (site.yaml:7:5)');
});

test('of many hosts, those that came to the same share a line, and those in trouble do not', () => {
  const done = taskReport(ref('Packages', 'apt', 7), 'ok');
  const hosts = Array.from({ length: 30 }, (_, index) => {
    if (index === 4) return hostReport('web4', 'unreachable', { error: 'no route', execs: 0 });
    if (index === 7)
      return hostReport('web7', 'changed', { tasks: [taskReport(ref('Packages', 'apt', 7), 'changed')] });
    return hostReport(`web${index}`, 'ok', { tasks: [done], durationMs: 100 * index });
  });
  const table = (options: Partial<PlainOptions>, some = hosts) =>
    written(options, [{ type: 'run-finished', report: runReport(some) }])
      .split('\n')
      .filter((line) => line.includes('exec'));
  expect(table({})).toEqual([
    '28 hosts  ok, proved       1 ok  (2 execs, 0 waves, at most 2.9 s)',
    'web4      unreachable      (0 execs, 0 waves, 3.4 s)',
    'web7      changed, proved  1 changed  (2 execs, 1 wave, 3.4 s)',
  ]);
  expect(table({ verbosity: 1 })).toHaveLength(30);
  expect(table({}, hosts.slice(0, 20))).toHaveLength(20);
});
