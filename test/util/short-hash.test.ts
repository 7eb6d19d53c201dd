import { expect, test } from 'vitest';
import { shortHash } from '../../src/util/short-hash.ts';

test('is FNV-1a', () => {
  expect(shortHash('')).toBe('811c9dc5');
  expect(shortHash('foobar')).toBe('bf9cf968');
});
