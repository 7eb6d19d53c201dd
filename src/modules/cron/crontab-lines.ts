import { TaskFailure } from '../../model/task-failure.ts';

/** What Ansible writes above a job, by which it finds it again. */
const marker = '#Ansible: ';

/** The lines of a crontab, without their ends. */
export const crontabLines = (text: string): string[] => {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

/** A crontab out of lines: one newline at its end, since cron ignores a line without. */
export const crontabText = (lines: readonly string[]): string => {
  const text = lines.join('\n').replace(/[\r\n]+$/, '');
  return text === '' ? '' : `${text}\n`;
};

/** The names of the jobs with a marker. */
export const jobNames = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith(marker)).map((line) => line.slice(marker.length));

/** Each marked job with that name made to be `line`, or taken away. */
const replaceJobs = (lines: readonly string[], name: string, job: string | undefined): string[] =>
  lines.flatMap((line, index) => {
    if (lines[index - 1] === marker + name && line !== marker + name) return [];
    if (line !== marker + name) return [line];
    return job === undefined ? [] : [line, job];
  });

/** The job by that name, as the line under its marker; one that stands there without a marker gets one. */
export const putJob = (lines: readonly string[], name: string, job: string): string[] => {
  if (lines.includes(marker + name)) return replaceJobs(lines, name, job);
  const same = lines.findIndex((line, index) => line === job && !(lines[index - 1] ?? '').startsWith(marker));
  if (same !== -1) return lines.toSpliced(same, 0, marker + name);
  return [...lines, marker + name, job];
};

/** The crontab without the job, and without its marker. */
export const dropJob = (lines: readonly string[], name: string): string[] =>
  replaceJobs(lines, name, undefined);

/** How a module writes variables, and how it finds them. */
export interface VariableSyntax {
  /** What the line sets; undefined: it is no variable. */
  nameIn(line: string): string | undefined;
  render(name: string, value: string): string;
}

/** Where a new variable goes: on top, unless next to another. */
export interface VariablePlace {
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
}

const insertAt = (lines: readonly string[], syntax: VariableSyntax, place: VariablePlace): number => {
  const other = place.insertafter ?? place.insertbefore;
  if (other === undefined) return 0;
  const index = lines.findIndex((line) => syntax.nameIn(line) === other);
  if (index === -1) throw new TaskFailure(`Variable named '${other}' not found.`);
  return place.insertafter === undefined ? index : index + 1;
};

/** @throws TaskFailure where the variable is new, and the one that it is to stand next to is not there */
export const putVariable = (
  lines: readonly string[],
  syntax: VariableSyntax,
  name: string,
  value: string,
  place: VariablePlace,
): string[] => {
  const line = syntax.render(name, value);
  if (lines.some((one) => syntax.nameIn(one) === name))
    return lines.map((one) => (syntax.nameIn(one) === name ? line : one));
  return lines.toSpliced(insertAt(lines, syntax, place), 0, line);
};

export const dropVariable = (lines: readonly string[], syntax: VariableSyntax, name: string): string[] =>
  lines.filter((line) => syntax.nameIn(line) !== name);
