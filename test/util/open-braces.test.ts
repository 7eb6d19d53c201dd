import { expect, test } from 'vitest';
import { openBraces } from '../../src/util/open-braces.ts';

test('what stands in braces in a text is put together with the rest of it', () => {
  expect(openBraces("x.msg == 'a {{ b }}/c' and y")).toBe("x.msg == ('a ' ~ (b) ~ '/c') and y");
  expect(openBraces('x == "{{ a[\'k\'] }}"')).toBe('x == ("" ~ (a[\'k\']))');
  expect(openBraces("x == '{{ a }}{{ b }}'")).toBe('x == ((a) ~ (b))');
});

test('other texts, and braces that are in none, stay', () => {
  for (const text of ["x == 'a\\'{'", '{{ x }} == 1', "x == {'a': {'b': 1}}", "x == 'a {{ b'"])
    expect(openBraces(text)).toBe(text);
});
