import { OperationProblem } from './operation-problem.ts';
import { describeType, isMapping } from './values.ts';

/** More items would only be a mistake, and fill the memory. */
const longest = 1_000_000;

/** @throws OperationProblem where a list would become longer than anybody wants */
export const wantSize = (size: number, who: string): void => {
  if (size > longest) throw new OperationProblem(`${who} would give more than a million items`);
};

/** What Python would iterate over: items of a list, characters of a text, keys of a mapping. @throws OperationProblem */
export const listOf = (value: unknown, who: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...value];
  if (isMapping(value)) return Object.keys(value);
  throw new OperationProblem(`${who} wants a list, found ${describeType(value)}`);
};
