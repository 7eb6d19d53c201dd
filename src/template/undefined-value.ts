import type { Expression } from './syntax.ts';

/**
 * Something that is not there: a variable that nobody set, a key that a mapping lacks. As in Jinja2 with strict
 * undefined it may be asked about (`is defined`, `default()`) and nothing else; the first thing that was missing is
 * what the error names, however many attributes follow.
 */
export class UndefinedValue {
  readonly message: string;
  readonly code: string;
  readonly node: Expression;
  /** Names that would have been there, for "did you mean". */
  readonly known: () => Iterable<string>;
  readonly written: string;
  /** Set when a variable is there, but what it refers to is not: the error at that place. */
  readonly cause: Error | undefined;

  constructor(
    message: string,
    code: string,
    node: Expression,
    written = '',
    known: () => Iterable<string> = () => [],
    cause: Error | undefined = undefined,
  ) {
    this.message = message;
    this.code = code;
    this.node = node;
    this.written = written;
    this.known = known;
    this.cause = cause;
  }
}

/** What `A if B` gives where B is false: prints as nothing. */
export class NoElse extends UndefinedValue {
  constructor(node: Expression) {
    super('the inline "if" is false and has no "else"', 'undefined-value', node);
  }
}

/** A variable is there, but refers to something that is not: undefined too, as in Ansible, with the error at its own place. */
export class UnusableVariable {
  readonly error: Error;
  constructor(error: Error) {
    this.error = error;
  }
}
