import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderValue } from '../../src/report/value-lines.ts';

const lines = (value: object): string => renderValue(value).join('\n');

test('a result is YAML, with as few quotes as can be, and lines of a text below one another', () => {
  const result = {
    ansible_facts: { ansible_distribution: 'Debian', ansible_version: '12', nothing: [], none: {} },
    stdout: 'one\n  two\n',
    files: [{ path: '/etc/a', mode: '0644' }, 'two words', ['x']],
    size: 3,
    gone: null,
  };
  expect(lines(result)).toBe(`ansible_facts:
  ansible_distribution: Debian
  ansible_version: "12"
  nothing: []
  none: {}
stdout: |
  one
    two
files:
  - path: /etc/a
    mode: "0644"
  - two words
  - - x
size: 3
gone: null`);
});

test('YAML reads back what was told, whatever it is', () => {
  const odd = [
    '',
    ' a',
    'a ',
    '- a',
    'a: b',
    'a #b',
    'yes',
    '1e3',
    '12:30',
    '~',
    '"',
    "it's",
    '\t',
    'a\nb',
    '\na',
    'a\n\n',
  ];
  const value = { odd, keys: Object.fromEntries(odd.map((text) => [text, text])), deep: [[[{ a: [] }]]] };
  expect(parse(lines(value), { version: '1.1' })).toEqual(value);
});

test('what a terminal would obey is shown, not sent', () => {
  expect(lines({ a: '\u001b[2J\nb\u202e' })).toBe('a: |-\n  \\x1b[2J\n  b\\u202e');
});
