import { expect, test, vi } from 'vitest';
import { createInterrupt } from '../../src/cli/interrupt.ts';
import type { Io } from '../../src/cli/io.ts';

test('a thousand hosts may listen for Ctrl-C, and Node warns of no leak', async () => {
  const warned = vi.fn();
  process.on('warning', warned);
  let press = (): void => {};
  const onInterrupt = (listener: () => void) => {
    press = listener;
    return () => {};
  };
  const io = { onInterrupt } as unknown as Io;
  using interrupt = createInterrupt(io);
  let heard = 0;
  for (let host = 0; host < 1000; host += 1)
    interrupt.stop.addEventListener('abort', () => {
      heard += 1;
    });
  press();
  // Node tells warnings in a later tick.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', warned);
  expect(heard).toBe(1000);
  expect(warned).not.toHaveBeenCalled();
});
