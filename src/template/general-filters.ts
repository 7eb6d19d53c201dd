import { testVersion } from './compare-versions.ts';
import { listOf } from './list-of.ts';
import { type Operation, operation, restOperation } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { isEqual } from './operators.ts';
import { pythonText } from './python-text.ts';
import { readRows } from './read-rows.ts';
import { describeType, isMapping, mappingOf } from './values.ts';

const has = (list: readonly unknown[], value: unknown): boolean => list.some((part) => isEqual(part, value));

const unique = (list: readonly unknown[]): readonly unknown[] =>
  list.filter((part, index) => index === list.findIndex((other) => isEqual(other, part)));

const compare = (left: string, right: string): number => {
  if (testVersion(left, right, 'eq')) return 0;
  return testVersion(left, right, 'lt') ? -1 : 1;
};

const lists = (given: readonly unknown[], who: string): readonly (readonly unknown[])[] =>
  given.map((value) => listOf(value, who));

type Combine = (all: readonly (readonly unknown[])[]) => readonly unknown[];

/** `a | lists_union(b, c)`, `[a, b, c] | lists_union(flatten=true)`. */
const combining = (who: string, combine: Combine): Operation =>
  restOperation(['flatten'], (_, value, named, ...more) => {
    const isFlat = (named as Readonly<Record<string, unknown>>)['flatten'] === true;
    const given = isFlat ? [...listOf(value, who), ...more] : [value, ...more];
    return unique(combine(lists(given, who)));
  });

const keyed = (value: unknown, key: string, who: string): string => {
  if (isMapping(value) && Object.hasOwn(value, key)) return pythonText(value[key]);
  throw new OperationProblem(`${who}: an item without "${key}"`);
};

const groupByAsDict = (value: unknown, key: string): Record<string, unknown> => {
  const items = listOf(value, 'groupby_as_dict');
  const names = items.map((item) => keyed(item, key, 'groupby_as_dict'));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new OperationProblem(`groupby_as_dict: two items have the ${key} "${twice}"`);
  return mappingOf(items.map((item, index) => [names[index] ?? '', item]));
};

/** A list of mappings to a mapping of them; a mapping of mappings to a list of them is the other way. */
const rekey = (value: unknown, key: string, duplicates: string): Record<string, unknown> => {
  const items = isMapping(value) ? Object.values(value) : listOf(value, 'rekey_on_member');
  const result = new Map<string, unknown>();
  for (const item of items) {
    const name = keyed(item, key, 'rekey_on_member');
    if (result.has(name) && duplicates !== 'overwrite')
      throw new OperationProblem(
        `rekey_on_member: two items have the ${key} "${name}"`,
        "duplicates='overwrite'",
      );
    result.set(name, item);
  }
  return mappingOf(result);
};

const counted = (value: unknown): Record<string, unknown> => {
  const counts = new Map<string, number>();
  for (const item of listOf(value, 'counter'))
    counts.set(pythonText(item), (counts.get(pythonText(item)) ?? 0) + 1);
  return mappingOf(counts);
};

const fromCsv = (text: string, delimiter: string, names: unknown): readonly unknown[] => {
  const [first = [], ...rest] = readRows(text, delimiter);
  const keys = names === undefined ? first : listOf(names, 'from_csv').map(pythonText);
  const rows = names === undefined ? rest : [first, ...rest];
  return rows.map((row) => mappingOf(keys.map((key, index) => [key, row[index] ?? ''])));
};

const unitSeconds: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  mo: 2_592_000,
  y: 31_536_000,
};

/** `30min -10s` in seconds. */
const secondsOf = (text: string): number =>
  text
    .trim()
    .split(/\s+/)
    .reduce((sum, part) => {
      const [, number = '', unit = 's'] = /^(-?\d+(?:\.\d+)?)([a-z]*)$/i.exec(part) ?? [];
      const short = unit.toLowerCase().replace(/^(ms|min|mo|[smhdwy]).*$/, '$1');
      const seconds = unitSeconds[short === '' ? 's' : short];
      if (number === '' || seconds === undefined)
        throw new OperationProblem(`"${part}" is no time, such as 30min`);
      return sum + Number(number) * seconds;
    }, 0);

const inUnit = (unit: number): Operation =>
  operation([], (_, value) => (typeof value === 'number' ? value : secondsOf(pythonText(value)) / unit));

/** Filters of community.general that roles use. */
export const generalFilters: Readonly<Record<string, Operation>> = {
  dict_kv: operation(['key!'], (_, value, key) => mappingOf([[pythonText(key), value]])),
  dict: operation([], (_, value) =>
    mappingOf(
      listOf(value, 'dict').map((pair): [string, unknown] => {
        const [key, held] = listOf(pair, 'dict');
        return [pythonText(key), held];
      }),
    ),
  ),
  keep_keys: operation(['target!', 'matching_parameter'], (_, value, target, how) =>
    keepKeys(value, target, how, true),
  ),
  remove_keys: operation(['target!', 'matching_parameter'], (_, value, target, how) =>
    keepKeys(value, target, how, false),
  ),
  counter: operation([], (_, value) => counted(value)),
  from_csv: operation(
    ['dialect', 'fieldnames', 'delimiter', 'skipinitialspace', 'strict'],
    (_, value, _dialect, names, delimiter = ',') =>
      fromCsv(pythonText(value), pythonText(delimiter), names ?? undefined),
  ),
  groupby_as_dict: operation(['attribute!'], (_, value, key) => groupByAsDict(value, pythonText(key))),
  rekey_on_member: operation(['key!', 'duplicates'], (_, value, key, duplicates = 'error') =>
    rekey(value, pythonText(key), pythonText(duplicates)),
  ),
  lists_union: combining('lists_union', (all) => all.flat()),
  lists_intersect: combining('lists_intersect', ([first = [], ...rest]) =>
    first.filter((part) => rest.every((other) => has(other, part))),
  ),
  lists_difference: combining('lists_difference', ([first = [], ...rest]) =>
    first.filter((part) => !rest.some((other) => has(other, part))),
  ),
  lists_symmetric_difference: combining('lists_symmetric_difference', (all) =>
    all.reduce((left, right) => [
      ...left.filter((part) => !has(right, part)),
      ...right.filter((part) => !has(left, part)),
    ]),
  ),
  version_sort: operation([], (_, value) =>
    [...listOf(value, 'version_sort')].sort((a, b) => compare(pythonText(a), pythonText(b))),
  ),
  to_milliseconds: inUnit(0.001),
  to_seconds: inUnit(1),
  to_minutes: inUnit(60),
  to_hours: inUnit(3600),
  to_days: inUnit(86_400),
  to_weeks: inUnit(604_800),
};

const keepKeys = (value: unknown, target: unknown, how: unknown, keep: boolean): readonly unknown[] => {
  const wanted = (Array.isArray(target) ? target : [target]).map(pythonText);
  const fits: Readonly<Record<string, (key: string, one: string) => boolean>> = {
    equal: (key, one) => key === one,
    starts_with: (key, one) => key.startsWith(one),
    ends_with: (key, one) => key.endsWith(one),
    regex: (key, one) => new RegExp(one).test(key),
  };
  const fit = fits[pythonText(how ?? 'equal')];
  if (fit === undefined)
    throw new OperationProblem('matching_parameter: equal, starts_with, ends_with or regex');
  return listOf(value, 'keep_keys').map((item) => {
    if (!isMapping(item)) throw new OperationProblem(`keep_keys wants mappings, found ${describeType(item)}`);
    return mappingOf(Object.entries(item).filter(([key]) => wanted.some((one) => fit(key, one)) === keep));
  });
};
