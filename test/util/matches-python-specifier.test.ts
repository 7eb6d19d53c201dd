import { expect, test } from 'vitest';
import { matchesPythonSpecifier } from '../../src/util/matches-python-specifier.ts';

test.each([
  ['1.16.0', '', true],
  ['1.16.0', '==1.16', true],
  ['1.16.1', '==1.16', false],
  ['1.16.1', '==1.16.*', true],
  ['1.160', '==1.16.*', false],
  ['1.16.1', '!=1.16.*', false],
  ['1.16.1+local', '==1.16.1', true],
  ['1.16.1+local', '==1.16.1+other', false],
  ['1.16', '>=1.15, <2', true],
  ['2.0', '>=1.15,<2', false],
  ['2.0rc1', '<2.0', false],
  ['2.0rc1', '<2.0rc2', true],
  ['1.7.post1', '>1.7', false],
  ['1.7.1', '>1.7', true],
  ['1.7+local', '>1.7', false],
  ['1.7+local', '<=1.7', true],
  ['2.2.post3', '~=2.2', true],
  ['3.0', '~=2.2', false],
  ['2.3', '~=2.2.0', false],
  ['1.0-odd', '===1.0-ODD', true],
  ['1.0', 'nonsense', false],
  ['1.0', '>=1.0,nonsense', false],
])('%s satisfies "%s": %s', (version, specifier, satisfied) => {
  expect(matchesPythonSpecifier(version, specifier)).toBe(satisfied);
});
