import { describe, expect, test } from 'vitest';
import { parseFreeForm } from '../../src/language/free-form.ts';

const pairs = (text: string, known: (key: string) => boolean = () => true): Record<string, string> =>
  Object.fromEntries(parseFreeForm(text, known).pairs.map(({ key, value }) => [key, value]));

const rest = (text: string, names: readonly string[] = []): string | undefined =>
  parseFreeForm(text, (key) => names.includes(key)).rest?.text;

describe('key=value words', () => {
  test.each([
    ['name=redis state=present', { name: 'redis', state: 'present' }],
    ['  name=redis\n  state=present\n', { name: 'redis', state: 'present' }],
    [`msg="two words" x='it is'`, { msg: 'two words', x: 'it is' }],
    [String.raw`msg="say \"hi\""`, { msg: 'say "hi"' }],
    ['msg="{{ a }} b" x={{ a | default("b c") }}', { msg: '{{ a }} b', x: '{{ a | default("b c") }}' }],
    ['line=a=b', { line: 'a=b' }],
    ['empty= other=""', { empty: '', other: '' }],
    ['x="a"b', { x: '"a"b' }],
    [
      '{{ a.key }}={{ a.value }} x_{{ b["c=d"] }}=1',
      { '{{ a.key }}': '{{ a.value }}', 'x_{{ b["c=d"] }}': '1' },
    ],
    ['daemon-reload=true', { 'daemon-reload': 'true' }],
  ])('%s', (text, expected) => {
    expect(pairs(text)).toEqual(expected);
    expect(parseFreeForm(text, () => true).rest).toBeUndefined();
  });

  test('have their places in the text', () => {
    const [pair] = parseFreeForm('  msg="two words"', () => true).pairs;
    expect(pair).toMatchObject({ keyStart: 2, start: 7, end: 16 });
  });
});

describe('the rest of a command', () => {
  test.each([
    ['ls  -l   "a  b"', 'ls  -l   "a  b"'],
    ['chdir=/tmp ls -l', 'ls -l'],
    ['ls -l creates=/x chdir="/a b"', 'ls -l'],
    ['dd if=/dev/zero of=/dev/null', 'dd if=/dev/zero of=/dev/null'],
    ['echo "chdir=/tmp"', 'echo "chdir=/tmp"'],
    ['set -e\necho one\n', 'set -e\necho one\n'],
    ["echo it's fine", "echo it's fine"],
    ['{{ tool }}=1 ls', '{{ tool }}=1 ls'],
  ])('%j is %j', (text, expected) => {
    expect(rest(text, ['chdir', 'creates'])).toBe(expected);
  });

  test('is nothing where there are only parameters', () => {
    expect(rest('chdir=/tmp', ['chdir'])).toBeUndefined();
  });
});

test('says where a quote or brace was opened that never ends', () => {
  expect(parseFreeForm('a=1 b="c d', () => true).unclosedAt).toBe(6);
  expect(parseFreeForm('a={{ b', () => true).unclosedAt).toBe(2);
  expect(parseFreeForm('a="b"', () => true).unclosedAt).toBeUndefined();
});
