import { expect, test } from 'vitest';
import type { PlannedTask } from '../../src/engine/planned.ts';
import { Throttles } from '../../src/engine/throttles.ts';

const throttled = [{ instance: { task: { id: 'a', throttle: 1 } } }] as unknown as readonly PlannedTask[];

const wait = (place: Promise<void>): Promise<void> => place;

test('a wait for a place that is broken off takes the place from nobody', async () => {
  const throttles = new Throttles();
  const giveBack = await throttles.take(throttled, wait);
  const brokenOff = throttles.take(throttled, async () => {
    throw new Error('stopped');
  });
  await expect(brokenOff).rejects.toThrow('stopped');
  const next = throttles.take(throttled, wait);
  giveBack();
  (await next)();
  (await throttles.take(throttled, wait))();
});
