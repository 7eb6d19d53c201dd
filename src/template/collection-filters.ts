import { Blocked, isUnknown } from '../model/unknown.ts';
import { listOf, wantSize } from './list-of.ts';
import { type Operation, operation, restOperation } from './operation.ts';
import { NothingThere, OperationProblem } from './operation-problem.ts';
import { isEqual } from './operators.ts';
import { pythonText } from './python-text.ts';
import { filterCollections } from './sequence-filters.ts';
import { settled } from './unrendered.ts';
import { describeType, isMapping, LazyMapping, mappingOf, tupleOf, whyMissing } from './values.ts';

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

const wantDictionary = (value: unknown): Readonly<Record<string, unknown>> => {
  if (isMapping(value)) return value;
  throw new OperationProblem(`dict2items requires a dictionary, got ${describeType(value)} instead`);
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

/** Mappings in lists too, and nothing (null) is left out. */
const combine = (value: unknown, others: readonly unknown[], recursive: boolean, how: string): unknown =>
  [value, ...others]
    .flatMap((part) => (Array.isArray(part) ? part : [part]))
    .filter((part) => !isNothing(part))
    .map((part) => {
      if (isMapping(part)) return part;
      throw new OperationProblem(
        `failed to combine variables, expected dicts but got ${describeType(part)} among them`,
      );
    })
    .reduce((left, right) => mergeMappings(left, right, recursive, how), {});

/** What `flatten` takes for nothing: YAML reads `None` as a text. */
const isNothing = (part: unknown): boolean => part === null || part === 'None' || part === 'null';

const flatten = (value: unknown, levels: number, skipNulls: boolean): unknown[] =>
  listOf(value, 'flatten').flatMap((part) => {
    if (isNothing(part) && skipNulls) return [];
    return Array.isArray(part) && levels !== 0 ? flatten(part, levels - 1, skipNulls) : [part];
  });

const wrongItems = (wanted: string, found: unknown): never => {
  throw new OperationProblem(`items2dict requires ${wanted}, got ${describeType(found)} instead`);
};

const items2dict = (value: unknown, keyName: string, valueName: string): unknown =>
  mappingOf(
    (Array.isArray(value) ? value : wrongItems('a list', value)).map((item) => {
      if (!isMapping(item)) return wrongItems('a list of dictionaries', item);
      if (!Object.hasOwn(item, keyName) || !Object.hasOwn(item, valueName)) {
        throw new OperationProblem(
          `items2dict requires each dictionary in the list to contain the keys '${keyName}' and '${valueName}'`,
        );
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

/** Of one item. @returns undefined: it has no such key, which may be skipped */
const partsOf = (
  item: unknown,
  steps: readonly string[],
  skipMissing: boolean,
): readonly unknown[] | undefined => {
  let found = settled(item);
  for (const step of steps) {
    if (!isMapping(found) && !(found instanceof LazyMapping))
      throw new OperationProblem(`the key ${step} should point to a dictionary, got ${describeType(found)}`);
    const next = partOf(found, step);
    if (next === undefined && skipMissing) return undefined;
    if (next === undefined) throw new OperationProblem(`could not find '${step}' key in iterated item`);
    found = settled(next);
  }
  if (Array.isArray(found)) return found;
  throw new OperationProblem(
    `the key ${steps.at(-1) ?? ''} should point to a list, got ${describeType(found)}`,
  );
};

const subelements = (value: unknown, path: unknown, skipMissing: boolean): unknown => {
  if (!Array.isArray(value) && !isMapping(value))
    throw new OperationProblem('obj must be a list of dicts or a nested dict');
  if (!Array.isArray(path) && typeof path !== 'string')
    throw new OperationProblem('subelements must be a list or a string');
  const steps = Array.isArray(path) ? path.map(pythonText) : path.split('.');
  const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return items.flatMap((item) =>
    (partsOf(item, steps, skipMissing) ?? []).map((part) => tupleOf([item, part])),
  );
};

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
  combine: {
    ...restOperation([], (_, value, named, ...others) => {
      const { recursive, list_merge: how, ...odd } = named as Readonly<Record<string, unknown>>;
      if (Object.keys(odd).length > 0)
        throw new OperationProblem("'recursive' and 'list_merge' are the only valid keyword arguments");
      return combine(value, others, Boolean(recursive), String(how ?? 'replace'));
    }),
    anyNamed: true,
  },
  dict2items: operation(['key_name', 'value_name'], (_, value, key = 'key', name = 'value') =>
    Object.entries(wantDictionary(value)).map(([k, v]) =>
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
        throw new NothingThere(`extract: there is no "${pythonText(step)}"${whyMissing(current, step)}`);
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
