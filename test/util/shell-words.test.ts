import { expect, test } from 'vitest';
import { shellWords } from '../../src/util/shell-words.ts';

test.each([
  ['a  b\tc', ['a', 'b', 'c']],
  [`nginx -c '%s' -g "a 'b' \\" \\n"`, ['nginx', '-c', '%s', '-g', `a 'b' " \\n`]],
  [`a\\ b '' ""`, ['a b', '', '']],
  [`x'y z'"w"`, ['xy zw']],
  ['', []],
  ['$(a) `b` ; #c', ['$(a)', '`b`', ';', '#c']],
])('splits %s', (text, words) => {
  expect(shellWords(text)).toEqual(words);
});

test.each(["a 'b", 'a "b', 'a \\'])('refuses %s, which does not end', (text) => {
  expect(() => shellWords(text)).toThrow('no closing');
});
