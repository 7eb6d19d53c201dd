import type { Located } from '../model/located.ts';
import type { Span } from '../model/span.ts';

/** Where a value and its parts stand: a tree of the value's own shape. */
export interface Place {
  readonly span: Span;
  /** Of a mapping's value: where its key stands. */
  readonly key?: Span | undefined;
  /** Of a scalar: as it is written, quotes included. */
  readonly source?: string | undefined;
  readonly parts?: ReadonlyMap<string, Place> | undefined;
}

const descend = (place: Place, path: readonly PropertyKey[]): { place: Place; complete: boolean } => {
  let current = place;
  for (const step of path) {
    const next = current.parts?.get(String(step));
    if (next === undefined) return { place: current, complete: false };
    current = next;
  }
  return { place: current, complete: true };
};

/** A value with the tree of its places. */
export const located = <T>(value: T, place: Place): Located<T> => ({
  value,
  span: place.span,
  at: (path, part = 'value') => {
    const found = descend(place, path);
    const wantsKey = part === 'key' && found.complete;
    return (wantsKey ? found.place.key : undefined) ?? found.place.span;
  },
  sourceAt: (path) => {
    const found = descend(place, path);
    return found.complete ? found.place.source : undefined;
  },
});

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (current, step) =>
      typeof current === 'object' && current !== null
        ? (current as Record<PropertyKey, unknown>)[step]
        : undefined,
    value,
  );

/**
 * The part at `path` as a located value of its own.
 *
 * @returns with the value undefined and the nearest parent's span where there is nothing at `path`
 */
export const partOf = (whole: Located, path: readonly PropertyKey[]): Located => ({
  value: valueAt(whole.value, path),
  span: whole.at(path),
  at: (rest, part) => whole.at([...path, ...rest], part),
  sourceAt: (rest) => whole.sourceAt([...path, ...rest]),
});

/** The same places with another value: for a part that was read and converted. */
export const withValue = <T>(place: Located, value: T): Located<T> => ({
  value,
  span: place.span,
  at: (path, part) => place.at(path, part),
  sourceAt: (path) => place.sourceAt(path),
});
