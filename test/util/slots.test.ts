import { expect, test } from 'vitest';
import { deferred } from '../../src/util/deferred.ts';
import { Slots, Standstill } from '../../src/util/slots.ts';

test('who pauses lets another have the place, and goes on with one', async () => {
  const slots = new Slots(1);
  const said: string[] = [];
  const bell = deferred<void>();
  const first = slots.use(async () => {
    said.push('first waits');
    await slots.pause(bell.promise);
    said.push('first goes on');
  });
  const second = slots.use(async () => {
    said.push('second rings');
    bell.resolve();
    await Promise.resolve();
    said.push('second ends');
  });
  await Promise.all([first, second]);
  expect(said).toEqual(['first waits', 'second rings', 'second ends', 'first goes on']);
});

test('where all wait for one another, each is told so instead of waiting for ever', async () => {
  const slots = new Slots(2);
  const never = new Promise<void>(() => {});
  const wait = (): Promise<void> => slots.use(() => slots.pause(never));
  const ended = await Promise.allSettled([wait(), wait(), wait()]);
  expect(ended.map((one) => one.status === 'rejected' && one.reason instanceof Standstill)).toEqual([
    true,
    true,
    true,
  ]);
});

test('who was about to go on is not taken for one who waits', async () => {
  const slots = new Slots(2);
  const bell = deferred<void>();
  const first = slots.use(() => slots.pause(bell.promise));
  const second = slots.use(async () => {
    bell.resolve();
    await slots.pause(first);
  });
  await expect(Promise.all([first, second])).resolves.toBeDefined();
});
