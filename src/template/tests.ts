import { Blocked, isUnknown } from '../model/unknown.ts';
import { testVersion } from './compare-versions.ts';
import { listOf } from './list-of.ts';
import { floatOperation, looseOperation, type Operation, operation } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { applyComparison, contains, isEqual } from './operators.ts';
import { pythonRegex, type RegexOptions } from './python-regex.ts';
import { pythonText } from './python-text.ts';
import type { ComparisonOperator } from './syntax.ts';
import { isTrueWord } from './true-word.ts';
import { UndefinedValue } from './undefined-value.ts';
import { Unrendered } from './unrendered.ts';
import { Callable, describeType, isMapping, isTruthy, WholeFloat } from './values.ts';

/** One key of a task's result, though others in it may not be known yet. */
const resultKey = (result: unknown, key: string, test: string): unknown => {
  if (isUnknown(result)) throw new Blocked(result.because);
  const plain = result instanceof Unrendered ? result.settle() : result;
  if (!isMapping(plain))
    throw new OperationProblem(`"${test}" wants the result of a task, found ${describeType(plain)}`);
  const value = plain[key];
  if (isUnknown(value)) throw new Blocked(value.because);
  return value ?? false;
};

const result = (key: string, wanted = true): Operation =>
  looseOperation([], (_, value) => isTruthy(resultKey(value, key, key)) === wanted);

const compare = (operator: ComparisonOperator): Operation =>
  operation(['other!'], (_, value, other) => applyComparison(operator, value, other));

const regex = (options: RegexOptions): Operation =>
  operation(
    ['pattern!', 'ignorecase', 'multiline', 'match_type'],
    (_, value, pattern, ignoreCase, multiline, type) => {
      const anchor = type === 'fullmatch' ? 'both' : type === 'match' ? 'start' : options.anchor;
      return pythonRegex(pythonText(pattern), {
        ignoreCase: Boolean(ignoreCase),
        multiline: Boolean(multiline),
        ...(anchor === undefined ? {} : { anchor }),
      }).test(pythonText(value));
    },
  );

const kind = (is: (value: unknown) => boolean): Operation => floatOperation([], (_, value) => is(value));

const holdsAll = (large: unknown, small: unknown): boolean => {
  const list = listOf(large, 'subset');
  return listOf(small, 'subset').every((part) => list.some((other) => isEqual(part, other)));
};

const isWord = (value: unknown): boolean => typeof value === 'string';
/** There is a letter in it that could be written otherwise. */
const isCased = (value: unknown): value is string =>
  typeof value === 'string' && value.toLowerCase() !== value.toUpperCase();
const isNumber = (value: unknown): value is number => typeof value === 'number';

const truthy = (value: unknown, convert: unknown): boolean =>
  convert === true && typeof value === 'string' ? isTrueWord(value) : isTruthy(value);

/** Asked of the machine that runs syn-deploy, as in Ansible. */
const atPath = (is: (found: 'file' | 'directory' | undefined) => boolean): Operation =>
  operation([], ({ lookups }, value) => is(lookups.kind?.(pythonText(value))));

const isTimedOut = (value: unknown): boolean => isMapping(value) && isTruthy(value['timedout']);

const version = operation(
  ['version!', 'operator', 'strict', 'version_type'],
  (_, value, other, operator = 'eq', strict, type) => {
    if (strict !== undefined && type !== undefined)
      throw new OperationProblem('version: give either "strict" or "version_type"');
    const wanted = type ?? (strict === true ? 'strict' : 'loose');
    return testVersion(pythonText(value), pythonText(other), String(operator), String(wanted));
  },
);
const subset = operation(['other!'], (_, value, other) => holdsAll(other, value));
const superset = operation(['other!'], (_, value, other) => holdsAll(value, other));

const table: Readonly<Record<string, Operation>> = {
  defined: looseOperation([], (_, value) => !(value instanceof UndefinedValue)),
  undefined: looseOperation([], (_, value) => value instanceof UndefinedValue),
  changed: result('changed'),
  change: result('changed'),
  failed: result('failed'),
  failure: result('failed'),
  succeeded: result('failed', false),
  success: result('failed', false),
  successful: result('failed', false),
  skipped: result('skipped'),
  skip: result('skipped'),
  unreachable: result('unreachable'),
  reachable: result('unreachable', false),
  finished: result('finished'),
  none: kind((value) => value === null),
  boolean: kind((value) => typeof value === 'boolean'),
  true: kind((value) => value === true),
  false: kind((value) => value === false),
  integer: kind((value) => Number.isInteger(value)),
  float: kind((value) => value instanceof WholeFloat || (isNumber(value) && !Number.isInteger(value))),
  number: kind((value) => value instanceof WholeFloat || isNumber(value) || typeof value === 'boolean'),
  string: kind(isWord),
  mapping: kind(isMapping),
  sequence: kind((value) => isWord(value) || Array.isArray(value) || isMapping(value)),
  iterable: kind((value) => isWord(value) || Array.isArray(value) || isMapping(value)),
  list: kind(Array.isArray),
  callable: kind((value) => value instanceof Callable),
  odd: operation([], (_, value) => isNumber(value) && Math.abs(value % 2) === 1),
  even: operation([], (_, value) => isNumber(value) && value % 2 === 0),
  divisibleby: operation(['num!'], (_, value, other) => Number(value) % Number(other) === 0),
  lower: kind((value) => isCased(value) && value === value.toLowerCase()),
  upper: kind((value) => isCased(value) && value === value.toUpperCase()),
  sameas: operation(['other!'], (_, value, other) => value === other),
  eq: compare('=='),
  equalto: compare('=='),
  '==': compare('=='),
  ne: compare('!='),
  '!=': compare('!='),
  lt: compare('<'),
  lessthan: compare('<'),
  '<': compare('<'),
  le: compare('<='),
  '<=': compare('<='),
  gt: compare('>'),
  greaterthan: compare('>'),
  '>': compare('>'),
  ge: compare('>='),
  '>=': compare('>='),
  in: compare('in'),
  contains: operation(['value!'], (_, value, part) => contains(value, part)),
  match: regex({ anchor: 'start' }),
  search: regex({}),
  regex: regex({}),
  version,
  version_compare: version,
  subset,
  issubset: subset,
  superset,
  issuperset: superset,
  truthy: operation(['convert_bool'], (_, value, convert) => truthy(value, convert)),
  falsy: operation(['convert_bool'], (_, value, convert) => !truthy(value, convert)),
  started: result('started'),
  timedout: operation([], (_, value) => isTimedOut(value)),
  exists: atPath((found) => found !== undefined),
  link_exists: atPath((found) => found !== undefined),
  file: atPath((found) => found === 'file'),
  is_file: atPath((found) => found === 'file'),
  directory: atPath((found) => found === 'directory'),
  is_dir: atPath((found) => found === 'directory'),
  nan: floatOperation([], (_, value) => Number.isNaN(value)),
  isnan: floatOperation([], (_, value) => Number.isNaN(value)),
  url: kind((value) => /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#\s]+/.test(pythonText(value))),
  uri: kind((value) => /^[A-Za-z][A-Za-z0-9+.-]*:(?:\/\/)?[^\s]+/.test(pythonText(value))),
  urn: kind((value) => /^urn:[^\s]+/i.test(pythonText(value))),
  vault_encrypted: kind((value) => isWord(value) && String(value).startsWith('$ANSIBLE_VAULT;')),
  any: kind((value) => listOf(value, 'any').some(isTruthy)),
  all: kind((value) => listOf(value, 'all').every(isTruthy)),
  abs: kind((value) => isWord(value) && String(value).startsWith('/')),
  is_abs: kind((value) => isWord(value) && String(value).startsWith('/')),
};

/** Every test (`X is NAME`) by its name: Jinja2's and those that Ansible adds. */
export const tests: ReadonlyMap<string, Operation> = new Map(Object.entries(table));
