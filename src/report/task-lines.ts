import type { TaskReport, TaskStatus } from '../model/report.ts';
import { type DiffDetail, renderDiff } from './diff-lines.ts';
import { type Paint, printable, type Tone } from './paint.ts';

const tones: Readonly<Record<TaskStatus, Tone>> = {
  ok: 'good',
  changed: 'changed',
  drift: 'changed',
  failed: 'bad',
  skipped: 'quiet',
  'not-attempted': 'quiet',
};

export interface TaskLineOptions {
  readonly paint: Paint;
  readonly diff: DiffDetail;
  /** With 1 or more, also what may change a decision. */
  readonly verbosity: number;
}

const indent = (lines: readonly string[], by: string): readonly string[] =>
  lines.map((line) => `${by}${line}`);

const afterLine = ({ status, because }: TaskReport, verbosity: number): readonly string[] => {
  if (because === null) return [];
  if (status === 'not-attempted') return [`decided later: waits for ${printable(because)}`];
  return verbosity > 0 ? [`decided again after ${printable(because)}`] : [];
};

/** What one task did or would do: a line, then what changes, indented. */
export const renderTask = (
  task: TaskReport,
  { paint, diff, verbosity }: TaskLineOptions,
): readonly string[] => {
  const item = task.item === null ? '' : ` (${printable(task.item)})`;
  const where = task.delegatedTo === undefined ? '' : ` -> ${printable(task.delegatedTo)}`;
  const notes = [
    task.cause === null ? '' : `cause: ${task.cause}`,
    task.owed ? 'owed by an earlier run' : '',
    task.rescued === true ? 'rescued' : '',
  ].filter((note) => note !== '');
  const head = `${paint(tones[task.status], task.status)} ${task.module}: ${printable(task.name)}${item}${where} ${paint('quiet', `[${task.source}]${notes.length > 0 ? ` ${notes.join(', ')}` : ''}`)}`;
  const changes = task.changes.flatMap((change) => [
    printable(change.summary),
    ...(change.diff === undefined ? [] : indent(renderDiff(change.diff, paint, diff), '  ')),
  ]);
  const message = task.message === null ? [] : printable(task.message).split('\n');
  return [head, ...indent([...changes, ...afterLine(task, verbosity), ...message], '  ')];
};

/** Whether a task is worth a line without `-v`: everything but "as wanted" and "skipped". */
export const isTelling = ({ status, module, message }: TaskReport): boolean =>
  status === 'changed' ||
  status === 'drift' ||
  status === 'failed' ||
  status === 'not-attempted' ||
  (module === 'debug' && message !== null);

/** Tasks of one kind that are told one by one; more are told together. */
const mostAlone = 3;

/** Tasks that were not attempted, in order: each, or where there are many, how many and why. */
export const renderUnattempted = (
  tasks: readonly TaskReport[],
  options: TaskLineOptions,
): readonly string[] => {
  // What a verification says by now is worth its line.
  const plain = tasks.filter(({ message }) => message === null);
  if (plain.length <= mostAlone) return tasks.flatMap((task) => renderTask(task, options));
  const waiting = [...new Set(plain.map(({ because }) => because))];
  const together = waiting.map((because) => {
    const names = plain.filter((task) => task.because === because).map(({ name }) => printable(name));
    const count = `${names.length} ${names.length === 1 ? 'task' : 'tasks'}`;
    const why = because === null ? 'not attempted' : `decided later, after ${printable(because)}`;
    return `${options.paint('quiet', `${count} ${why}:`)} ${[...new Set(names)].join('; ')}`;
  });
  const telling = tasks.filter(({ message }) => message !== null);
  return [...together, ...telling.flatMap((task) => renderTask(task, options))];
};
