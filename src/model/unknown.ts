const tag: unique symbol = Symbol('unknown');

/**
 * A value that cannot be known yet: the output of a command that has not run, a fact that an action of an
 * earlier task will change in a way nobody can predict.
 */
export interface Unknown {
  readonly [tag]: true;
  /** What has to happen first, in words: the name and place of a task. */
  readonly because: string;
}

export const unknown = (because: string): Unknown => Object.freeze({ [tag]: true as const, because });

export const isUnknown = (value: unknown): value is Unknown =>
  typeof value === 'object' && value !== null && tag in value;

/**
 * Thrown where a value is needed that cannot be known yet. The engine catches it, and only the engine: the task
 * is *blocked* until what it waits for has happened.
 */
export class Blocked extends Error {
  override readonly name = 'Blocked';
  readonly because: string;

  constructor(because: string) {
    super(`waits for ${because}`);
    this.because = because;
  }
}
