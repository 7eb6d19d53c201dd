import { formatPercent } from './format-percent.ts';
import { wantSize } from './list-of.ts';
import type { Named } from './lookup-plugins.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';

/** `5`, `1-5`, `0x0f00-0x0f20/4:%04x`. */
const shortcut = /^(?:(0x[\da-f]+|\d+)-)?(0x[\da-f]+|\d+)(?:\/(0x[\da-f]+|\d+))?(?::(.+))?$/i;

const usual = 'such as "start=1 end=5", "count=5" or "1-5"';

const wrong = (term: string): OperationProblem => new OperationProblem(`sequence: "${term}" is none`, usual);

const keys = ['start', 'end', 'count', 'stride', 'format'];

/** The short form with something else than numbers in it. @returns the first of them, with its key */
const wrongPartOf = (term: string): readonly [string, string] | undefined => {
  const [, start, end, stride] =
    /^(?:([^-/=:\s]+)-)?([^-/=:\s]+)(?:\/([^/=:\s]+))?(?::.+)?$/.exec(term.trim()) ?? [];
  if (start === undefined && stride === undefined) return undefined;
  return Object.entries({ start, end, stride }).find(
    (part): part is [string, string] => part[1] !== undefined && !/^(0x[\da-f]+|\d+)$/i.test(part[1]),
  );
};

const noInteger = (key: string, value: string): OperationProblem =>
  new OperationProblem(`can't parse ${key}=${value} as integer`, usual);

const ofShortcut = (term: string): Readonly<Record<string, string>> | undefined => {
  const match = shortcut.exec(term.trim());
  if (match === null) return undefined;
  const [, start, end, stride, format] = match;
  const all = { start, end, stride, format };
  return Object.fromEntries(
    Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
};

const ofPairs = (term: string): Readonly<Record<string, string>> => {
  const part = wrongPartOf(term);
  if (part !== undefined) throw noInteger(...part);
  const words = term.split(/\s+/).filter((word) => word !== '');
  if (words.some((word) => word.indexOf('=') < 1)) throw wrong(term);
  const pairs = words.map((word): [string, string] => [
    word.slice(0, word.indexOf('=')),
    word.slice(word.indexOf('=') + 1),
  ]);
  const others = pairs.filter(([key]) => !keys.includes(key)).map(([key]) => `'${key}'`);
  if (others.length > 0)
    throw new OperationProblem(`unrecognized arguments to with_sequence: [${others.join(', ')}]`, usual);
  return Object.fromEntries(pairs);
};

/**
 * Numbers as texts, as Ansible's `sequence` has them.
 *
 * @param term  `start=1 end=9 stride=2 format=web%02d`, `count=4`, or the short form
 */
export const sequenceOf = (term: string, named: Named): readonly string[] => {
  const given = { ...named, ...(ofShortcut(term) ?? ofPairs(term)) };
  const number = (key: string): number | undefined => {
    const value = given[key];
    if (value === undefined || value === null) return undefined;
    const found = typeof value === 'number' ? value : Number(pythonText(value));
    if (!Number.isInteger(found)) throw noInteger(key, pythonText(value));
    return found;
  };
  const start = number('start') ?? 1;
  const count = number('count');
  if (count !== undefined && given['end'] !== undefined)
    throw new OperationProblem("can't specify both count and end in with_sequence");
  if (count === 0) return [];
  const usualStride = 1;
  const stride = number('stride') ?? usualStride;
  const end = count === undefined ? number('end') : start + (count - 1) * stride;
  if (end === undefined) throw new OperationProblem('must specify count or end in with_sequence', usual);
  if (stride === 0) return [];
  if (stride > 0 && end < start) throw new OperationProblem('to count backwards make stride negative');
  if (stride < 0 && end > start) throw new OperationProblem("to count forward don't make stride negative");
  const length = Math.floor((end - start) / stride) + 1;
  wantSize(length, 'sequence');
  const format = given['format'] === undefined ? '%d' : pythonText(given['format']);
  if (!format.includes('%'))
    throw new OperationProblem(`bad formatting string: ${format}`, 'such as "web%02d"');
  return Array.from({ length }, (_, index) => pythonText(formatPercent(format, [start + index * stride])));
};
