import { isUnknown, type Unknown } from '../model/unknown.ts';

/** A whole number that Python would call a float and print as `2.0`. Only inside of an expression; never handed out. */
export class WholeFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A result that is a float in Python, whole or not. */
export const floatOf = (value: number): number | WholeFloat =>
  Number.isInteger(value) ? new WholeFloat(value) : value;

/** Something that parentheses after a name call: a macro, `range`, `lookup`. */
export class Callable {
  readonly name: string;
  readonly call: (positional: readonly unknown[], named: Readonly<Record<string, unknown>>) => unknown;
  /** Its arguments may be undefined: it finds out when it uses them. */
  readonly loose: boolean;
  constructor(name: string, call: Callable['call'], { loose = false } = {}) {
    this.name = name;
    this.call = call;
    this.loose = loose;
  }
}

/**
 * A mapping whose values are made when somebody asks: `hostvars` has the variables of every host, and a
 * template reads two of them.
 */
export class LazyMapping {
  readonly get: (key: string) => unknown;
  readonly keys: () => Iterable<string>;
  /** What happens when it is called (`loop(…)`); undefined: it cannot be. */
  readonly callable: Callable | undefined;
  /** Why there is nothing at a key, for messages; undefined: there is nothing to say. */
  readonly explain: ((key: string) => string | undefined) | undefined;
  /** @param get  undefined where there is nothing */
  constructor(
    get: (key: string) => unknown,
    keys: () => Iterable<string>,
    { callable, explain }: Partial<Pick<LazyMapping, 'callable' | 'explain'>> = {},
  ) {
    this.get = get;
    this.keys = keys;
    this.callable = callable;
    this.explain = explain;
  }
}

/** Something of Python's with parts and methods that prints as a text of its own: a moment, a span of time. */
export class PythonObject extends LazyMapping {
  /** What Python calls its type. */
  readonly type: string;
  /** As `str` has it. */
  readonly text: string;
  constructor(type: string, text: string, get: LazyMapping['get'], keys: LazyMapping['keys']) {
    super(get, keys);
    this.type = type;
    this.text = text;
  }
}

/** What a message about a missing key adds, where there is something to say. */
export const whyMissing = (container: unknown, key: unknown): string => {
  const why = container instanceof LazyMapping ? container.explain?.(String(key)) : undefined;
  return why === undefined ? '' : `: ${why}`;
};

const tuples = new WeakMap<object, readonly string[]>();

/**
 * Marks a list as one that Python prints in parentheses and that `%` takes apart. Everything else it is a list for.
 *
 * @param names  of its parts, for `.grouper` and `.list`
 */
export const tupleOf = <T>(items: T[], names: readonly string[] = []): T[] => {
  tuples.set(items, names);
  return items;
};

/** The names of a tuple's parts, mostly none; undefined where the list is no tuple. */
export const tupleNames = (value: object): readonly string[] | undefined => tuples.get(value);

export type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping => {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isUnknown(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** A key that every mapping has, `__proto__` too, set as an ordinary one. */
export const setKey = (target: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
};

export const mappingOf = (entries: Iterable<readonly [string, unknown]>): Record<string, unknown> => {
  const result: Record<string, unknown> = {};
  for (const [key, value] of entries) setKey(result, key, value);
  return result;
};

/** What Python calls the type, for messages and `type_debug`. */
export const typeName = (value: unknown): string => {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (value instanceof WholeFloat) return 'float';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (Array.isArray(value)) return 'list';
  if (value instanceof PythonObject) return value.type;
  return value instanceof Callable ? 'function' : 'dict';
};

/** The type in words that a user of YAML knows. */
export const describeType = (value: unknown): string => {
  const words: Readonly<Record<string, string>> = {
    NoneType: 'nothing (null)',
    str: 'a text',
    bool: 'a boolean',
    int: 'a number',
    float: 'a number',
    list: 'a list',
    dict: 'a mapping',
    function: 'a function',
    datetime: 'a moment',
    timedelta: 'a span of time',
  };
  return words[typeName(value)] ?? 'a value';
};

/** Python's truth: nothing, zero and what is empty are false. */
export const isTruthy = (value: unknown): boolean => {
  if (value instanceof WholeFloat) return value.value !== 0;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof LazyMapping) return true;
  if (isMapping(value)) return Object.keys(value).length > 0;
  return Boolean(value) || Number.isNaN(value);
};

const unknownParts = new WeakMap<object, Unknown | false>();

/** The first value inside that cannot be known yet. Values are never changed, so each is searched once. */
export const findUnknown = (value: unknown): Unknown | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isUnknown(value)) return value;
  if (!Array.isArray(value) && !isMapping(value)) return undefined;
  const remembered = unknownParts.get(value);
  if (remembered !== undefined) return remembered === false ? undefined : remembered;
  let found: Unknown | undefined;
  for (const part of Object.values(value)) {
    found = findUnknown(part);
    if (found !== undefined) break;
  }
  unknownParts.set(value, found ?? false);
  return found;
};
