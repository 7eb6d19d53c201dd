import { expect, test } from 'vitest';
import { matchesGlob } from '../../src/util/matches-glob.ts';

test.each([
  ['1.22.1-9', '1.22*', true],
  ['1x22', '1.22*', false],
  ['1.22', '1.2?', true],
  ['1.22', '1.2[0-3]', true],
  ['1.22', '1.2[!0-3]', false],
  ['1.22+b(1)', '1.22+b(1)', true],
  ['1.[', '1.[', true],
])('%s matches %s: %s', (text, pattern, matches) => {
  expect(matchesGlob(text, pattern)).toBe(matches);
});
