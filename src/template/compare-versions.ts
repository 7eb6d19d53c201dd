import { OperationProblem } from './operation-problem.ts';

/** Numbers and words of a version, as Python's LooseVersion splits it. */
const partsOf = (version: string): readonly (number | string)[] =>
  (version.match(/\d+|[a-z]+/gi) ?? []).map((part) => (/^\d/.test(part) ? Number(part) : part));

const compareParts = (a: number | string | undefined, b: number | string | undefined): number => {
  if (a === undefined || b === undefined) return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1);
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  return typeof a === 'number' ? 1 : -1;
};

/** Below zero when the left is older. */
export const compareVersions = (left: string, right: string): number => {
  const [a, b] = [partsOf(left), partsOf(right)];
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const order = compareParts(a[at], b[at]);
    if (order !== 0) return order;
  }
  return 0;
};

const verdicts: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '=': (order) => order === 0,
  eq: (order) => order === 0,
  '!=': (order) => order !== 0,
  '<>': (order) => order !== 0,
  ne: (order) => order !== 0,
  '<': (order) => order < 0,
  lt: (order) => order < 0,
  '<=': (order) => order <= 0,
  le: (order) => order <= 0,
  '>': (order) => order > 0,
  gt: (order) => order > 0,
  '>=': (order) => order >= 0,
  ge: (order) => order >= 0,
};

/** Ansible's test `version`. @throws OperationProblem for an operator it does not know */
export const testVersion = (left: string, right: string, operator: string): boolean => {
  const verdict = Object.hasOwn(verdicts, operator) ? verdicts[operator] : undefined;
  if (verdict === undefined) {
    throw new OperationProblem(
      `version: unknown operator "${operator}"`,
      `operators: ${Object.keys(verdicts).join(', ')}`,
    );
  }
  return verdict(compareVersions(left, right));
};
