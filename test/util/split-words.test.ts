import { expect, test } from 'vitest';
import { splitWords, UnclosedQuote } from '../../src/util/split-words.ts';

// What Python's shlex.split gives.
test.each([
  ['ls  -l /a', ['ls', '-l', '/a']],
  [`a 'b c' "d e"f g\\ h`, ['a', 'b c', 'd ef', 'g h']],
  [`"a\\"b\\\\c\\d" 'a\\b'`, ['a"b\\c\\d', 'a\\b']],
  [`'' "" x`, ['', '', 'x']],
  ['a#b # c | d > e', ['a#b', '#', 'c', '|', 'd', '>', 'e']],
  [' \n a\tb\n', ['a', 'b']],
  ['', []],
])('%j has the words %j', (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

test.each(['a "b', "a 'b", 'a\\'])('%j does not close', (text) => {
  expect(() => splitWords(text)).toThrow(UnclosedQuote);
});
