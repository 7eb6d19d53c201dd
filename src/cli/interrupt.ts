import { setMaxListeners } from 'node:events';
import type { Io } from './io.ts';

/** A signal that aborts at Ctrl-C, until it is disposed of. Every host listens to it: Node would warn of a leak at the eleventh. */
export const createInterrupt = (io: Io) => {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const stop = io.onInterrupt(() => controller.abort(new Error('interrupted')));
  return { signal: controller.signal, [Symbol.dispose]: stop };
};
