import type { TaskReport, TaskStatus } from '../model/report.ts';
import { printableLine, printedLines } from '../util/printable.ts';
import { describeSince } from './describe-since.ts';
import { type DiffDetail, renderDiff } from './diff-lines.ts';
import type { Paint, Tone } from './paint.ts';
import { renderValue } from './value-lines.ts';

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
  readonly adHoc?: AdHoc | undefined;
}

/** How a task given on the command line is shown: with what its actions print, and without its place. */
export interface AdHoc {
  /** What it found is what was asked for. Else that is shown with `-v`. */
  readonly tells: boolean;
}

type Told = Pick<TaskLineOptions, 'verbosity' | 'adHoc'>;

/** Whether the result of a task is to be shown. */
const isTold = ({ result }: TaskReport, { adHoc, verbosity }: Told): boolean =>
  result !== undefined && adHoc !== undefined && (adHoc.tells || verbosity > 0);

/** That it is, and whether it has changed or failed, says the line before it. */
const resultLines = ({ result }: TaskReport): readonly string[] => {
  if (typeof result !== 'object') return [result ?? ''];
  const { changed: _changed, failed: _failed, ...told } = result;
  return renderValue(told);
};

const indent = (lines: readonly string[], by: string): readonly string[] =>
  lines.map((line) => `${by}${line}`);

const afterLine = ({ status, because }: TaskReport, verbosity: number): readonly string[] => {
  if (because === null) return [];
  if (status === 'not-attempted') return [`decided later: waits for ${printableLine(because)}`];
  return verbosity > 0 ? [`decided again after ${printableLine(because)}`] : [];
};

/** A command of the command line is its task's name. */
const changesOf = ({ changes }: TaskReport, adHoc: AdHoc | undefined): TaskReport['changes'] =>
  adHoc === undefined ? changes : changes.filter(({ summary }) => !summary.startsWith('run '));

/** Nobody expects that what is done once is proved; the host's line says it too. */
const isKnown = ({ status }: TaskReport, adHoc: AdHoc | undefined): boolean =>
  adHoc !== undefined && status === 'changed';

/** What one task did or would do: a line, then what changes, indented. */
export const renderTask = (task: TaskReport, options: TaskLineOptions): readonly string[] => {
  const { paint, diff, verbosity, adHoc } = options;
  const item = task.item === null ? '' : ` (${printableLine(task.item)})`;
  const where = task.delegatedTo === undefined ? '' : ` -> ${printableLine(task.delegatedTo)}`;
  const notes = [
    task.cause === null ? '' : `cause: ${task.cause}`,
    task.owed ? 'owed by an earlier run' : '',
    task.since === undefined ? '' : describeSince(task.since),
    task.rescued === true ? 'rescued' : '',
  ].filter((note) => note !== '');
  const place = adHoc === undefined ? [`[${printableLine(task.source)}]`] : [];
  const behind = [...place, ...(notes.length > 0 ? [notes.join(', ')] : [])].join(' ');
  const said = `${task.module}: ${printableLine(task.name)}${item}${where}`;
  const head = `${paint(tones[task.status], task.status)} ${said}${behind === '' ? '' : ` ${paint('quiet', behind)}`}`;
  const changes = changesOf(task, adHoc).flatMap((change) => [
    printableLine(change.summary),
    ...(change.diff === undefined ? [] : indent(renderDiff(change.diff, paint, diff), '  ')),
  ]);
  const message = task.message === null || isKnown(task, adHoc) ? [] : printedLines(task.message);
  const result = isTold(task, options) ? resultLines(task) : [];
  return [head, ...indent([...changes, ...afterLine(task, verbosity), ...message, ...result], '  ')];
};

/** Whether a task is worth a line without `-v`: everything but "as wanted" and "skipped", and what was asked for. */
export const isTelling = (task: TaskReport, options: Told): boolean =>
  task.status === 'changed' ||
  task.status === 'drift' ||
  task.status === 'failed' ||
  task.status === 'not-attempted' ||
  (task.module === 'debug' && task.message !== null) ||
  isTold(task, options);

/** Tasks of one kind that are told one by one; more are told together. */
const mostAlone = 3;

/** One without a name is called as its module. */
const nameOf = ({ name, module, source }: TaskReport): string =>
  name === module ? `${name} (${printableLine(source)})` : printableLine(name);

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
    const names = plain.filter((task) => task.because === because).map(nameOf);
    const count = `${names.length} ${names.length === 1 ? 'task' : 'tasks'}`;
    const why = because === null ? 'not attempted' : `decided later, after ${printableLine(because)}`;
    return `${options.paint('quiet', `${count} ${why}:`)} ${[...new Set(names)].join('; ')}`;
  });
  const telling = tasks.filter(({ message }) => message !== null);
  return [...together, ...telling.flatMap((task) => renderTask(task, options))];
};
