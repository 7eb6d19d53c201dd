import type { Stretch } from './syntax.ts';

/** An expression went wrong at a place of its text. Caught where the text's own place is known. */
export class EvaluationProblem extends Error {
  override readonly name = 'EvaluationProblem';
  readonly code: string;
  readonly at: Stretch;
  readonly hint: string | undefined;
  /** The variable that is missing. */
  missing: string | undefined;

  constructor(message: string, code: string, at: Stretch, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.at = at;
    this.hint = hint;
  }
}
