/** Why a deadline's signal was aborted. */
export class Overdue extends Error {
  override readonly name = 'Overdue';
  readonly timeoutMs: number;
  constructor(timeoutMs: number) {
    super(`overdue after ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/**
 * A signal that aborts when the time is up, or when one of the others does, whichever is first.
 *
 * @param timeoutMs  from now, and again from each `restart`
 */
export const createDeadline = (timeoutMs: number, ...others: readonly (AbortSignal | undefined)[]) => {
  const controller = new AbortController();
  function abort(this: AbortSignal): void {
    controller.abort(this.reason);
  }
  for (const other of others) {
    if (other?.aborted === true) abort.call(other);
    other?.addEventListener('abort', abort, { once: true });
  }
  let timer: NodeJS.Timeout | undefined;
  const restart = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(new Overdue(ms)), ms);
  };
  restart(timeoutMs);
  return {
    signal: controller.signal,
    restart,
    /** Before the time is up. */
    abort: (reason: unknown): void => controller.abort(reason),
    stop: (): void => {
      clearTimeout(timer);
      for (const other of others) other?.removeEventListener('abort', abort);
    },
  };
};
