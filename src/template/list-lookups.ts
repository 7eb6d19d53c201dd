import { listOf, wantSize } from './list-of.ts';
import type { LookupPlugin } from './lookup-plugins.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';
import { sequenceOf } from './sequence-lookup.ts';
import { settled } from './unrendered.ts';
import { describeType, isMapping, tupleOf } from './values.ts';

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** One level of lists taken away. */
const flat = (values: readonly unknown[]): unknown[] => values.flatMap(asList);

const listTerms = (terms: readonly unknown[], who: string): readonly (readonly unknown[])[] => {
  if (terms.length === 0)
    throw new OperationProblem(`with_${who} requires at least one element in each list`);
  return terms.map(asList);
};

const combinations = (lists: readonly (readonly unknown[])[], who: string): unknown[][] =>
  lists.reduce<unknown[][]>(
    (sofar, list) => {
      wantSize(sofar.length * list.length, who);
      return sofar.flatMap((before) => list.map((item) => [...before, ...asList(item)]));
    },
    [[]],
  );

const nested = (who: string): LookupPlugin => ({
  run: (_, terms) => combinations(listTerms(terms, who), who),
});

const together: LookupPlugin = {
  run: (_, terms) => {
    const lists = listTerms(terms, 'together');
    const length = Math.max(...lists.map((list) => list.length));
    return Array.from({ length }, (_each, index) => flat(lists.map((list) => list[index] ?? null)));
  },
};

const dict: LookupPlugin = {
  run: (_, terms) =>
    flat(terms).flatMap((term) => {
      if (!isMapping(term))
        throw new OperationProblem(`with_dict expects a dict: a mapping, found ${describeType(term)}`);
      return Object.entries(term).map(([key, value]) => ({ key, value }));
    }),
};

const isSkipped = (item: Readonly<Record<string, unknown>>): boolean => (item['skipped'] ?? false) !== false;

/** One step on the way to the list; undefined: nothing is there, and that is allowed. */
const stepInto = (
  found: Readonly<Record<string, unknown>>,
  key: string,
  wanted: 'dictionary' | 'list',
  skipMissing: boolean,
): unknown => {
  const value = settled(found[key]);
  if (value === undefined && skipMissing) return undefined;
  if (value === undefined)
    throw new OperationProblem(
      `subelements: could not find '${key}' key in iterated item`,
      '"skip_missing: true" leaves such items out',
    );
  if (wanted === 'list' ? Array.isArray(value) : isMapping(value)) return value;
  if (wanted === 'dictionary' && skipMissing) return undefined;
  throw new OperationProblem(
    `subelements: the key ${key} should point to a ${wanted}, got ${describeType(value)}`,
  );
};

/** The list at a path of keys, or undefined where there is nothing and that is allowed. */
const subList = (
  item: Readonly<Record<string, unknown>>,
  path: string,
  skipMissing: boolean,
): readonly unknown[] | undefined => {
  const keys = path.split('.');
  let found: unknown = item;
  for (const [index, key] of keys.entries()) {
    const wanted = index === keys.length - 1 ? 'list' : 'dictionary';
    found = isMapping(found) ? stepInto(found, key, wanted, skipMissing) : undefined;
  }
  return found as readonly unknown[] | undefined;
};

const wrongTerms = (what: string): OperationProblem =>
  new OperationProblem(`subelements lookup expects a list of two or three items, ${what}`);

const subelements: LookupPlugin = {
  run: (_, terms) => {
    const [first, path, options = {}] = terms;
    if (terms.length < 2 || terms.length > 3) throw wrongTerms(`found ${terms.length}`);
    if (!(Array.isArray(first) || isMapping(first)) || typeof path !== 'string')
      throw Array.isArray(first) || isMapping(first) || typeof path !== 'string'
        ? wrongTerms('first a dict or a list, second a string pointing to the subkey')
        : new OperationProblem(`subelements lookup expects a dictionary, got ${describeType(first)}`);
    if (!isMapping(options))
      throw wrongTerms("the optional third item must be a dict with flags, 'skip_missing'");
    // What a loop has registered of which every item was skipped.
    if (isMapping(first) && isSkipped(first)) return [];
    const items = isMapping(first) ? Object.values(first) : listOf(first, 'subelements');
    const skip = isTrue(options['skip_missing']);
    return items.flatMap((item) => {
      const settledItem = settled(item);
      if (!isMapping(settledItem))
        throw new OperationProblem(
          `subelements lookup expects a dictionary, got ${describeType(settledItem)}`,
        );
      if (isSkipped(settledItem)) return [];
      return (subList(settledItem, path, skip) ?? []).map((part) => tupleOf([item, part]));
    });
  },
};

const isTrue = (value: unknown): boolean =>
  value === true || /^(?:true|yes|on|1)$/i.test(String(value ?? ''));

/** Lookups that make lists of their terms, and nothing else. */
export const listLookups: Readonly<Record<string, LookupPlugin>> = {
  items: { run: (_, terms) => flat(terms) },
  list: { run: (_, terms) => terms },
  flattened: { run: (_, terms) => terms.flat(Number.POSITIVE_INFINITY) },
  dict,
  indexed_items: {
    run: (_, terms) => {
      if (terms.some(isMapping)) throw new OperationProblem('with_indexed_items expects a list');
      return flat(terms).map((item, index) => tupleOf([index, item]));
    },
  },
  nested: nested('nested'),
  cartesian: nested('cartesian'),
  together,
  subelements,
  sequence: {
    options: ['start', 'end', 'count', 'stride', 'format'],
    run: (_, terms, named) =>
      terms.length === 0
        ? sequenceOf('', named)
        : terms.flatMap((term) => sequenceOf(pythonText(term), named)),
  },
};
