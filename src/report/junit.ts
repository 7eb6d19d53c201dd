import type { Reporter } from '../model/event.ts';
import type { HostReport, RunReport, TaskReport } from '../model/report.ts';
import type { DiffDetail } from './diff-lines.ts';
import type { TextSink } from './json.ts';
import { createPaint } from './paint.ts';
import { renderTask } from './task-lines.ts';
import { TaskTimes } from './task-times.ts';
import { xmlElement, xmlText } from './xml.ts';

const paint = createPaint(false);

type Kind = 'passed' | 'failure' | 'error' | 'skipped';

/** A `<testcase>`, and what it counts as. */
interface Case {
  readonly kind: Kind;
  readonly name: string;
  readonly ms: number;
  /** XML inside of it. */
  readonly content: string;
}

const kinds: Readonly<Record<TaskReport['status'], Kind>> = {
  ok: 'passed',
  changed: 'passed',
  drift: 'failure',
  failed: 'failure',
  skipped: 'skipped',
  'not-attempted': 'skipped',
};

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

/** One line, for lists of failures. */
const headlineOf = ({ status, message, changes, because }: TaskReport): string => {
  if (status === 'skipped') return message ?? 'its condition does not hold';
  if (status === 'not-attempted')
    return because === null ? (message ?? 'not attempted') : `decided later: waits for ${because}`;
  if (status === 'failed') return firstLine(message ?? 'failed');
  const [first] = changes;
  if (first === undefined) return firstLine(message ?? status);
  return changes.length === 1 ? first.summary : `${first.summary} (and ${changes.length - 1} more)`;
};

const contentOf = (task: TaskReport, diff: DiffDetail): string => {
  const kind = kinds[task.status];
  if (kind === 'skipped') return xmlElement('skipped', { message: headlineOf(task) });
  const text = xmlText(renderTask(task, { paint, diff, verbosity: 1 }).join('\n'));
  if (kind === 'failure')
    return xmlElement('failure', { type: task.status, message: headlineOf(task) }, text);
  return task.status === 'changed' ? xmlElement('system-out', {}, text) : '';
};

const nameOf = ({ module, name, item }: TaskReport): string =>
  `${module}: ${name}${item === null ? '' : ` (${item})`}`;

/** What ended a host, where no task of it says so. */
const hostCase = ({ status, error, tasks }: HostReport): readonly Case[] => {
  if (error === null || tasks.some((task) => task.status === 'failed')) return [];
  const attributes = { type: status, message: firstLine(error) };
  return [
    {
      kind: 'error',
      name: `host ${status}`,
      ms: 0,
      content: xmlElement('error', attributes, xmlText(error)),
    },
  ];
};

/** Those who read it know a case by its name: of several alike, the later ones get a number. */
const withUniqueNames = (cases: readonly Case[]): readonly Case[] => {
  const seen = new Map<string, number>();
  return cases.map((one) => {
    const count = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, count);
    return count === 1 ? one : { ...one, name: `${one.name} #${count}` };
  });
};

const countsOf = (cases: readonly Case[]) => {
  const count = (kind: Kind): number => cases.filter((one) => one.kind === kind).length;
  return { tests: cases.length, failures: count('failure'), errors: count('error') };
};

/** What concerns the host as a whole and fails nothing by itself. */
const remarks = ({ error, orphans, tasks }: HostReport): readonly string[] => {
  const orphaned = orphans.length === 0 ? [] : ['managed by an earlier run, declared no more:', ...orphans];
  const failed = tasks.some(({ status }) => status === 'failed');
  return [
    ...(orphaned.length === 0 ? [] : [xmlElement('system-out', {}, xmlText(orphaned.join('\n')))]),
    ...(error !== null && failed ? [xmlElement('system-err', {}, xmlText(error))] : []),
  ];
};

const renderSuite = (host: HostReport, cases: readonly Case[], { mode, startedAt }: RunReport): string => {
  // A dot would end the name of a package in Jenkins, and nearly every host's name has some.
  const classname = `${mode}.${host.name.replaceAll('.', '_')}`;
  const lines = cases.map(({ name, ms, content }) =>
    xmlElement('testcase', { name, classname, time: seconds(ms) }, content),
  );
  const attributes = {
    name: host.name,
    ...countsOf(cases),
    skipped: cases.filter(({ kind }) => kind === 'skipped').length,
    time: seconds(host.durationMs),
    timestamp: startedAt.slice(0, 19),
    hostname: host.name,
  };
  return xmlElement('testsuite', attributes, `\n${[...lines, ...remarks(host)].join('\n')}\n`);
};

/**
 * JUnit XML, as Jenkins, GitLab and their like read it, in one piece at the end: a suite a host, a case a task. Drift and
 * failures are failures, a host that was ended by something else has an error, what was not decided is skipped.
 *
 * @see junit-10.xsd of Jenkins' xUnit plug-in
 */
export const createJunitReporter = (sink: TextSink, diff: DiffDetail): Reporter => {
  const times = new TaskTimes();
  const casesOf = (host: HostReport): readonly Case[] => {
    const ms = times.of(host.name);
    const cases = host.tasks.map((task, index) => ({
      kind: kinds[task.status],
      name: nameOf(task),
      ms: ms[index] ?? 0,
      content: contentOf(task, diff),
    }));
    return withUniqueNames([...hostCase(host), ...cases]);
  };
  const write = (report: RunReport): void => {
    const suites = report.hosts.map((host) => ({ host, cases: casesOf(host) }));
    const { mode, durationMs } = report;
    const attributes = { name: `syn-deploy ${mode}`, ...countsOf(suites.flatMap(({ cases }) => cases)) };
    const content = suites.map(({ host, cases }) => renderSuite(host, cases, report)).join('\n');
    sink.write('<?xml version="1.0" encoding="UTF-8"?>\n');
    sink.write(
      `${xmlElement('testsuites', { ...attributes, time: seconds(durationMs) }, `\n${content}\n`)}\n`,
    );
  };
  return {
    emit(event) {
      times.take(event);
      if (event.type === 'run-finished') write(event.report);
    },
    finish: async () => {},
  };
};
