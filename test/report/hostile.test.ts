import { expect, test, vi } from 'vitest';
import type { RunEvent } from '../../src/model/event.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';
import { createJsonReporter } from '../../src/report/json.ts';
import { createPlainReporter } from '../../src/report/plain.ts';
import { createProgressReporter } from '../../src/report/progress.ts';
import { caseCount } from '../support/case-count.ts';
import { chance } from '../support/chance.ts';
import { hostileText } from '../support/hostile-text.ts';
import { hostReport, ref, runReport, taskReport } from './recorded-run.ts';

const esc = '\u001b';
/** Sequences of our own: colours, and in the live view the cursor's way up, erasing, and the return to the line's start. */
const ourColours = new RegExp(`${esc}\\[\\d+m`, 'g');
const ourMoves = new RegExp(`${esc}\\[(?:\\d+A|K|J)|\r(?=${esc})`, 'g');
const obeyed = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

const statuses = ['changed', 'failed', 'not-attempted', 'ok', 'drift'] as const;

/** A run of `host1`, which has made up everything that it sends. */
const hostileRun = (next: (below: number) => number): readonly RunEvent[] => {
  const text = (): string => hostileText(next);
  const host = 'host1';
  const task = { ...ref(text(), 'command', 7), item: text() };
  const diff = { path: text(), before: next(2) === 0 ? null : text(), after: text() };
  const tasks = Array.from({ length: 1 + next(5) }, () =>
    taskReport({ ...task, name: text() }, statuses[next(statuses.length)] ?? 'ok', {
      because: next(2) === 0 ? null : text(),
      message: next(2) === 0 ? null : text(),
      changes: [{ summary: text() }, { summary: text(), diff }],
    }),
  );
  const report = hostReport(host, next(2) === 0 ? 'failed' : 'changed', {
    tasks,
    error: text(),
    orphans: [text(), text()],
    prunable: [],
  });
  return [
    { type: 'run-started', mode: 'apply', hosts: [host, 'host2'], at: new Date(0) },
    { type: 'host-started', host },
    { type: 'host-connected', host, durationMs: 3 },
    { type: 'warned', host, message: text() },
    { type: 'stage-started', host, stage: 'wait', wave: 0, detail: text() },
    { type: 'action-started', host, task, summary: text() },
    { type: 'action-printed', host, task, stream: 'stdout', text: text() },
    { type: 'action-printed', host, task, stream: 'stderr', text: text() },
    { type: 'action-printed', host, task, stream: 'stdout', text: text() },
    { type: 'action-finished', host, task, exitStatus: 0, durationMs: 3 },
    ...tasks.map((one) => ({ type: 'task-finished', host, task, report: one }) as const),
    { type: 'host-finished', host, report },
    { type: 'run-finished', report: runReport([report, hostReport('host2', 'ok')]) },
  ];
};

/** Lines that a report may have at the margin. */
const isOurs = (line: string): boolean =>
  line === '' ||
  /^host1: /.test(line) ||
  /^ {2}/.test(line) ||
  /^host1 {2}\S.* (?:\(2 execs, [01] waves?, 3\.4 s\))$/.test(line) ||
  /^host2 {2}ok, proved +\(2 execs, 0 waves, 3\.4 s\)$/.test(line) ||
  /^(?:apply|run): hosts: 1 ok, 1 (?:changed|failed) in 4\.2 s$/.test(line);

test('whatever a host sends, a report has our colours and no other control character, and every line is ours or marked as the host’s', () => {
  const next = chance(21);
  for (let count = caseCount(); count > 0; count -= 1) {
    const events = hostileRun(next);
    let text = '';
    const verbosity = next(4);
    const reporter = createPlainReporter(
      { write: (piece) => (text += piece) },
      { color: next(2) === 0, diff: 'whole', verbosity, adHoc: next(2) === 0 ? { tells: true } : undefined },
    );
    for (const event of events) reporter.emit(event);
    const plain = text.replaceAll(ourColours, '');
    expect(plain).not.toMatch(obeyed);
    for (const line of plain.split('\n')) expect(line).toSatisfy(isOurs);
    // What stands at the margin once, is there once.
    expect(plain.match(/^(?:apply|run): /gm)).toHaveLength(1);
    expect(plain.match(/^host2/gm)).toHaveLength(1);
  }
});

test('the live view moves the cursor by itself only', async () => {
  vi.useFakeTimers();
  const next = chance(22);
  for (let count = caseCount(100); count > 0; count -= 1) {
    let text = '';
    const screen = { write: (piece: string) => (text += piece), columns: 60, rows: 10 };
    const reporter = createProgressReporter(screen, { color: true, diff: 'whole', verbosity: next(4) });
    for (const event of hostileRun(next)) {
      reporter.emit(event);
      await vi.advanceTimersByTimeAsync(100);
    }
    await reporter.finish();
    expect(text.replaceAll(ourMoves, '').replaceAll(ourColours, '')).not.toMatch(obeyed);
  }
  vi.useRealTimers();
});

test('the JSON report is exact, and harmless on a terminal too', () => {
  const next = chance(23);
  for (let count = caseCount(); count > 0; count -= 1) {
    let text = '';
    const reporter = createJsonReporter({ write: (piece) => (text += piece) });
    const last = hostileRun(next).at(-1);
    if (last?.type !== 'run-finished') throw new Error('the run has no end');
    reporter.emit(last);
    expect(text).not.toMatch(obeyed);
    expect(JSON.parse(text)).toEqual(last.report);
  }
});

test('a file of the project cannot drive the terminal by being wrong, and the caret stays below its place', () => {
  const next = chance(24);
  for (let count = caseCount(); count > 0; count -= 1) {
    const before = hostileText(next).replaceAll(/[\n\r]/g, '');
    const [message, hint] = [hostileText(next), hostileText(next)];
    const span = { file: hostileText(next), line: 1, column: before.length + 1, offset: 0, length: 4 };
    const text = renderDiagnostics(
      [{ severity: 'error', code: 'x', message, hint, span }],
      () => `${before}HERE`,
      { color: true },
    );
    expect(text.replaceAll(ourColours, '')).not.toMatch(obeyed);
  }
  const shown = renderDiagnostics(
    [
      {
        severity: 'error',
        code: 'x',
        message: 'm',
        span: { file: 'f', line: 1, column: 3, offset: 2, length: 4 },
      },
    ],
    () => '\u001bxHERE',
    { color: false },
  );
  const [, line = '', caret = ''] = shown.split('\n');
  expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('HERE');
});

const printed = (...texts: readonly string[]): string => {
  let written = '';
  const reporter = createPlainReporter(
    { write: (piece) => (written += piece) },
    { color: false, diff: 'whole', verbosity: 0, adHoc: { tells: true } },
  );
  const task = ref('Packages', 'apt', 7);
  for (const text of texts)
    reporter.emit({ type: 'action-printed', host: 'a', task, stream: 'stdout', text });
  reporter.emit({ type: 'action-finished', host: 'a', task, exitStatus: 0, durationMs: 1 });
  return written;
};

test('of a line that is written over, what stands there in the end is told', () => {
  expect(printed('Reading 5%\rReading', ' 60%\rReading 100%\r', '\nDone\r\n')).toBe(
    'a: | Reading 100%\na: | Done\n',
  );
  expect(printed('10%\r', '20%\r', '30%\r')).toBe('a: | 30%\n');
});

test('a line without an end is told in pieces, and a file’s own carriage returns are shown', () => {
  const written = printed(...Array.from({ length: 100 }, () => 'y'.repeat(1000)));
  expect(written.replaceAll(/a: \| |\n/g, '')).toBe('y'.repeat(100_000));
  expect(written.split('\n').length).toBeGreaterThan(3);
  const diff = { path: '/etc/x', before: 'a\r\n', after: 'b\r\n' };
  const task = ref('Configuration', 'copy', 11);
  const report = taskReport(task, 'changed', { changes: [{ summary: 'write /etc/x', diff }] });
  let text = '';
  createPlainReporter(
    { write: (piece) => (text += piece) },
    { color: false, diff: 'whole', verbosity: 0 },
  ).emit({
    ...{ type: 'task-finished', host: 'a', task, report },
  } as RunEvent);
  expect(text).toContain('a:     -a\\x0d\na:     +b\\x0d\n');
});
