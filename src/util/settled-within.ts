/**
 * Waits for a promise to settle, however it does, but no longer than this. Leaves no timer behind: one that goes on for
 * seconds holds what hangs on it, and of a thousand hosts that is much.
 */
export const settledWithin = (promise: Promise<unknown>, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    timer.unref();
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    promise.then(done, done);
  });
