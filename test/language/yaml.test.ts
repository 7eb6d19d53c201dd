import { describe, expect, test } from 'vitest';
import { partOf } from '../../src/language/located-tree.ts';
import { parseYaml } from '../../src/language/yaml.ts';
import type { Located } from '../../src/model/located.ts';

const read = (text: string): Located => {
  const { located, diagnostics } = parseYaml(text, 'f.yml');
  expect(diagnostics).toEqual([]);
  if (located === undefined) throw new Error('nothing was read');
  return located;
};

const codes = (text: string): string[] => parseYaml(text, 'f.yml').diagnostics.map(({ code }) => code);

describe('plain scalars mean what they mean to Ansible', () => {
  test.each([
    ['yes', true],
    ['No', false],
    ['ON', true],
    ['off', false],
    ['True', true],
    ['yEs', 'yEs'],
    ['y', 'y'],
    ['~', null],
    ['', null],
    ['Null', null],
    ['0644', 0o644],
    ['08', '08'],
    ['0o644', '0o644'],
    ['0x1F', 31],
    ['0b101', 5],
    ['-0644', -0o644],
    ['1_000', 1000],
    ['+12', 12],
    ['1.50', 1.5],
    ['.5', 0.5],
    ['1.5e+3', 1500],
    ['1e3', '1e3'],
    ['-.inf', Number.NEGATIVE_INFINITY],
    ['12:30', '12:30'],
    ['190:20:30', '190:20:30'],
    ['2001-12-14', '2001-12-14'],
    ['2001-12-14 21:59:43', '2001-12-14 21:59:43'],
    ['1.2.3', '1.2.3'],
    ['=', '='],
    ['12345678901234567890', '12345678901234567890'],
    ["'0644'", '0644'],
    ['"yes"', 'yes'],
    ['!!str yes', 'yes'],
    ['!!int "0644"', 0o644],
    ['! 5', '5'],
  ])('%s', (text, value) => {
    expect(read(`a: ${text}\n`).value).toEqual({ a: value });
  });

  test('a number that is none is NaN', () => {
    expect(read('a: .nan').value).toEqual({ a: Number.NaN });
  });
});

test('keys are text as they are written', () => {
  expect(read('on: 1\n0644: 2\n~: 3\n"q": 4\n').value).toEqual({ on: 1, '0644': 2, '~': 3, q: 4 });
});

test('a key called __proto__ is a key', () => {
  const { value } = read('__proto__: { a: 1 }\n');
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test.each(['', '\n', '---\n', '# a remark\n'])('an empty file (%j) is null', (text) => {
  expect(read(text).value).toBeNull();
});

test('a byte order mark and CRLF line ends are no part of the values', () => {
  expect(read('\ufeffa: 1\r\nb: |\r\n  x\r\n  y\r\n').value).toEqual({ a: 1, b: 'x\ny\n' });
});

describe('merge keys', () => {
  test('what is written is stronger than what is merged, the first merged stronger than the second', () => {
    const { value } = read('a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc:\n  x: 0\n  <<: [*a, *b]\n');
    expect(value).toMatchObject({ c: { x: 0, y: 1, z: 2 } });
  });

  test('a merged value stands where it was written', () => {
    const whole = read('a: &a { x: 1 }\nc:\n  <<: *a\n');
    expect(whole.at(['c', 'x'])).toMatchObject({ line: 1, column: 12 });
  });

  test('a quoted "<<" is a key', () => {
    expect(read('"<<": 1').value).toEqual({ '<<': 1 });
  });
});

describe('unsafe text', () => {
  test('becomes an expression that gives it', () => {
    expect(read(`a: !unsafe 'say "{{ x }}"'`).value).toEqual({ a: String.raw`{{ "say \"{{ x }}\"" }}` });
  });

  test('stays as it is where it looks like no template', () => {
    expect(read('a: !unsafe plain').value).toEqual({ a: 'plain' });
  });
});

describe('places', () => {
  const whole = read(
    'a: "x {{ y }}"\nb: |\n    first\n    second\nc:\n- q: 1\n  r: 0644\nd: "two\\nlines"\n',
  );

  test('of a quoted text is what is between the quotes', () => {
    expect(whole.at(['a'])).toEqual({ file: 'f.yml', line: 1, column: 5, offset: 4, length: 9 });
  });

  test('of a quoted text with escapes is all of it', () => {
    expect(whole.at(['d'])).toMatchObject({ line: 8, column: 4, length: 12 });
  });

  test('of a block is its first line of text', () => {
    expect(whole.at(['b'])).toEqual({ file: 'f.yml', line: 3, column: 5, offset: 24, length: 5 });
  });

  test('of a key', () => {
    expect(whole.at(['c', 0, 'r'], 'key')).toMatchObject({ line: 7, column: 3, length: 1 });
  });

  test('of what is not there is its nearest parent', () => {
    expect(whole.at(['c', 0, 'nowhere', 'deeper'])).toEqual(whole.at(['c', 0]));
    expect(whole.at(['nowhere'], 'key')).toEqual(whole.span);
  });

  test('the source of a scalar is as it is written', () => {
    expect(whole.sourceAt(['c', 0, 'r'])).toBe('0644');
    expect(whole.sourceAt(['a'])).toBe('"x {{ y }}"');
    expect(whole.sourceAt(['c'])).toBeUndefined();
    expect(whole.sourceAt(['nowhere'])).toBeUndefined();
  });

  test('a part is located as the whole is', () => {
    const part = partOf(whole, ['c', 0]);
    expect(part.value).toEqual({ q: 1, r: 0o644 });
    expect(part.at(['r'], 'key')).toEqual(whole.at(['c', 0, 'r'], 'key'));
    expect(partOf(part, ['r']).sourceAt([])).toBe('0644');
  });
});

describe('what is wrong', () => {
  test('a wrong syntax gives one diagnostic and no value', () => {
    const { located, diagnostics } = parseYaml('a: "x\nb: [\n', 'f.yml');
    expect(located).toBeUndefined();
    expect(diagnostics).toHaveLength(1);
  });

  test('a duplicate key names the first place, and reading goes on', () => {
    const { located, diagnostics } = parseYaml('a: 1\nb: 2\na: 3\n', 'f.yml');
    expect(diagnostics[0]).toMatchObject({
      code: 'duplicate-key',
      span: { line: 3 },
      related: [{ span: { line: 1 } }],
    });
    expect(located?.value).toEqual({ a: 3, b: 2 });
  });

  test('an unquoted template is read as what was meant', () => {
    const { located, diagnostics } = parseYaml('a: {{ x }}\n', 'f.yml');
    expect(diagnostics.map(({ code }) => code)).toEqual(['unquoted-template']);
    expect(located?.value).toEqual({ a: '{{ x }}' });
  });

  test('aliases that multiply without end are refused', () => {
    const letters = [...'bcdefghijkl'];
    const lines = letters.map(
      (letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefghijk'[index]}`)}]`,
    );
    expect(codes(`a: &a [1, 2, 3, 4]\n${lines.join('\n')}\n`)).toEqual(['too-large']);
  });

  test('an alias inside of its own anchor is refused', () => {
    expect(codes('a: &a { b: [*a] }')).toEqual(['alias-in-itself']);
  });

  test('a nesting of hundreds is refused', () => {
    expect(codes(`${'['.repeat(200)}${']'.repeat(200)}`)).toEqual(['too-deep']);
    expect(codes(`${'['.repeat(20_000)}`)).not.toEqual([]);
  });

  test.each([
    ['a: !vault |\n  x\n', 'bad-encrypted-value'],
    ['a: !age [x]\n', 'bad-encrypted-value'],
    ['a: !other x', 'unknown-tag'],
    ['a: !!binary x', 'unknown-tag'],
    ['a: *b', 'yaml-syntax'],
    ['{ [a]: b }', 'bad-key'],
    ['<<: 5', 'bad-merge'],
    ['a: 1\n...\nb: 2\n', 'yaml-syntax'],
  ])('%j is %s', (text, code) => {
    expect(codes(text)).toEqual([code]);
  });
});
