import { Blocked, isUnknown } from '../model/unknown.ts';
import type { Expression } from './syntax.ts';
import { UndefinedValue, UnusableVariable } from './undefined-value.ts';
import { Unrendered } from './unrendered.ts';
import { describeType, isMapping, LazyMapping, tupleNames, whyMissing } from './values.ts';

/** Characters are what Python counts: one beyond the basic plane is one. */
const characterOf = (text: string, key: string | number): unknown =>
  /^-?\d+$/.test(String(key)) ? [...text].at(Number(key)) : undefined;

/** How an expression is named in messages: `reg.stdout`. */
const describe = (node: Expression): string | undefined => {
  if (node.type === 'name') return node.name;
  const object = node.type === 'attribute' || node.type === 'item' ? describe(node.object) : undefined;
  if (object === undefined) return undefined;
  if (node.type === 'attribute') return `${object}.${node.name}`;
  if (node.type !== 'item' || node.key.type !== 'literal') return undefined;
  return `${object}[${JSON.stringify(node.key.value)}]`;
};

const keysOf = (object: unknown): Iterable<string> => {
  if (object instanceof LazyMapping) return object.keys();
  const container = object instanceof Unrendered ? object.value : object;
  return isMapping(container) ? Object.keys(container) : [];
};

/** One part of a value, by key, index or a tuple's name. @returns undefined when it has none such */
export const partOf = (object: unknown, key: string | number): unknown => {
  if (object instanceof LazyMapping) return object.get(String(key));
  const container = object instanceof Unrendered ? object.value : object;
  if (typeof container === 'string') return characterOf(container, key);
  if (Array.isArray(container)) {
    const named = tupleNames(container)?.indexOf(String(key)) ?? -1;
    if (named === -1 && !/^-?\d+$/.test(String(key))) return undefined;
    const index = named === -1 ? Number(key) : named;
    const at = index < 0 ? container.length + index : index;
    if (at < 0 || at >= container.length) return undefined;
    return object instanceof Unrendered ? object.part(at) : (container[at] ?? null);
  }
  if (!isMapping(container) || !Object.hasOwn(container, String(key))) return undefined;
  return object instanceof Unrendered ? object.part(String(key)) : (container[String(key)] ?? null);
};

/** `object.key` or `object[key]`. @param of  the expression that gave the object */
export const memberOf = (
  object: unknown,
  key: string | number,
  node: Expression,
  of: Expression,
): unknown => {
  if (object instanceof UndefinedValue) return object;
  if (isUnknown(object)) throw new Blocked(object.because);
  const found = partOf(object, key);
  if (found instanceof UnusableVariable)
    return new UndefinedValue(found.error.message, 'undefined-variable', node, '', undefined, found.error);
  if (found !== undefined) return found;
  const name = describe(of);
  const what = Array.isArray(object) || (object instanceof Unrendered && Array.isArray(object.value));
  const missing = what && Number.isInteger(Number(key)) ? `has no item ${key}` : `has no key "${key}"`;
  const owner =
    name === undefined ? describeType(object instanceof Unrendered ? object.value : object) : `"${name}"`;
  const message = `${owner} ${missing}${whyMissing(object, key)}`;
  return new UndefinedValue(message, 'undefined-attribute', node, String(key), () => keysOf(object));
};
