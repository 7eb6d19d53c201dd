import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { base64 } from '../../src/util/base64.ts';
import { sha1 } from '../../src/util/sha1.ts';
import { sha256 } from '../../src/util/sha256.ts';

// Around the ends of blocks, where padding goes wrong.
const sizes = [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 100_000];

test.each(sizes)('%d bytes hash and encode as everywhere else', (size) => {
  const bytes = randomBytes(size);
  expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(sha1(bytes)).toBe(createHash('sha1').update(bytes).digest('hex'));
  expect(base64(bytes)).toBe(bytes.toString('base64'));
});
