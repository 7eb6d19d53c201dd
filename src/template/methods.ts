import { formatBraces } from './format-braces.ts';
import { listOf } from './list-of.ts';
import { bindArguments, readParams, type TemplateValues } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { compareValues, isEqual } from './operators.ts';
import { describeType, isMapping, LazyMapping, setKey, tupleOf } from './values.ts';

/** Where Python's splitlines cuts; from code points, since a pattern with control characters in it cannot be read. */
const lineEnds = new RegExp(`\r\n|[${String.fromCharCode(10, 11, 12, 13, 28, 29, 30, 133, 8232, 8233)}]`);

interface Method {
  readonly params: readonly string[];
  readonly run: (...values: TemplateValues) => unknown;
  readonly needs?: number | undefined;
  readonly rest?: boolean;
  readonly anyNamed?: boolean;
}

/** @param params  see `readParams` */
const method = (params: readonly string[], run: Method['run']): Method => ({ ...readParams(params), run });

const blanks = ' \t\n\r\x0b\f';

const strip = (text: string, characters: unknown, side: 'left' | 'right' | 'both'): string => {
  const set = typeof characters === 'string' ? characters : blanks;
  let [start, end] = [0, text.length];
  while (side !== 'right' && start < end && set.includes(text[start] ?? '')) start += 1;
  while (side !== 'left' && end > start && set.includes(text[end - 1] ?? '')) end -= 1;
  return text.slice(start, end);
};

/** Python's `str.split`: without a separator at any blanks, without empty parts. */
export const splitText = (text: string, separator: unknown, maximum: unknown = -1): string[] => {
  const limit = typeof maximum === 'number' && maximum >= 0 ? maximum : Number.POSITIVE_INFINITY;
  const parts: string[] = [];
  if (typeof separator === 'string') {
    if (separator === '') throw new OperationProblem('split: the separator is empty');
    let rest = text;
    for (let at = rest.indexOf(separator); at !== -1 && parts.length < limit; at = rest.indexOf(separator)) {
      parts.push(rest.slice(0, at));
      rest = rest.slice(at + separator.length);
    }
    return [...parts, rest];
  }
  let rest = strip(text, undefined, 'left');
  while (rest !== '' && parts.length < limit) {
    const word = /^\S+/.exec(rest)?.[0] ?? '';
    parts.push(word);
    rest = strip(rest.slice(word.length), undefined, 'left');
  }
  return rest === '' ? parts : [...parts, rest];
};

const reverseText = (text: string): string => [...text].reverse().join('');

const splitFromRight = (text: string, separator: unknown, maximum: unknown): string[] =>
  splitText(reverseText(text), typeof separator === 'string' ? reverseText(separator) : separator, maximum)
    .reverse()
    .map(reverseText);

export const splitLines = (text: string): string[] => {
  const parts = text.split(lineEnds);
  if (parts.at(-1) === '') parts.pop();
  return parts;
};

const affixes = (affix: unknown): readonly string[] =>
  Array.isArray(affix) ? affix.map(String) : [String(affix)];

const capitalize = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();

const titleCase = (text: string): string =>
  text.replaceAll(/\p{L}+/gu, (word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase());

const replaceText = (text: string, old: string, other: string, count: unknown): string => {
  if (typeof count !== 'number' || count < 0) return text.replaceAll(old, () => other);
  return splitText(text, old, count).join(other);
};

const partition = (text: string, separator: string, at: number): string[] =>
  tupleOf([text.slice(0, at), separator, text.slice(at + separator.length)]);

const matches =
  (pattern: RegExp) =>
  (text: string): boolean =>
    pattern.test(text);

/** Characters as Python counts them. */
const sizeOf = (text: string): number => [...text].length;

/** A place in UTF-16 as a place in characters; -1 stays. */
const characterAt = (text: string, at: number): number => (at < 0 ? at : sizeOf(text.slice(0, at)));

const findFrom = (text: string, part: string, start: number): number => {
  const characters = [...text];
  const from = start < 0 ? Math.max(0, start + characters.length) : start;
  if (from > characters.length) return -1;
  const before = characters.slice(0, from).join('').length;
  return characterAt(text, text.indexOf(part, before));
};

const count = (text: string, part: string): number =>
  part === '' ? sizeOf(text) + 1 : text.split(part).length - 1;

const expandTabs = (text: string, size: number): string => {
  let column = 0;
  return [...text]
    .map((character) => {
      const shown = character === '\t' && size > 0 ? ' '.repeat(size - (column % size)) : character;
      column = character === '\n' || character === '\r' ? 0 : column + shown.length;
      return character === '\t' && size <= 0 ? '' : shown;
    })
    .join('');
};

export const center = (text: string, width: number, fill = ' '): string => {
  const room = Math.max(0, width - sizeOf(text));
  const left = Math.floor(room / 2) + (room & width & 1);
  return fill.repeat(left) + text + fill.repeat(room - left);
};

const texts: Readonly<Record<string, Method>> = {
  upper: method([], (text: string) => text.toUpperCase()),
  lower: method([], (text: string) => text.toLowerCase()),
  casefold: method([], (text: string) => text.toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ')),
  title: method([], titleCase),
  capitalize: method([], capitalize),
  swapcase: method([], (text: string) =>
    [...text].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(''),
  ),
  strip: method(['chars'], (text: string, chars: unknown) => strip(text, chars, 'both')),
  lstrip: method(['chars'], (text: string, chars: unknown) => strip(text, chars, 'left')),
  rstrip: method(['chars'], (text: string, chars: unknown) => strip(text, chars, 'right')),
  split: method(['sep', 'maxsplit'], splitText),
  rsplit: method(['sep', 'maxsplit'], splitFromRight),
  splitlines: method([], splitLines),
  join: method(['iterable!'], (text: string, parts: unknown) => {
    const list = listOf(parts, 'join');
    if (list.some((part) => typeof part !== 'string')) {
      throw new OperationProblem('join wants a list of texts', 'the filter "join" takes any list');
    }
    return list.join(text);
  }),
  replace: method(['old!', 'new!', 'count'], (text: string, old: string, other: string, count: unknown) =>
    replaceText(text, String(old), String(other), count),
  ),
  startswith: method(['prefix!'], (text: string, prefix) =>
    affixes(prefix).some((one) => text.startsWith(one)),
  ),
  endswith: method(['suffix!'], (text: string, suffix) => affixes(suffix).some((one) => text.endsWith(one))),
  removeprefix: method(['prefix!'], (text: string, prefix: string) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  removesuffix: method(['suffix!'], (text: string, suffix: string) =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  find: method(['sub!', 'start'], (text: string, part: string, start = 0) =>
    findFrom(text, String(part), start),
  ),
  rfind: method(['sub!'], (text: string, part: string) => characterAt(text, text.lastIndexOf(String(part)))),
  index: method(['sub!'], (text: string, part: string) => {
    const at = findFrom(text, String(part), 0);
    if (at === -1) throw new OperationProblem(`the text does not have ${JSON.stringify(part)} in it`);
    return at;
  }),
  count: method(['sub!'], (text: string, part: string) => count(text, String(part))),
  partition: method(['sep!'], (text: string, separator: string) => {
    const at = text.indexOf(separator);
    return at === -1 ? tupleOf([text, '', '']) : partition(text, separator, at);
  }),
  rpartition: method(['sep!'], (text: string, separator: string) => {
    const at = text.lastIndexOf(separator);
    return at === -1 ? tupleOf(['', '', text]) : partition(text, separator, at);
  }),
  zfill: method(['width!'], (text: string, width: number) => {
    const sign = /^[-+]/.exec(text)?.[0] ?? '';
    return sign + '0'.repeat(Math.max(0, width - sizeOf(text))) + text.slice(sign.length);
  }),
  ljust: method(
    ['width!', 'fillchar'],
    (text: string, width: number, fill = ' ') => text + fill.repeat(Math.max(0, width - sizeOf(text))),
  ),
  rjust: method(
    ['width!', 'fillchar'],
    (text: string, width: number, fill = ' ') => fill.repeat(Math.max(0, width - sizeOf(text))) + text,
  ),
  center: method(['width!', 'fillchar'], center),
  expandtabs: method(['tabsize'], (text: string, size = 8) => expandTabs(text, size)),
  isdigit: method([], matches(/^[\p{Nd}\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]+$/u)),
  isnumeric: method([], matches(/^\p{N}+$/u)),
  isdecimal: method([], matches(/^\p{Nd}+$/u)),
  isalpha: method([], matches(/^\p{L}+$/u)),
  isalnum: method([], matches(/^[\p{L}\p{N}]+$/u)),
  isspace: method([], matches(/^\s+$/)),
  isupper: method([], (text: string) => text === text.toUpperCase() && text !== text.toLowerCase()),
  islower: method([], (text: string) => text === text.toLowerCase() && text !== text.toUpperCase()),
  format: {
    params: [],
    rest: true,
    anyNamed: true,
    run: (text: string, named, ...args) => formatBraces(text, args, named),
  },
};

const absent = Symbol('absent');

const find = (mapping: unknown, key: unknown): unknown => {
  if (mapping instanceof LazyMapping) return mapping.get(String(key)) ?? absent;
  return isMapping(mapping) && Object.hasOwn(mapping, String(key)) ? mapping[String(key)] : absent;
};

const keysOf = (mapping: unknown): string[] =>
  mapping instanceof LazyMapping ? [...mapping.keys()] : Object.keys(mapping as object);

const entryOf = (mapping: unknown, key: string): unknown => {
  const value = find(mapping, key);
  return value === absent ? null : value;
};

const mappings: Readonly<Record<string, Method>> = {
  get: method(['key!', 'default'], (mapping, key, fallback = null) => {
    const value = find(mapping, key);
    return value === absent ? fallback : value;
  }),
  keys: method([], keysOf),
  values: method([], (mapping) => keysOf(mapping).map((key) => entryOf(mapping, key))),
  items: method([], (mapping) => keysOf(mapping).map((key) => tupleOf([key, entryOf(mapping, key)]))),
  copy: method([], (mapping: object) => ({ ...mapping })),
};

const lists: Readonly<Record<string, Method>> = {
  index: method(['value!'], (list: unknown[], value) => {
    const at = list.findIndex((part) => isEqual(part, value));
    if (at === -1) throw new OperationProblem('the list does not have that item');
    return at;
  }),
  count: method(['value!'], (list: unknown[], value) => list.filter((part) => isEqual(part, value)).length),
  copy: method([], (list: unknown[]) => [...list]),
};

/** These change what they are called on; allowed on what the same template has made. */
const changing: Readonly<Record<'list' | 'mapping', Readonly<Record<string, Method>>>> = {
  list: {
    append: method(['value!'], (list: unknown[], value) => {
      list.push(value);
      return null;
    }),
    extend: method(['values!'], (list: unknown[], values: unknown) => {
      list.push(...listOf(values, 'extend'));
      return null;
    }),
    insert: method(['index!', 'value!'], (list: unknown[], index: number, value) => {
      list.splice(index, 0, value);
      return null;
    }),
    remove: method(['value!'], (list: unknown[], value) => {
      const at = list.findIndex((part) => isEqual(part, value));
      if (at === -1) throw new OperationProblem('the list does not have that item');
      list.splice(at, 1);
      return null;
    }),
    pop: method(['index'], (list: unknown[], index = -1) => {
      const at = index < 0 ? index + list.length : index;
      if (at < 0 || at >= list.length)
        throw new OperationProblem(`the list has no item ${index} to take away`);
      return list.splice(at, 1)[0];
    }),
    sort: method(['reverse'], (list: unknown[], reverse = false) => {
      list.sort((a, b) => compareValues(a, b) * (reverse ? -1 : 1));
      return null;
    }),
    reverse: method([], (list: unknown[]) => {
      list.reverse();
      return null;
    }),
  },
  mapping: {
    update: {
      params: [],
      rest: true,
      anyNamed: true,
      run: (mapping: Record<string, unknown>, named, other = {}) => {
        for (const [key, value] of [...Object.entries(other as object), ...Object.entries(named as object)]) {
          setKey(mapping, key, value);
        }
        return null;
      },
    },
    setdefault: method(['key!', 'default'], (mapping: Record<string, unknown>, key, fallback = null) => {
      if (!Object.hasOwn(mapping, String(key))) setKey(mapping, String(key), fallback);
      return mapping[String(key)];
    }),
    pop: method(['key!', 'default'], (mapping: Record<string, unknown>, key, fallback) => {
      if (fallback === undefined && !Object.hasOwn(mapping, String(key)))
        throw new OperationProblem(`the mapping has no key ${JSON.stringify(key)} to take away`);
      const value = Object.hasOwn(mapping, String(key)) ? mapping[String(key)] : fallback;
      delete mapping[String(key)];
      return value;
    }),
  },
};

const own = (table: Readonly<Record<string, Method>>, name: string): Method | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

type Methods = Readonly<Record<string, Method>>;

/** Those that leave a value as it is, and those that change it. */
const methodsOf = (value: unknown): readonly [still: Methods, moving: Methods] => {
  if (typeof value === 'string') return [texts, {}];
  if (Array.isArray(value)) return [lists, changing.list];
  return isMapping(value) || value instanceof LazyMapping ? [mappings, changing.mapping] : [{}, {}];
};

/** What can be called on a value, for "did you mean". */
export const methodNames = (value: unknown): readonly string[] => methodsOf(value).flatMap(Object.keys);

const methodOf = (value: unknown, name: string): { found: Method; changes: boolean } | undefined => {
  const [still, moving] = methodsOf(value);
  const found = own(still, name);
  if (found !== undefined) return { found, changes: false };
  const mover = own(moving, name);
  return mover === undefined ? undefined : { found: mover, changes: true };
};

export const hasMethod = (value: unknown, name: string): boolean => methodOf(value, name) !== undefined;

/**
 * Calls one of Python's methods of texts, lists and mappings (`.split()`, `.items()`, `.get()`).
 *
 * @param mayChange  the value was made by the same template; variables are never changed
 * @throws OperationProblem
 */
export const callMethod = (
  value: unknown,
  name: string,
  positional: readonly unknown[],
  named: Readonly<Record<string, unknown>>,
  mayChange: boolean,
): unknown => {
  const known = methodOf(value, name);
  if (known === undefined) throw new OperationProblem(`${describeType(value)} has no method "${name}"`);
  if (known.changes && !mayChange) {
    throw new OperationProblem(
      `"${name}" would change a variable`,
      'make a new value: "+" joins lists, "combine" joins mappings',
    );
  }
  const { params, needs = 0, rest = false, anyNamed = false, run } = known.found;
  return run(value, ...bindArguments(name, { params, needs, rest, anyNamed }, positional, named));
};
