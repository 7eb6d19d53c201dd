import type { LineTask } from '../lineinfile.ts';
import { expandReplacement, pythonRegex } from '../params/python-regex.ts';
import { type Edited, linesOf, withoutEnd } from './edit-file.ts';

type Match = RegExpMatchArray | true | undefined;

/** How a line is found: by expression, or by a text in it. undefined: the task names neither. */
const matcherOf = ({ regexp, search_string: text }: LineTask): ((line: string) => Match) | undefined => {
  if (regexp !== undefined) {
    const expression = pythonRegex(regexp);
    return (line) => line.match(expression) ?? undefined;
  }
  return text === undefined ? undefined : (line) => line.includes(text) || undefined;
};

interface Found {
  readonly index: number;
  readonly match: Match;
}

const findMatch = (task: LineTask, lines: readonly string[]): Found | undefined => {
  const match = matcherOf(task);
  if (match === undefined) return undefined;
  const found = lines
    .map((line, index): Found => ({ index, match: match(line) }))
    .filter((each) => each.match !== undefined);
  return task.firstmatch ? found[0] : found.at(-1);
};

/** The place of a new line: the index that it gets; undefined: at the end. */
const findPlace = (task: LineTask, lines: readonly string[]): number | undefined => {
  const { insertafter: after, insertbefore: before, firstmatch } = task;
  if (after === 'BOF' || before === 'BOF') return 0;
  const pattern = after ?? before;
  if (pattern === undefined || pattern === 'EOF') return undefined;
  const expression = pythonRegex(pattern);
  const isAnchor = (text: string): boolean => expression.test(text);
  const index = firstmatch ? lines.findIndex(isAnchor) : lines.findLastIndex(isAnchor);
  if (index === -1) return undefined;
  return after === undefined ? index : index + 1;
};

const insert = (lines: readonly string[], at: number, line: string): string => {
  const before = lines.slice(0, at);
  const last = before.at(-1);
  const joint = last === undefined || /[\r\n]$/.test(last) ? '' : '\n';
  return [...before, joint, `${line}\n`, ...lines.slice(at)].join('');
};

/** `state: present`: the line in place of the one found, or else at its place. */
export const addLine = (task: LineTask, text: string): Edited => {
  const { line = '', backrefs } = task;
  const lines = linesOf(text);
  const same = (): number => lines.findLastIndex((each) => withoutEnd(each) === line);
  const found = findMatch(task, lines) ?? { index: same(), match: undefined };
  if (found.index !== -1) {
    const isExpanded = backrefs && typeof found.match === 'object';
    const filled = isExpanded ? expandReplacement(line, found.match as RegExpMatchArray) : line;
    const whole = filled.endsWith('\n') ? filled : `${filled}\n`;
    const msg = lines[found.index] === whole ? '' : 'line replaced';
    return { text: lines.with(found.index, whole).join(''), result: { msg } };
  }
  if (backrefs) return { text, result: { msg: '' } };
  return { text: insert(lines, findPlace(task, lines) ?? lines.length, line), result: { msg: 'line added' } };
};

/** `state: absent`: all lines that match go. */
export const removeLines = (task: LineTask, text: string): Edited => {
  const matches = matcherOf(task) ?? ((line: string): Match => withoutEnd(line) === task.line || undefined);
  const lines = linesOf(text);
  const kept = lines.filter((line) => matches(line) === undefined);
  const found = lines.length - kept.length;
  return { text: kept.join(''), result: { found, msg: found === 0 ? '' : `${found} line(s) removed` } };
};
