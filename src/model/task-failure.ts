/** A task failed on one host; an ordinary outcome, reported with its place. Other hosts go on. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
  /** Merged into the registered result: `rc`, `stdout`, … */
  readonly result: Readonly<Record<string, unknown>>;

  constructor(message: string, result: Readonly<Record<string, unknown>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.result = result;
  }
}
