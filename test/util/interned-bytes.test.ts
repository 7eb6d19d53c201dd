import { expect, test, vi } from 'vitest';
import { internedBytes } from '../../src/util/interned-bytes.ts';
import { sha256 } from '../../src/util/sha256.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the same bytes are made once', () => {
  const make = vi.fn(() => bytesOf('same'));
  const first = internedBytes(sha256('same'), make);
  expect(internedBytes(sha256('same'), make)).toBe(first);
  expect(make).toHaveBeenCalledTimes(1);
});

test('bytes under a hash that is not theirs are nobody else’s', () => {
  const forged = internedBytes(sha256('theirs'), () => bytesOf('forged'));
  expect(forged).toEqual(bytesOf('forged'));
  expect(internedBytes(sha256('theirs'), () => bytesOf('theirs'))).toEqual(bytesOf('theirs'));
});
