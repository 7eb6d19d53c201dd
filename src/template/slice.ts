import { OperationProblem } from './operation-problem.ts';
import { describeType } from './values.ts';

const bound = (value: unknown, fallback: number, size: number, step: number): number => {
  if (value === null || value === undefined) return fallback;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new OperationProblem(`a slice wants whole numbers, found ${describeType(value)}`);
  }
  const at = value < 0 ? value + size : value;
  return step > 0 ? Math.min(Math.max(at, 0), size) : Math.min(Math.max(at, -1), size - 1);
};

/** Python's `value[from:to:step]` of a list or text. @throws OperationProblem */
export const slice = (value: unknown, from: unknown, to: unknown, step: unknown): unknown => {
  if (typeof value !== 'string' && !Array.isArray(value)) {
    throw new OperationProblem(`a slice wants a list or a text, found ${describeType(value)}`);
  }
  const parts: readonly unknown[] = typeof value === 'string' ? [...value] : value;
  const stride = step === null || step === undefined ? 1 : step;
  if (typeof stride !== 'number' || !Number.isInteger(stride) || stride === 0) {
    throw new OperationProblem("a slice's step is a whole number other than 0");
  }
  const first = bound(from, stride > 0 ? 0 : parts.length - 1, parts.length, stride);
  const end = bound(to, stride > 0 ? parts.length : -1, parts.length, stride);
  const taken: unknown[] = [];
  for (let at = first; stride > 0 ? at < end : at > end; at += stride) taken.push(parts[at]);
  return typeof value === 'string' ? taken.join('') : taken;
};
