/** A filter, test, function or operator was given what it cannot work with. The evaluator adds the place. */
export class OperationProblem extends Error {
  override readonly name = 'OperationProblem';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}
