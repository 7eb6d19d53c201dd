import type { SettingsTask } from '../config_line.ts';
import { type Edited, linesOf, withoutEnd } from './edit-file.ts';

const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

interface Syntax {
  /** Matches an active line of the setting: indentation, value. */
  readonly active: RegExp;
  /** Matches such a line that is commented out. */
  readonly commented: RegExp;
  readonly render: (value: string) => string;
}

const syntaxOf = (key: string, { separator, comment }: SettingsTask): Syntax => {
  const mark = separator.trim();
  const between = mark === '' ? '\\s' : `\\s*${literally(mark)}`;
  const setting = `${literally(key)}(?:${between}(.*))?$`;
  return {
    active: new RegExp(`^(\\s*)${setting}`),
    commented: new RegExp(`^(\\s*)(?:${literally(comment)})+\\s*${setting}`),
    render: (value) => (value === '' ? key : `${key}${separator}${value}`),
  };
};

const valueIn = (expression: RegExp, line: string): string | undefined => {
  const match = expression.exec(withoutEnd(line));
  return match === null ? undefined : (match[2] ?? '').trim();
};

const indentationOf = (line: string): string => /^[^\S\n]*/.exec(line)?.[0] ?? '';

const append = (lines: readonly string[], line: string): string[] => {
  const last = lines.at(-1);
  const isEnded = last === undefined || last.endsWith('\n');
  return [...lines.slice(0, -1), ...(last === undefined ? [] : [isEnded ? last : `${last}\n`]), `${line}\n`];
};

/** Puts the line where one was commented out, or at the end. */
const add = (lines: readonly string[], { commented, render }: Syntax, value: string): string[] => {
  const found = lines.findIndex((line) => commented.test(withoutEnd(line)));
  const line = lines[found];
  if (line === undefined) return append(lines, render(value));
  return lines.with(found, `${indentationOf(line)}${render(value)}\n`);
};

const setOne = (lines: readonly string[], syntax: Syntax, value: string): string[] => {
  const first = lines.findIndex((line) => valueIn(syntax.active, line) !== undefined);
  const line = lines[first];
  if (line === undefined) return add(lines, syntax, value);
  const kept =
    valueIn(syntax.active, line) === value ? line : `${indentationOf(line)}${syntax.render(value)}\n`;
  return lines.flatMap((each, index) => {
    if (index === first) return [kept];
    return index > first && valueIn(syntax.active, each) !== undefined ? [] : [each];
  });
};

const editOne = (task: SettingsTask, lines: readonly string[], key: string, value: string): string[] => {
  const syntax = syntaxOf(key, task);
  const found = (line: string): string | undefined => valueIn(syntax.active, line);
  if (task.state === 'absent')
    return lines.filter((line) => (task.multiple ? found(line) !== value : found(line) === undefined));
  if (!task.multiple) return setOne(lines, syntax, value);
  return lines.some((line) => found(line) === value) ? [...lines] : append(lines, syntax.render(value));
};

/**
 * Makes each setting stand in exactly one active line: the first is set and later ones are dropped; where there is
 * none, the first that is commented out is used, or a line is added at the end.
 */
export const editSettings = (
  task: SettingsTask,
  settings: readonly (readonly [string, string])[],
  text: string,
): Edited => {
  const edited = settings
    .reduce<string[]>((lines, [key, value]) => editOne(task, lines, key, value), linesOf(text))
    .join('');
  return { text: edited, result: { msg: edited === text ? '' : 'settings changed' } };
};
