import type { Io } from './io.ts';

/** A signal that aborts at Ctrl-C, until it is disposed of. */
export const createInterrupt = (io: Io) => {
  const controller = new AbortController();
  const stop = io.onInterrupt(() => controller.abort(new Error('interrupted')));
  return { signal: controller.signal, [Symbol.dispose]: stop };
};
