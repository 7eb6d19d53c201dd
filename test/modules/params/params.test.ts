import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { boolean } from '../../../src/modules/params/boolean.ts';
import { integer } from '../../../src/modules/params/integer.ts';
import { path, pathWithSlash } from '../../../src/modules/params/path.ts';
import { text } from '../../../src/modules/params/text.ts';
import { textList } from '../../../src/modules/params/text-list.ts';

const read = (schema: z.ZodType, value: unknown): unknown => {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : parsed.error.issues[0]?.message;
};

describe('parameters', () => {
  test.each([true, 'yes', 'True', 'on', '1', 't', 'Y', 1])('%j is true', (value) => {
    expect(read(boolean(), value)).toBe(true);
  });

  test.each([false, 'no', 'False', 'off', '0', 'f', 'N', 0])('%j is false', (value) => {
    expect(read(boolean(), value)).toBe(false);
  });

  test.each(['maybe', '', 2, null, [true]])('%j is neither', (value) => {
    expect(read(boolean(), value)).toBe('expected true or false');
  });

  test('text takes numbers, and says what to do about booleans', () => {
    expect([read(text(), 'a'), read(text(), 770)]).toEqual(['a', '770']);
    expect(read(text(), true)).toContain('put it in quotes');
  });

  test('a list is a list, one text, or texts with commas', () => {
    expect([read(textList(), ['a', 1]), read(textList(), 'a'), read(textList(), 'a, b,')]).toEqual([
      ['a', '1'],
      ['a'],
      ['a', 'b'],
    ]);
  });

  test('a whole number may come as its digits', () => {
    expect([read(integer(), 5), read(integer(), ' -5 '), read(integer(), '5x')]).toEqual([
      5,
      -5,
      'expected a whole number',
    ]);
  });

  test('a path loses what means nothing, and only that', () => {
    const paths = ['/', '//a/./b//', '/a/..', '/a/.', '/.hidden/x.'];
    expect(paths.map((value) => read(path(), value))).toEqual(['/', '/a/b', '/a/..', '/a', '/.hidden/x.']);
    expect([read(pathWithSlash(), '/a//'), read(pathWithSlash(), '/a')]).toEqual(['/a/', '/a']);
    expect(read(path(), 'a/b')).toContain('absolute path');
  });
});
