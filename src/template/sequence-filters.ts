import { listOf, wantSize } from './list-of.ts';
import { type Operation, operation, restOperation, type Tools } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { applyArithmetic, compareValues, isEqual } from './operators.ts';
import { pythonText } from './python-text.ts';
import { describeType, isMapping, isTruthy, type Mapping, tupleOf } from './values.ts';

/** `a.b` or `a.0` of an item; undefined where it is not there. */
const attributeOf = (item: unknown, path: unknown): unknown => {
  const steps = typeof path === 'number' ? [path] : pythonText(path).split('.');
  return steps.reduce<unknown>((current, step) => {
    if (Array.isArray(current)) return current[Number(step)];
    return isMapping(current) && Object.hasOwn(current, String(step)) ? current[String(step)] : undefined;
  }, item);
};

const wantAttribute = (item: unknown, path: unknown, who: string): unknown => {
  const value = attributeOf(item, path);
  if (value === undefined) throw new OperationProblem(`${who}: an item has no "${pythonText(path)}"`);
  return value;
};

const fold = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

const sort = (
  list: readonly unknown[],
  reverse: boolean,
  caseSensitive: boolean,
  attribute: unknown,
): unknown[] => {
  const paths =
    typeof attribute === 'string' ? attribute.split(',') : attribute === undefined ? [] : [attribute];
  const keyed = list.map((item) => {
    const parts = paths.length === 0 ? [item] : paths.map((path) => wantAttribute(item, path, 'sort'));
    return { item, key: caseSensitive ? parts : parts.map(fold) };
  });
  keyed.sort((a, b) => compareValues(a.key, b.key) * (reverse ? -1 : 1));
  return keyed.map(({ item }) => item);
};

const extreme = (who: string, sign: 1 | -1): Operation =>
  operation(['case_sensitive', 'attribute'], (_, value, caseSensitive = false, attribute) => {
    const list = listOf(value, who);
    if (list.length === 0) return undefined;
    const key = (item: unknown): unknown => {
      const part = attribute === undefined ? item : wantAttribute(item, attribute, who);
      return caseSensitive ? part : fold(part);
    };
    return list.reduce((best, item) => (compareValues(key(item), key(best)) * sign > 0 ? item : best));
  });

const passes = (tools: Tools, value: unknown, args: readonly unknown[]): boolean => {
  const [test, ...rest] = args;
  if (test === undefined) {
    if (value === undefined)
      throw new OperationProblem('an item lacks the attribute', 'ask with the test "defined" first');
    return isTruthy(value);
  }
  if (test === 'defined' || test === 'undefined') return (value !== undefined) === (test === 'defined');
  if (value === undefined)
    throw new OperationProblem('an item lacks the attribute', "selectattr('NAME', 'defined') first");
  return tools.test(pythonText(test), value, rest);
};

const select = (wanted: boolean): Operation =>
  restOperation([], (tools, value, _named, ...args) =>
    listOf(value, wanted ? 'select' : 'reject').filter((item) => passes(tools, item, args) === wanted),
  );

const selectAttribute = (wanted: boolean): Operation =>
  restOperation(
    [],
    (tools, value, _named, path, ...args) =>
      listOf(value, wanted ? 'selectattr' : 'rejectattr').filter(
        (item) => passes(tools, attributeOf(item, path), args) === wanted,
      ),
    1,
  );

const map = (
  tools: Tools,
  value: unknown,
  named: Readonly<Record<string, unknown>>,
  args: readonly unknown[],
  keywords: Readonly<Record<string, unknown>>,
): unknown[] => {
  const list = listOf(value, 'map');
  if (Object.hasOwn(named, 'attribute')) {
    const path = named['attribute'];
    if (!Object.hasOwn(named, 'default')) return list.map((item) => wantAttribute(item, path, 'map'));
    return list.map((item) => attributeOf(item, path) ?? named['default']);
  }
  const [filter, ...rest] = args;
  if (typeof filter !== 'string')
    throw new OperationProblem("map wants the name of a filter, or attribute='NAME'");
  return list.map((item) => tools.filter(filter, item, rest, keywords));
};

const wantCount = (count: unknown, who: string): number => {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1)
    throw new OperationProblem(`${who} wants a whole number from 1 on, found ${pythonText(count)}`);
  wantSize(count, who);
  return count;
};

const batch = (list: readonly unknown[], size: number, fill: unknown): unknown[][] => {
  const rows: unknown[][] = [];
  for (let at = 0; at < list.length; at += size) rows.push(list.slice(at, at + size));
  const last = rows.at(-1);
  while (fill !== undefined && last !== undefined && last.length < size) last.push(fill);
  return rows;
};

const sliceInto = (list: readonly unknown[], count: number, fill: unknown): unknown[][] => {
  const [size, extra] = [Math.floor(list.length / count), list.length % count];
  let at = 0;
  return Array.from({ length: count }, (_, index) => {
    const row = list.slice(at, at + size + (index < extra ? 1 : 0));
    at += row.length;
    return fill !== undefined && extra > 0 && index >= extra ? [...row, fill] : row;
  });
};

const groupBy = (
  list: readonly unknown[],
  attribute: unknown,
  fallback: unknown,
  caseSensitive: boolean,
): unknown[] => {
  const groups: { key: unknown; folded: unknown; items: unknown[] }[] = [];
  for (const item of list) {
    const key = attributeOf(item, attribute) ?? fallback;
    if (key === undefined) throw new OperationProblem(`groupby: an item has no "${pythonText(attribute)}"`);
    const folded = caseSensitive ? key : fold(key);
    const group = groups.find((known) => isEqual(known.folded, folded));
    if (group === undefined) groups.push({ key, folded, items: [item] });
    else group.items.push(item);
  }
  return groups
    .sort((a, b) => compareValues(a.folded, b.folded))
    .map(({ key, items }) => tupleOf([key, items], ['grouper', 'list']));
};

const pairsOf = (mapping: Mapping): unknown[][] =>
  Object.entries(mapping).map((pair) => tupleOf<unknown>(pair));

const dictsort = (value: unknown, caseSensitive: boolean, by: string, reverse: boolean): unknown => {
  if (!isMapping(value)) throw new OperationProblem(`dictsort wants a mapping, found ${describeType(value)}`);
  const place = by === 'value' ? 1 : 0;
  const key = (entry: readonly unknown[]): unknown => (caseSensitive ? entry[place] : fold(entry[place]));
  return pairsOf(value).sort((a, b) => compareValues(key(a), key(b)) * (reverse ? -1 : 1));
};

const size = (value: unknown): number => {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  if (isMapping(value)) return Object.keys(value).length;
  throw new OperationProblem(`length wants a list, a mapping or a text, found ${describeType(value)}`);
};

/** Jinja2's own filters on lists. */
export const filterCollections: Readonly<Record<string, Operation>> = {
  length: operation([], (_, value) => size(value)),
  count: operation([], (_, value) => size(value)),
  list: operation([], (_, value) => [...listOf(value, 'list')]),
  first: operation([], (_, value) => listOf(value, 'first')[0]),
  last: operation([], (_, value) => listOf(value, 'last').at(-1)),
  // A text joins its characters, as in Python.
  join: operation(['d', 'attribute'], (_, value, separator = '', attribute) =>
    listOf(value, 'join')
      .map((item) => pythonText(attribute === undefined ? item : wantAttribute(item, attribute, 'join')))
      .join(pythonText(separator)),
  ),
  sort: operation(
    ['reverse', 'case_sensitive', 'attribute'],
    (_, value, reverse = false, caseSensitive = false, attribute) =>
      sort(listOf(value, 'sort'), reverse, caseSensitive, attribute),
  ),
  reverse: operation([], (_, value) =>
    typeof value === 'string' ? [...value].reverse().join('') : [...listOf(value, 'reverse')].reverse(),
  ),
  min: extreme('min', -1),
  max: extreme('max', 1),
  sum: operation(['attribute', 'start'], (_, value, attribute, start = 0) =>
    listOf(value, 'sum').reduce(
      (total, item) =>
        applyArithmetic(
          '+',
          total,
          attribute === undefined || attribute === null ? item : wantAttribute(item, attribute, 'sum'),
        ),
      start as unknown,
    ),
  ),
  map: {
    ...restOperation([], (tools, value, named, ...args) => map(tools, value, named, args, named)),
    anyNamed: true,
  },
  select: select(true),
  reject: select(false),
  selectattr: selectAttribute(true),
  rejectattr: selectAttribute(false),
  batch: operation(['linecount!', 'fill_with'], (_, value, count, fill) =>
    batch(listOf(value, 'batch'), wantCount(count, 'batch'), fill),
  ),
  slice: operation(['slices!', 'fill_with'], (_, value, count, fill) =>
    sliceInto(listOf(value, 'slice'), wantCount(count, 'slice'), fill),
  ),
  groupby: operation(
    ['attribute!', 'default', 'case_sensitive'],
    (_, value, attribute, fallback, caseSensitive = false) =>
      groupBy(listOf(value, 'groupby'), attribute, fallback, caseSensitive),
  ),
  dictsort: operation(
    ['case_sensitive', 'by', 'reverse'],
    (_, value, caseSensitive = false, by = 'key', reverse = false) =>
      dictsort(value, caseSensitive, by, reverse),
  ),
  items: operation([], (_, value) => {
    if (isMapping(value)) return pairsOf(value);
    throw new OperationProblem(`items wants a mapping, found ${describeType(value)}`);
  }),
  attr: operation(['name!'], (_, value, name) => attributeOf(value, name)),
};
