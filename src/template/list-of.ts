import { OperationProblem } from './operation-problem.ts';
import { describeType, isMapping } from './values.ts';

/** What Python would iterate over: items of a list, characters of a text, keys of a mapping. @throws OperationProblem */
export const listOf = (value: unknown, who: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...value];
  if (isMapping(value)) return Object.keys(value);
  throw new OperationProblem(`${who} wants a list, found ${describeType(value)}`);
};
