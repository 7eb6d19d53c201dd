import { expect, test } from 'vitest';
import { readLimit } from '../../src/inventory/read-limit.ts';
import { memoryFiles } from '../support/memory-files.ts';

const files = memoryFiles({
  'hosts.txt': 'web1\n\n  db:&eu  \n!old\n',
  'lists/one': 'web1',
  'empty.txt': '\n \n',
});

test.each([
  [undefined, undefined],
  ['web:&eu', 'web:&eu'],
  ['@hosts.txt', 'web1,db:&eu,!old'],
  ['a, @lists/one ,b', 'a,web1,b'],
])('%s', (limit, pattern) => {
  expect(readLimit(limit, files)).toEqual({ pattern, diagnostics: [] });
});

test.each([
  ['@host.txt', 'there is no file host.txt for the limit', 'did you mean "@hosts.txt"?'],
  ['web,@lists/on', 'there is no file lists/on for the limit', 'did you mean "@lists/one"?'],
  ['@lists', 'there is no file lists for the limit', undefined],
  ['@empty.txt', 'empty.txt has no host in it, and would not limit anything', undefined],
])('%s is wrong', (limit, message, hint) => {
  const read = readLimit(limit, files);
  expect(read.pattern).toBeUndefined();
  expect(read.diagnostics).toEqual([expect.objectContaining({ severity: 'error', message })]);
  expect(read.diagnostics[0]?.hint).toBe(hint);
});
