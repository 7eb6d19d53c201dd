import { describe, expect, test } from 'vitest';
import { expandReplacement, pythonRegex } from '../../../src/modules/params/python-regex.ts';

/** Wanted matches are what Python 3.11's re.search gives. */
const found: readonly (readonly [source: string, text: string, match: string | null])[] = [
  ['^#?\\s*unixsocket\\s', '# unixsocket /x', '# unixsocket '],
  ['(?P<a>\\w+)=(?P=a)', 'xx=xx', 'xx=xx'],
  ['(?i)^ABC$', 'abc\n', 'abc'],
  ['a{2,3}b{,2}', 'aabbb', 'aabb'],
  ['[]a]+', ']a', ']a'],
  ['[^]]x', ']xax', 'ax'],
  ['[[]x]', '[x]', '[x]'],
  ['\\-x\\ y\\"\\/', '-x y"/', '-x y"/'],
  ['{{foo}}', '{{foo}}', '{{foo}}'],
  ['\\Aab\\Z', 'ab\n', null],
  ['ab$', 'ab\n', 'ab'],
  ['ab$', 'ab\nc', null],
  ['(?m)^b$', 'a\nb\nc', 'b'],
  ['a.c', 'a\rc', 'a\rc'],
  ['a.c', 'a\nc', null],
  ['(?s)a.c', 'a\nc', 'a\nc'],
  ['a(?#comment)b', 'ab', 'ab'],
  ['(?<=x)y', 'xy', 'y'],
  ['[\\w.-]+', 'a-b.c!', 'a-b.c'],
  ['\\<x', '<x', '<x'],
];

describe('expressions in Python syntax', () => {
  test.each(found)('%s on %j', (source, text, match) => {
    expect(pythonRegex(source).exec(text)?.[0] ?? null).toBe(match);
  });

  test.each(['a(', '(?x)a b', 'a(?i:b)', '[a'])('%s is refused', (source) => {
    expect(() => pythonRegex(source)).toThrow(SyntaxError);
  });

  test('replacements are filled in as re.sub does', () => {
    const match = 'k=12'.match(pythonRegex('(?P<key>\\w)=(\\d)(\\d)(x)?')) as RegExpMatchArray;
    expect(expandReplacement('\\g<key>:\\2\\g<3>0\\4\\n\\\\', match)).toBe('k:120\n\\');
  });
});
