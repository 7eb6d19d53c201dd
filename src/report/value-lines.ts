import { printableLine } from '../util/printable.ts';
import { resolvePlainScalar } from '../util/yaml-scalar.ts';

/** A text that YAML reads as itself, with nothing around it, wherever it stands. */
const isPlain = (text: string): boolean =>
  /^[A-Za-z_/][\w./@%+=()-]*(?:[ :,][\w./@%+=()-]+)*$/.test(text) && resolvePlainScalar(text) === text;

/** A text whose lines may stand as they are: some, none of them begins with a blank, and one line end at most is the last. */
const isBlock = (text: string): boolean => /[^\n]\n/.test(text) && !/^\s|\n\n$/.test(text);

const scalar = (value: unknown): string =>
  typeof value === 'string' && isPlain(value) ? value : (JSON.stringify(value) ?? 'null');

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

/** What stands behind a key or a dash, and the lines below it. */
const partLines = (head: string, value: unknown): readonly string[] => {
  if (typeof value === 'string' && isBlock(value)) {
    const lines = value.replace(/\n$/, '').split('\n');
    return [`${head} ${value.endsWith('\n') ? '|' : '|-'}`, ...indent(lines)];
  }
  if (typeof value !== 'object' || value === null) return [`${head} ${scalar(value)}`];
  const below = linesOf(value);
  if (below.length === 0) return [`${head} ${Array.isArray(value) ? '[]' : '{}'}`];
  const [first = '', ...rest] = indent(below);
  return head === '-' ? [`- ${first.slice(2)}`, ...rest] : [head, first, ...rest];
};

const linesOf = (value: object): readonly string[] =>
  Array.isArray(value)
    ? value.flatMap((item) => partLines('-', item))
    : Object.entries(value).flatMap(([key, item]) => partLines(`${scalar(key)}:`, item));

/** A mapping or a list as lines of YAML, harmless where they are shown. None: it is empty. */
export const renderValue = (value: object): readonly string[] => linesOf(value).map(printableLine);
