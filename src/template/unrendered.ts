import { Blocked, isUnknown } from '../model/unknown.ts';

/**
 * A list or mapping of a variable that has templates somewhere inside. Only the part that is used is rendered, so
 * that a key whose template cannot be rendered yet is no trouble for those who read its neighbour.
 */
export class Unrendered {
  readonly value: object;
  /** The whole, rendered deep. */
  readonly settle: () => unknown;
  /** One part, rendered when it is a text; undefined when it is not there. */
  readonly part: (key: string | number) => unknown;

  constructor(value: object, settle: () => unknown, part: (key: string | number) => unknown) {
    this.value = value;
    this.settle = settle;
    this.part = part;
  }
}

/** What filters and lookups take: rendered deep. @throws Blocked where it is not known yet */
export const settled = (value: unknown): unknown => {
  if (isUnknown(value)) throw new Blocked(value.because);
  return value instanceof Unrendered ? value.settle() : value;
};
