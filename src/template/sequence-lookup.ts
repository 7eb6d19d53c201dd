import { formatPercent } from './format-percent.ts';
import { wantSize } from './list-of.ts';
import type { Named } from './lookup-plugins.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';

/** `5`, `1-5`, `0x0f00-0x0f20/4:%04x`. */
const shortcut = /^(?:(0x[\da-f]+|\d+)-)?(0x[\da-f]+|\d+)(?:\/(0x[\da-f]+|\d+))?(?::(.+))?$/i;

const wrong = (term: string): OperationProblem =>
  new OperationProblem(`sequence: "${term}" is none`, 'such as "start=1 end=5", "count=5" or "1-5"');

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
  const words = term.split(/\s+/).filter((word) => word !== '');
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      const key = word.slice(0, at);
      if (!['start', 'end', 'count', 'stride', 'format'].includes(key)) throw wrong(term);
      return [key, word.slice(at + 1)];
    }),
  );
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
    if (!Number.isInteger(found)) throw wrong(term);
    return found;
  };
  const start = number('start') ?? 1;
  const count = number('count');
  if (count !== undefined && given['end'] !== undefined)
    throw new OperationProblem('sequence: give either "count" or "end"');
  if (count === 0) return [];
  const usualStride = 1;
  const stride = number('stride') ?? usualStride;
  const end = count === undefined ? number('end') : start + (count - 1) * stride;
  if (end === undefined) throw new OperationProblem('sequence: "count" or "end" is missing');
  if (stride === 0) return [];
  if (stride > 0 && end < start)
    throw new OperationProblem('sequence: to count backwards make "stride" negative');
  if (stride < 0 && end > start)
    throw new OperationProblem('sequence: to count forward do not make "stride" negative');
  const length = Math.floor((end - start) / stride) + 1;
  wantSize(length, 'sequence');
  const format = given['format'] === undefined ? '%d' : pythonText(given['format']);
  return Array.from({ length }, (_, index) => pythonText(formatPercent(format, [start + index * stride])));
};
