import { formatPercent } from './format-percent.ts';
import { wantSize } from './list-of.ts';
import { combineTimes, compareTimes } from './moments.ts';
import { OperationProblem } from './operation-problem.ts';
import type { ArithmeticOperator, ComparisonOperator } from './syntax.ts';
import { describeType, floatOf, isMapping, LazyMapping, tupleNames, WholeFloat } from './values.ts';

const asNumber = (value: unknown): number | undefined => {
  if (value instanceof WholeFloat) return value.value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' ? value : undefined;
};

const isFloat = (value: unknown): boolean =>
  value instanceof WholeFloat || (typeof value === 'number' && !Number.isInteger(value));

const moduloOf = (a: number, b: number): number => a - b * Math.floor(a / b);

const arithmetic: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': moduloOf,
  '**': (a, b) => a ** b,
};

const calculate = (
  operator: ArithmeticOperator,
  left: unknown,
  right: unknown,
  a: number,
  b: number,
): unknown => {
  if (b === 0 && /^[/%]/.test(operator)) throw new OperationProblem('division by zero');
  const result = arithmetic[operator](a, b);
  const float = operator === '/' || isFloat(left) || isFloat(right) || (operator === '**' && b < 0);
  if (float) return floatOf(result);
  if (!Number.isSafeInteger(result))
    throw new OperationProblem(`${a} ${operator} ${b} is too large to be exact`);
  return result;
};

const repeat = (value: unknown, count: number): unknown => {
  const times = Math.max(0, count);
  if (typeof value === 'string') return value.repeat(times);
  if (!Array.isArray(value)) return undefined;
  wantSize(value.length * times, '"*"');
  return Array.from({ length: times }, () => value as unknown[]).flat();
};

const combine = (operator: ArithmeticOperator, left: unknown, right: unknown): unknown => {
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') return left + right;
    if (Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  }
  const time = combineTimes(operator, left, right);
  if (time !== undefined) return time;
  if (operator === '*' && Number.isInteger(right)) return repeat(left, right as number);
  if (operator === '*' && Number.isInteger(left)) return repeat(right, left as number);
  if (operator === '%' && typeof left === 'string') {
    return formatPercent(left, Array.isArray(right) && tupleNames(right) !== undefined ? right : [right]);
  }
  return undefined;
};

/**
 * Python's arithmetic on numbers, texts and lists.
 *
 * @throws OperationProblem where Python raises TypeError or ZeroDivisionError, and where a whole number would
 *   leave the range in which it is exact
 */
export const applyArithmetic = (operator: ArithmeticOperator, left: unknown, right: unknown): unknown => {
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a !== undefined && b !== undefined) return calculate(operator, left, right, a, b);
  const combined = combine(operator, left, right);
  if (combined !== undefined) return combined;
  const mixed = operator === '+' && (typeof left === 'string' || typeof right === 'string');
  throw new OperationProblem(
    `"${operator}" does not work on ${describeType(left)} and ${describeType(right)}`,
    mixed ? 'texts are joined with anything by "~"; a text becomes a number by "| int"' : undefined,
  );
};

/** Python's `-x` and `+x`. @throws OperationProblem for anything but a number */
export const applySign = (sign: 1 | -1, value: unknown): unknown => {
  if (asNumber(value) === undefined)
    throw new OperationProblem(`a sign wants a number, found ${describeType(value)}`);
  return applyArithmetic('*', sign, value);
};

/** Python's `==`, deep: `1 == True`, `1 == 1.0`, and a text is never a number. */
export const isEqual = (left: unknown, right: unknown): boolean => {
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a !== undefined && b !== undefined) return a === b;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((part, index) => isEqual(part, right[index]));
  }
  if (isMapping(left) && isMapping(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && isEqual(left[key], right[key]))
    );
  }
  const apart = compareTimes(left, right);
  if (apart !== undefined) return apart === 0;
  return left === right || ((left ?? null) === null && (right ?? null) === null);
};

const compareTexts = (left: string, right: string): number => {
  const [a, b] = [[...left], [...right]];
  const different = a.findIndex((character, index) => character !== b[index]);
  if (different === -1) return a.length - b.length;
  return (a[different]?.codePointAt(0) ?? 0) - (b[different]?.codePointAt(0) ?? -1);
};

/**
 * Python's order: below zero when the left comes first.
 * @throws OperationProblem for kinds that have no order between them (`"10" < 9`)
 */
export const compareValues = (left: unknown, right: unknown, operator = '<'): number => {
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a !== undefined && b !== undefined) return a - b;
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  if (Array.isArray(left) && Array.isArray(right)) {
    const different = left.findIndex((part, index) => index >= right.length || !isEqual(part, right[index]));
    if (different === -1 || different >= right.length) return left.length - right.length;
    return compareValues(left[different], right[different], operator);
  }
  const apart = compareTimes(left, right);
  if (apart !== undefined) return apart;
  throw new OperationProblem(
    `"${operator}" does not work on ${describeType(left)} and ${describeType(right)}`,
    (a === undefined) === (b === undefined) ? undefined : 'a text becomes a number by "| int"',
  );
};

/** Python's `in`. @throws OperationProblem where the right side holds nothing */
export const contains = (container: unknown, part: unknown): boolean => {
  if (typeof container === 'string') {
    if (typeof part === 'string') return container.includes(part);
    throw new OperationProblem(`a text can only have texts in it, not ${describeType(part)}`);
  }
  if (Array.isArray(container)) return container.some((candidate) => isEqual(candidate, part));
  if (container instanceof LazyMapping) return container.get(String(part)) !== undefined;
  if (isMapping(container)) return Object.hasOwn(container, String(part));
  throw new OperationProblem(
    `"in" wants a list, a mapping or a text on its right, found ${describeType(container)}`,
  );
};

/** @throws OperationProblem */
export const applyComparison = (operator: ComparisonOperator, left: unknown, right: unknown): boolean => {
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case 'in':
      return contains(right, left);
    case 'not in':
      return !contains(right, left);
    case '<':
      return compareValues(left, right, operator) < 0;
    case '<=':
      return compareValues(left, right, operator) <= 0;
    case '>':
      return compareValues(left, right, operator) > 0;
    case '>=':
      return compareValues(left, right, operator) >= 0;
  }
};
