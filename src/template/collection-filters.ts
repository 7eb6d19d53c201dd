import { Blocked, isUnknown } from '../model/unknown.ts';
import { listOf, wantSize } from './list-of.ts';
import { type Operation, operation, restOperation } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { isEqual } from './operators.ts';
import { pythonText } from './python-text.ts';
import { filterCollections } from './sequence-filters.ts';
import { describeType, isMapping, mappingOf, tupleOf, whyMissing } from './values.ts';

const has = (list: readonly unknown[], value: unknown): boolean => list.some((part) => isEqual(part, value));

const unique = (list: readonly unknown[]): unknown[] => {
  // Texts are by far the most; a set keeps a thousand of them fast.
  const texts = new Set<string>();
  const others: unknown[] = [];
  return list.filter((part) => {
    if (typeof part === 'string') return !texts.has(part) && texts.add(part) !== undefined;
    return !has(others, part) && others.push(part) > 0;
  });
};

const wantMapping = (value: unknown, filter: string): Readonly<Record<string, unknown>> => {
  if (isMapping(value)) return value;
  throw new OperationProblem(`${filter} wants a mapping, found ${describeType(value)}`);
};

const mergeLists = (left: readonly unknown[], right: readonly unknown[], how: string): unknown[] => {
  switch (how) {
    case 'replace':
      return [...right];
    case 'keep':
      return [...left];
    case 'append':
      return [...left, ...right];
    case 'prepend':
      return [...right, ...left];
    case 'append_rp':
      return [...left.filter((part) => !has(right, part)), ...right];
    case 'prepend_rp':
      return [...right, ...left.filter((part) => !has(right, part))];
    default:
      throw new OperationProblem(
        `combine: unknown list_merge "${how}"`,
        'replace, keep, append, prepend, append_rp, prepend_rp',
      );
  }
};

const mergeMappings = (
  left: Readonly<Record<string, unknown>>,
  right: Readonly<Record<string, unknown>>,
  recursive: boolean,
  how: string,
): Record<string, unknown> => {
  const merge = (key: string): unknown => {
    const [old, value] = [left[key], right[key]];
    if (!Object.hasOwn(left, key)) return value;
    if (recursive && isMapping(old) && isMapping(value)) return mergeMappings(old, value, recursive, how);
    return Array.isArray(old) && Array.isArray(value) ? mergeLists(old, value, how) : value;
  };
  return mappingOf([
    ...Object.entries(left),
    ...Object.keys(right).map((key): [string, unknown] => [key, merge(key)]),
  ]);
};

const combine = (value: unknown, others: readonly unknown[], recursive: boolean, how: string): unknown =>
  [value, ...others]
    .flatMap((part) => (Array.isArray(part) ? part : [part]))
    .map((part) => wantMapping(part, 'combine'))
    .reduce((left, right) => mergeMappings(left, right, recursive, how), {});

const flatten = (value: unknown, levels: number, skipNulls: boolean): unknown[] =>
  listOf(value, 'flatten').flatMap((part) => {
    if (part === null && skipNulls) return [];
    return Array.isArray(part) && levels !== 0 ? flatten(part, levels - 1, skipNulls) : [part];
  });

const items2dict = (value: unknown, keyName: string, valueName: string): unknown =>
  mappingOf(
    listOf(value, 'items2dict').map((part) => {
      const item = wantMapping(part, 'items2dict');
      if (!Object.hasOwn(item, keyName) || !Object.hasOwn(item, valueName)) {
        throw new OperationProblem(`items2dict wants items with "${keyName}" and "${valueName}"`);
      }
      return [pythonText(item[keyName]), item[valueName]] as const;
    }),
  );

const zip = (lists: readonly (readonly unknown[])[], size: number, fill: unknown): unknown[] =>
  Array.from({ length: Number.isFinite(size) ? size : 0 }, (_, index) =>
    tupleOf(lists.map((list) => (index < list.length ? list[index] : fill))),
  );

const product = (lists: readonly (readonly unknown[])[]): unknown[][] =>
  lists.reduce<unknown[][]>(
    (rows, list) => rows.flatMap((row) => list.map((part) => tupleOf([...row, part]))),
    [[]],
  );

const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (current, step) => (isMapping(current) && Object.hasOwn(current, step) ? current[step] : undefined),
      value,
    );

const subelements = (value: unknown, path: unknown, skipMissing: boolean): unknown =>
  (isMapping(value) ? Object.values(value) : listOf(value, 'subelements')).flatMap((item) => {
    const parts = at(item, Array.isArray(path) ? path.join('.') : String(path));
    if (Array.isArray(parts)) return parts.map((part) => tupleOf([item, part]));
    if (parts === undefined && skipMissing) return [];
    throw new OperationProblem(`subelements: an item has no list "${String(path)}"`);
  });

/** How many items are taken at a time. @throws OperationProblem also where the result would be far too long */
const wantTaken = (list: readonly unknown[], taken: unknown, who: string, ordered: boolean): number => {
  if (typeof taken !== 'number' || !Number.isInteger(taken) || taken < 0)
    throw new OperationProblem(`${who} wants a whole number from 0 on, found ${pythonText(taken)}`);
  if (taken <= list.length)
    wantSize(
      list
        .slice(0, taken)
        .reduce<number>((size, _, at) => (size * (list.length - at)) / (ordered ? 1 : at + 1), taken),
      who,
    );
  return taken;
};

const permutations = (list: readonly unknown[], size: number): unknown[][] => {
  if (size === 0) return [[]];
  if (size > list.length) return [];
  return list.flatMap((part, index) =>
    permutations([...list.slice(0, index), ...list.slice(index + 1)], size - 1).map((rest) =>
      tupleOf([part, ...rest]),
    ),
  );
};

const combinations = (list: readonly unknown[], size: number): unknown[][] => {
  if (size === 0) return [[]];
  if (size > list.length) return [];
  return list.flatMap((part, index) =>
    combinations(list.slice(index + 1), size - 1).map((rest) => tupleOf([part, ...rest])),
  );
};

const pairs = (
  name: string,
  run: (left: readonly unknown[], right: readonly unknown[]) => unknown,
): Operation => operation(['other!'], (_, left, right) => run(listOf(left, name), listOf(right, name)));

/** Filters on lists as sets, on mappings, and on several lists at once. */
export const collectionFilters: Readonly<Record<string, Operation>> = {
  ...filterCollections,
  unique: operation(['case_sensitive', 'attribute'], (_, value, caseSensitive = false, attribute) => {
    const list = listOf(value, 'unique');
    if (attribute === undefined && caseSensitive) return unique(list);
    const keys: unknown[] = [];
    return list.filter((part) => {
      const key = attribute === undefined ? part : at(part, attribute);
      const plain = typeof key === 'string' && !caseSensitive ? key.toLowerCase() : key;
      return !has(keys, plain) && keys.push(plain) > 0;
    });
  }),
  union: pairs('union', (left, right) => unique([...left, ...right])),
  intersect: pairs('intersect', (left, right) => unique(left.filter((part) => has(right, part)))),
  difference: pairs('difference', (left, right) => unique(left.filter((part) => !has(right, part)))),
  symmetric_difference: pairs('symmetric_difference', (left, right) =>
    unique([...left.filter((part) => !has(right, part)), ...right.filter((part) => !has(left, part))]),
  ),
  flatten: operation(['levels', 'skip_nulls'], (_, value, levels = -1, skipNulls = true) =>
    flatten(value, levels ?? -1, skipNulls),
  ),
  combine: restOperation(['recursive', 'list_merge'], (_, value, named, ...others) =>
    combine(value, others, Boolean(named['recursive']), String(named['list_merge'] ?? 'replace')),
  ),
  dict2items: operation(['key_name', 'value_name'], (_, value, key = 'key', name = 'value') =>
    Object.entries(wantMapping(value, 'dict2items')).map(([k, v]) =>
      mappingOf([
        [key, k],
        [name, v],
      ]),
    ),
  ),
  items2dict: operation(['key_name', 'value_name'], (_, value, key = 'key', name = 'value') =>
    items2dict(value, key, name),
  ),
  zip: restOperation(['strict'], (_, value, named, ...others) => {
    const lists = [value, ...others].map((list) => listOf(list, 'zip'));
    if (named['strict'] === true && lists.some(({ length }) => length !== lists[0]?.length))
      throw new OperationProblem('zip: the lists are not of one length');
    return zip(lists, Math.min(...lists.map(({ length }) => length)), null);
  }),
  zip_longest: restOperation(['fillvalue'], (_, value, named, ...others) => {
    const lists = [value, ...others].map((list) => listOf(list, 'zip_longest'));
    return zip(lists, Math.max(...lists.map(({ length }) => length)), named['fillvalue'] ?? null);
  }),
  product: restOperation(['repeat'], (_, value, named, ...others) => {
    const lists = [value, ...others].map((list) => listOf(list, 'product'));
    const repeat = Number(named['repeat'] ?? 1);
    const width = lists.length * repeat;
    wantSize(
      Math.max(
        1,
        lists.reduce((size, { length }) => size * length, 1),
      ) **
        repeat *
        width,
      'product',
    );
    return product(Array.from({ length: repeat }, () => lists).flat());
  }),
  permutations: operation(['r'], (_, value, size) => {
    const list = listOf(value, 'permutations');
    return permutations(list, wantTaken(list, size ?? list.length, 'permutations', true));
  }),
  combinations: operation(['r!'], (_, value, size) => {
    const list = listOf(value, 'combinations');
    return combinations(list, wantTaken(list, size, 'combinations', false));
  }),
  subelements: operation(['subelements!', 'skip_missing'], (_, value, path, skip = false) =>
    subelements(value, path, skip),
  ),
  extract: operation(['container!', 'morekeys'], (_, key, container, more = []) =>
    [key, ...(Array.isArray(more) ? more : [more])].reduce((current: unknown, step: unknown) => {
      if (isUnknown(current)) throw new Blocked(current.because);
      const found = partOf(current, step);
      if (found === undefined)
        throw new OperationProblem(`extract: there is no "${pythonText(step)}"${whyMissing(current, step)}`);
      return found;
    }, container),
  ),
};

const partOf = (container: unknown, key: unknown): unknown => {
  if (
    typeof container === 'object' &&
    container !== null &&
    'get' in container &&
    typeof container.get === 'function'
  ) {
    return container.get(String(key)) as unknown;
  }
  if (Array.isArray(container)) return container.at(Number(key));
  return isMapping(container) && Object.hasOwn(container, String(key)) ? container[String(key)] : undefined;
};
