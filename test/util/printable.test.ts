import { expect, test } from 'vitest';
import { jsonText } from '../../src/util/json-text.ts';
import { printable, printableLine, printedLine, printedLines } from '../../src/util/printable.ts';

test('what a terminal would obey is shown; tabs, and line feeds of a text, stay', () => {
  expect(printable('a\tb\n\u001b[31m\u0007\u007f\u009b\u202e\u2028\u2066')).toBe(
    'a\tb\n\\x1b[31m\\x07\\x7f\\x9b\\u202e\\u2028\\u2066',
  );
  expect(printableLine('/etc/x\nhost2: failed')).toBe('/etc/x\\nhost2: failed');
  expect(printable('日本語 é 😀 👨‍👩‍👧')).toBe('日本語 é 😀 👨‍👩‍👧');
});

test('of a printed line is shown what a terminal shows in the end', () => {
  expect(printedLine('5%\r60%\r100%\r')).toBe('100%');
  expect(printedLine('\r')).toBe('');
  expect(printedLine('\u001b[2Kdone')).toBe('\\x1b[2Kdone');
  expect(printedLines('a\r\nb\rc\n')).toEqual(['a', 'c', '']);
});

test('JSON stays exact', () => {
  const value = { 'a\u202e': 'b\u009b\u2028\u001b\u007f' };
  expect(jsonText(value)).toBe('{\n  "a\\u202e": "b\\u009b\\u2028\\u001b\\u007f"\n}');
  expect(JSON.parse(jsonText(value))).toEqual(value);
});
