import { pythonText } from './python-text.ts';
import {
  Callable,
  isMapping,
  LazyMapping,
  mappingOf,
  PythonObject,
  tupleNames,
  WholeFloat,
} from './values.ts';

const freshContainers = new WeakSet<object>();

/** A list or mapping that an expression made, and that it may therefore change (`append`). */
export const fresh = <T extends object>(container: T): T => {
  freshContainers.add(container);
  return container;
};

/** Whether a method may change it where it stands. */
export const isFresh = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && freshContainers.has(value);

/** What a filter made of a value may be changed by the template that asked for it. */
export const made = (result: unknown, value: unknown): unknown =>
  result !== value && (Array.isArray(result) || isMapping(result)) ? fresh(result) : result;

/**
 * A value that leaves the expression, without anything that only expressions know: a whole float is a number, a mapping
 * that is made when asked for is made, and nobody may change what was made here any more.
 */
export const finished = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof WholeFloat) return value.value;
  if (value instanceof Callable) return pythonText(value);
  if (value instanceof PythonObject) return value.text;
  if (value instanceof LazyMapping)
    return mappingOf([...value.keys()].map((key) => [key, finished(value.get(key))]));
  // What was not made by an expression holds nothing of this kind.
  if (!freshContainers.delete(value) && tupleNames(value) === undefined) return value;
  if (Array.isArray(value)) {
    const parts = value.map(finished);
    return parts.some((part, index) => part !== value[index]) ? parts : value;
  }
  return mappingOf(Object.entries(value).map(([key, part]) => [key, finished(part)]));
};
