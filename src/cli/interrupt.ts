import { setMaxListeners } from 'node:events';
import type { Io } from './io.ts';

/**
 * Signals for Ctrl-C, until it is disposed of: the first one aborts `stop` (what runs is to be the last), the next one `signal` too
 * (what runs is to be ended). Every host listens to them: Node would warn of a leak at the eleventh.
 *
 * @param onStop  called at the first one
 */
export const createInterrupt = (io: Io, onStop: () => void = () => {}) => {
  const stop = new AbortController();
  const end = new AbortController();
  for (const { signal } of [stop, end]) setMaxListeners(0, signal);
  const reason = new Error('interrupted');
  const dispose = io.onInterrupt(() => {
    if (stop.signal.aborted) return end.abort(reason);
    onStop();
    stop.abort(reason);
  }, 2);
  return { stop: stop.signal, signal: end.signal, [Symbol.dispose]: dispose };
};
