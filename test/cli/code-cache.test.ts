import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCached } from '../../src/cli/code-cache.ts';

let place: string;
let script: string;
let folder: string;

// V8 remembers in one process what it has compiled, and looks at no code from outside then: so no text is like another.
let texts = 100;
const writeScript = (value: string): void => {
  texts += 1;
  writeFileSync(script, `(function(){ return ${value}; })() // ${texts}`);
};

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'syn-deploy-test-'));
  script = join(place, 'script.cjs');
  folder = join(place, 'cache', 'syn-deploy');
});
afterEach(() => rmSync(place, { recursive: true }));

const run = (text = 'a', use = 'apply', value = '6 * 7') => {
  writeScript(value);
  return runCached(script, { folder, text, use });
};
const kept = (): readonly string[] => readdirSync(folder).sort();

test('what was compiled is kept, for its owner alone, and taken the next time', () => {
  const first = run();
  expect(first.value).toBe(42);
  first.keep();
  expect(kept()).toEqual(['a-apply']);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'a-apply')).mode & 0o777).toBe(0o600);
  // Kept again only when it is news: a sign that it was taken.
  chmodSync(join(folder, 'a-apply'), 0o400);
  const second = run();
  expect(second.value).toBe(42);
  second.keep();
  expect(statSync(join(folder, 'a-apply')).mode & 0o777).toBe(0o400);
});

test('code that is no good is refused, and made anew', () => {
  run().keep();
  const good = readFileSync(join(folder, 'a-apply'));
  // Taken as it is, this one would end the process.
  const damaged = Buffer.from(good).fill(0, good.length / 2, good.length / 2 + 64);
  for (const bad of [damaged, Buffer.alloc(0), Buffer.from('not code'), good.subarray(0, good.length / 2)]) {
    writeFileSync(join(folder, 'a-apply'), bad);
    const again = run();
    expect(again.value).toBe(42);
    again.keep();
    expect(readFileSync(join(folder, 'a-apply')).length).toBe(good.length);
  }
});

test("another text's code is never taken, but taken away", () => {
  run('a', 'apply').keep();
  run('a', 'check').keep();
  expect(kept()).toEqual(['a-apply', 'a-check']);
  const other = run('b', 'apply', '6 * 8');
  expect(other.value).toBe(48);
  other.keep();
  expect(kept()).toEqual(['b-apply']);
});

test('without a place to keep it, everything works as well', () => {
  writeFileSync(join(place, 'cache'), 'in the way');
  const { value, keep } = run();
  expect(value).toBe(42);
  expect(keep).not.toThrow();
  const none = runCached(script, undefined);
  expect(none.value).toBe(42);
  expect(none.keep).not.toThrow();
});

test('a folder or a file that others may write to is left alone', () => {
  run().keep();
  chmodSync(folder, 0o777);
  writeFileSync(join(folder, 'a-apply'), 'planted');
  const again = run();
  expect(again.value).toBe(42);
  again.keep();
  expect(readFileSync(join(folder, 'a-apply'), 'utf8')).toBe('planted');
});

test('a folder that cannot be made does no harm', () => {
  folder = '/proc/nope/syn-deploy';
  const { value, keep } = run();
  expect(value).toBe(42);
  expect(keep).not.toThrow();
});
