import { expect, test } from 'vitest';
import { everyTransition } from '../containers/synapse/round-trip.ts';

test('every transition is made once, in one walk', () => {
  const walk = everyTransition(['a', 'b', 'c', 'd', 'e']);
  const pairs = walk.slice(1).map((name, index) => `${walk[index]}${name}`);
  expect(new Set(pairs).size).toBe(20);
  expect(pairs).toHaveLength(20);
  expect(pairs.some(([from, to]) => from === to)).toBe(false);
});
