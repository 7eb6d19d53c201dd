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
}

const indent = (lines: readonly string[], by: string): readonly string[] =>
  lines.map((line) => `${by}${line}`);

/** What one task did or would do: a line, then what changes, indented. */
export const renderTask = (task: TaskReport, { paint, diff }: TaskLineOptions): readonly string[] => {
  const item = task.item === null ? '' : ` (${printable(task.item)})`;
  const notes = [
    task.cause === null ? '' : `cause: ${task.cause}`,
    task.owed ? 'owed by an earlier run' : '',
  ].filter((note) => note !== '');
  const head = `${paint(tones[task.status], task.status)} ${task.module}: ${printable(task.name)}${item} ${paint('quiet', `[${task.source}]${notes.length > 0 ? ` ${notes.join(', ')}` : ''}`)}`;
  const changes = task.changes.flatMap((change) => [
    printable(change.summary),
    ...(change.diff === undefined ? [] : indent(renderDiff(change.diff, paint, diff), '  ')),
  ]);
  const message = task.message === null ? [] : printable(task.message).split('\n');
  return [head, ...indent([...changes, ...message], '  ')];
};

/** Whether a task is worth a line without `-v`: everything but "as wanted" and "skipped". */
export const isTelling = ({ status, module, message }: TaskReport): boolean =>
  status === 'changed' ||
  status === 'drift' ||
  status === 'failed' ||
  status === 'not-attempted' ||
  (module === 'debug' && message !== null);
