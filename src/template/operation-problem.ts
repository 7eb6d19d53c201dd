/** A filter, test, function or operator was given what it cannot work with. The evaluator adds the place. */
export class OperationProblem extends Error {
  override readonly name = 'OperationProblem';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}

/** What an operation was to find is not there: its value is undefined, as a variable is that nobody set. */
export class NothingThere extends OperationProblem {
  readonly isMissing = true;
}
