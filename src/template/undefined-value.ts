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

  constructor(
    message: string,
    code: string,
    node: Expression,
    written = '',
    known: () => Iterable<string> = () => [],
  ) {
    this.message = message;
    this.code = code;
    this.node = node;
    this.written = written;
    this.known = known;
  }
}
