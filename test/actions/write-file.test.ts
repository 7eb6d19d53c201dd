import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFile } from '../../src/actions/write-file.ts';
import { absent } from '../../src/model/fact.ts';
import { temporaryFolder } from '../facts/support/run-script.ts';

/** Carries the action out in this machine's sh. @returns what the file holds then, and the length of the script */
const write = (bytes: Uint8Array): { readonly held: Uint8Array; readonly scriptLength: number } => {
  using folder = temporaryFolder();
  const path = join(folder.path, "it's a file");
  const action = writeFile({ path, bytes, current: absent, before: absent, identity: {}, mode: '0644' });
  const input = `( set -e\n${action.sh.sh}\n) </dev/null`;
  const { status, stderr } = spawnSync('sh', ['-s'], { input, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return { held: new Uint8Array(readFileSync(path)), scriptLength: action.sh.sh.length };
};

const text = (length: number): Uint8Array =>
  new TextEncoder().encode("it's a line: $HOME `id` \\ ümlaut\n".repeat(Math.ceil(length / 34)));

test.each([
  ['nothing', new Uint8Array()],
  ['a short text', text(100)],
  ['a text with pairs of surrogates at every place', new TextEncoder().encode('x😀'.repeat(200_000))],
  ['short bytes', new Uint8Array(randomBytes(1000))],
  ['many bytes that cannot be packed', new Uint8Array(randomBytes(1_000_000))],
  ['many bytes that can', Uint8Array.from({ length: 1_000_000 }, (_, at) => at % 7)],
  [
    'so much that it is packed in pieces',
    Uint8Array.from({ length: 3_000_000 }, (_, at) => ((at * at) % 11) ^ (at >> 9)),
  ],
])('%s arrives whole', (_, bytes) => {
  expect(Buffer.compare(write(bytes).held, bytes)).toBe(0);
});

test('what is large and can be packed is sent packed', () => {
  expect(write(text(30_000)).scriptLength).toBeGreaterThan(30_000);
  expect(write(text(300_000)).scriptLength).toBeLessThan(10_000);
});
