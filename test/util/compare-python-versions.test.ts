import { expect, test } from 'vitest';
import { comparePythonVersions, parsePythonVersion } from '../../src/util/compare-python-versions.ts';

const read = (text: string) => {
  const version = parsePythonVersion(text);
  if (version === undefined) throw new Error(`no version: ${text}`);
  return version;
};

/** In the order of PEP 440. */
const ordered = [
  '1.0.dev456',
  '1.0a1',
  '1.0a2.dev456',
  '1.0a12.dev456',
  '1.0a12',
  '1.0b1.dev456',
  '1.0b2',
  '1.0b2.post345.dev456',
  '1.0b2.post345',
  '1.0rc1.dev456',
  '1.0rc1',
  '1.0',
  '1.0+abc.5',
  '1.0+abc.7',
  '1.0+5',
  '1.0.post456.dev34',
  '1.0.post456',
  '1.1.dev1',
  '1!0.1',
];

test('versions have the order of PEP 440', () => {
  const sorted = ordered.toReversed().sort((a, b) => comparePythonVersions(read(a), read(b)));
  expect(sorted).toEqual(ordered);
});

test.each([
  ['1.0', '1'],
  ['v1.0', '1.0.0'],
  ['1.0-alpha.1', '1.0a1'],
  ['1.0c1', '1.0RC1'],
  ['1.0-1', '1.0.post1'],
  ['1.0rev', '1.0.post0'],
  ['1.0+ABC-5', '1.0+abc.5'],
])('%s and %s are one version', (first, second) => {
  expect(comparePythonVersions(read(first), read(second))).toBe(0);
});

test.each(['', 'latest', '1.0-', '1.0+', 'french toast'])('"%s" is no version', (text) => {
  expect(parsePythonVersion(text)).toBeUndefined();
});
