import { OperationProblem } from './operation-problem.ts';

type Part = number | string;

const compareParts = (a: Part, b: Part): number => (a < b ? -1 : a > b ? 1 : 0);

const compareLists = (
  left: readonly Part[],
  right: readonly Part[],
  compare: (a: Part, b: Part) => number,
): number => {
  for (const [at, part] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    const order = compare(part, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
};

/** Numbers, words and what else stands between the dots, as Python's LooseVersion splits it. */
const looseParts = (version: string): readonly Part[] =>
  version
    .split(/(\d+|[a-z]+|\.)/)
    .filter((part) => part !== '' && part !== '.')
    .map((part) => (/^\d/.test(part) ? Number(part) : part));

const compareLoose = (left: string, right: string): number =>
  compareLists(looseParts(left), looseParts(right), (a, b) => {
    if (typeof a === typeof b) return compareParts(a, b);
    throw new OperationProblem(
      `version: "${left}" and "${right}" have no order: "${a}" stands where the other has "${b}"`,
      "version_type='semver' knows pre-releases",
    );
  });

interface Release {
  readonly core: readonly number[];
  readonly prerelease: readonly Part[];
}

/** A pre-release comes before the release; numbers in it come before words. */
const compareReleases = (left: Release, right: Release): number => {
  const order = compareLists(left.core, right.core, compareParts);
  if (order !== 0) return order;
  const [a, b] = [left.prerelease, right.prerelease];
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  return compareLists(a, b, (one, other) => {
    if (typeof one === typeof other) return compareParts(one, other);
    return typeof one === 'number' ? -1 : 1;
  });
};

const semantic =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9a-z-]+(?:\.[0-9a-z-]+)*))?(?:\+[0-9a-z-]+(?:\.[0-9a-z-]+)*)?$/i;

const readSemantic = (version: string): Release => {
  const parts = semantic.exec(version);
  if (parts === null) throw new OperationProblem(`version: "${version}" is no semantic version (1.2.3-rc.1)`);
  return {
    core: parts.slice(1, 4).map(Number),
    prerelease: (parts[4]?.split('.') ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
  };
};

const readStrict = (version: string): Release => {
  const parts = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(version);
  if (parts === null) throw new OperationProblem(`version: "${version}" is no strict version (1.2.3b4)`);
  return {
    core: [parts[1], parts[2], parts[3] ?? 0].map(Number),
    prerelease: parts[4] === undefined ? [] : [parts[4], Number(parts[5])],
  };
};

const types: Readonly<Record<string, (left: string, right: string) => number>> = {
  loose: compareLoose,
  strict: (left, right) => compareReleases(readStrict(left), readStrict(right)),
  semver: (left, right) => compareReleases(readSemantic(left), readSemantic(right)),
  semantic: (left, right) => compareReleases(readSemantic(left), readSemantic(right)),
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

const pick = <T>(table: Readonly<Record<string, T>>, name: string, what: string): T => {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
  throw new OperationProblem(
    `version: unknown ${what} "${name}"`,
    `${what}s: ${Object.keys(table).join(', ')}`,
  );
};

/** Ansible's test `version`. @throws OperationProblem for an operator or type it does not know, and for what is no version */
export const testVersion = (left: string, right: string, operator: string, type = 'loose'): boolean => {
  if (left === '' || right === '') throw new OperationProblem('version: a version is empty');
  const compare = pick(types, type, 'type');
  return pick(verdicts, operator, 'operator')(compare(left, right));
};
