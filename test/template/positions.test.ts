import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/language/yaml.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Located, Variables } from '../../src/model/located.ts';
import { renderPlace, type Span } from '../../src/model/span.ts';
import { TemplateError } from '../../src/model/template-error.ts';
import { createScope, type Scope, templatedVariables } from '../../src/template/scope.ts';

const diagnosticOf = (run: () => unknown): Diagnostic => {
  try {
    run();
  } catch (error) {
    if (error instanceof TemplateError) return error.diagnostic;
    throw error;
  }
  throw new Error('nothing was thrown');
};

/** The place, and what stands there. */
const pointed = (text: string, span: Span | undefined): string =>
  span === undefined
    ? 'nowhere'
    : `${renderPlace(span)} ${text.slice(span.offset, span.offset + span.length)}`;

const read = (text: string): Located<Readonly<Record<string, unknown>>> => {
  const { located, diagnostics } = parseYaml(text, 'vars.yml');
  expect(diagnostics).toEqual([]);
  return located as Located<Readonly<Record<string, unknown>>>;
};

const layerOf = ({ value, at }: Located<Readonly<Record<string, unknown>>>): Variables => ({
  values: value,
  place: (name) => at([name]),
  at: (path) => at(path),
  origin: 'vars.yml',
});

const scopeOf = (yaml: string): Scope => createScope([layerOf(read(yaml))]);

const empty = createScope([]);

describe('a mistake in a template file is shown where it stands', () => {
  test.each([
    ['{{ nope }}', 'a.j2:1:4 nope'],
    ['#jinja2: trim_blocks: False\na {{ nope }}', 'a.j2:2:6 nope'],
    ['#jinja2: nope: 1\na', 'a.j2:1:1 #jinja2: nope: 1'],
    ['one\ntwo {{ nope }}\n', 'a.j2:2:8 nope'],
    ['é😀 {{ nope }}', 'a.j2:1:8 nope'],
    ['\t{{ nope }}', 'a.j2:1:5 nope'],
    ['{{ 1 +\n   nope }}', 'a.j2:2:4 nope'],
    ['{{ {"a": 1}.b }}', 'a.j2:1:13 b'],
    ['{{ {"a": 1}["b"] }}', 'a.j2:1:12 ["b"]'],
    ['{{ [1][5] }}', 'a.j2:1:7 [5]'],
    ['{{ 1 + "a" }}', 'a.j2:1:4 1 + "a"'],
    ['{{ 2 * (1 / 0) }}', 'a.j2:1:9 1 / 0'],
    ['{{ 1 < "a" }}', 'a.j2:1:4 1 < "a"'],
    ['{{ "a" | nope }}', 'a.j2:1:10 nope'],
    ['{{ "a" | upper | from_json }}', 'a.j2:1:18 from_json'],
    ['{{ 1 is nope }}', 'a.j2:1:9 nope'],
    ['{{ "a".nope() }}', 'a.j2:1:8 nope'],
    ['{{ nope() }}', 'a.j2:1:4 nope'],
    ['{% for x in 5 %}{% endfor %}', 'a.j2:1:13 5'],
    ['{% for a, b in [1] %}{% endfor %}', 'a.j2:1:16 [1]'],
    ['{% set x = nope %}', 'a.j2:1:12 nope'],
    ['{% macro m() %}\n{{ nope }}\n{% endmacro %}{{ m() }}', 'a.j2:2:4 nope'],
    ['{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}', 'a.j2:1:34 m'],
    ['{% if true %}\na', 'a.j2:1:1 {% if true %}'],
    ['a {% nope %}', 'a.j2:1:6 nope'],
    ['{% if true %}{% endfor %}', 'a.j2:1:17 endfor'],
    ['a {{ 1', 'a.j2:1:3 {{'],
    ['a\n{# b', 'a.j2:2:1 {#'],
    ['a\n{{ "b }}', 'a.j2:2:4 "'],
    ['a\n{{ [1 }}', 'a.j2:2:7 }'],
    ['{{ 1 2 }}', 'a.j2:1:6 2'],
    ['{% include "nope.j2" %}', 'a.j2:1:12 "nope.j2"'],
    ['{% filter nope %}{% endfilter %}', 'a.j2:1:11 nope'],
  ])('%j is %s', (text, expected) => {
    const { span } = diagnosticOf(() => empty.renderText(text, { file: 'a.j2' }));
    expect(pointed(text, span)).toBe(expected);
  });

  test('also behind carriage returns', () => {
    const { span } = diagnosticOf(() => empty.renderText('a\r\n{{ nope }}', { file: 'a.j2' }));
    expect(span).toMatchObject({ line: 2, column: 4, length: 4 });
  });

  test('in the file that is included, with the place where it is used', () => {
    const files: Readonly<Record<string, string>> = { 'b.j2': 'b\n{{ nope }}\n' };
    const scope = createScope([], { lookups: { template: (path) => files[path] } });
    const { span, related } = diagnosticOf(() =>
      scope.renderText('a\n{% include "b.j2" %}', { file: 'a.j2' }),
    );
    expect(span).toMatchObject({ file: 'b.j2', line: 2, column: 4 });
    expect(related?.map((one) => renderPlace(one.span))).toEqual(['a.j2:1:1']);
  });
});

describe('a mistake in a value of a playbook is shown where it stands', () => {
  test.each([
    ['a: x {{ nope }}', 'vars.yml:1:9 nope'],
    ['a: "x {{ nope }}"', 'vars.yml:1:10 nope'],
    ["a: 'x {{ nope }}'", 'vars.yml:1:10 nope'],
    ['a: {b: ["{{ nope }}"]}', 'vars.yml:1:13 nope'],
    ['a:\n  - one\n  - "{{ nope }}"', 'vars.yml:3:9 nope'],
    ['a: |\n  one\n  two {{ nope }}\n', 'vars.yml:3:10 nope'],
    ['a: |-\n    {{ nope }}', 'vars.yml:2:8 nope'],
    ['a:\n  b: |\n    one\n\n    two\n    {{ nope }}\n', 'vars.yml:6:8 nope'],
    ['a: "{{ [1,\n  nope] }}"', 'vars.yml:1:4 "{{ [1,\n  nope] }}"'],
    ['a: "\\t{{ nope }}"', 'vars.yml:1:4 "\\t{{ nope }}"'],
    ["a: 'it''s {{ nope }}'", "vars.yml:1:4 'it''s {{ nope }}'"],
    ['a: >\n  one\n  {{ nope }}\n', 'vars.yml:1:4 >\n  one\n  {{ nope }}\n'],
    ['a: one\n  {{ nope }}', 'vars.yml:1:4 one\n  {{ nope }}'],
    ['a: "one\n  {{ nope }}"', 'vars.yml:1:4 "one\n  {{ nope }}"'],
    ['a: |2\n    one\n  {{ nope }}\n', 'vars.yml:3:6 nope'],
  ])('%j is %s', (text, expected) => {
    const located = read(text);
    const { span } = diagnosticOf(() => empty.render(located.value, located));
    expect(pointed(text, span)).toBe(expected);
  });

  test('of a condition inside of the condition', () => {
    const text = 'when: a is defined and nope';
    const span = read(text).at(['when']);
    const found = diagnosticOf(() => empty.test({ text: 'a is not defined and nope', span }));
    expect(pointed(text, found.span)).toBe('vars.yml:1:7 a is defined and nope');
    const exact = diagnosticOf(() => empty.test({ text: 'a is defined or nope   ', span }));
    expect(pointed(text, exact.span)).toBe('vars.yml:1:7 a is defined and nope');
  });

  test('of a condition, at the word', () => {
    const text = 'when: a is not defined and nope';
    const span = read(text).at(['when']);
    const found = diagnosticOf(() => empty.test({ text: 'a is not defined and nope', span }));
    expect(pointed(text, found.span)).toBe('vars.yml:1:28 nope');
  });

  test('nowhere where nobody knows', () => {
    expect(diagnosticOf(() => empty.evaluate('nope')).span).toBeUndefined();
    const scope = createScope([templatedVariables('x', { a: '{{ nope }}' })]);
    expect(diagnosticOf(() => scope.get('a')).span).toBeUndefined();
  });
});

describe('a mistake in a variable is shown in the variable', () => {
  const yaml = 'a: "x {{ b }}"\nb: "{{ c.d }}"\nc: {d: "{{ nope }}", e: 5}\n';
  const relatedPlaces = ({ related = [] }: Diagnostic): string[] =>
    related.map(({ message, span }) => `${message} ${renderPlace(span)}`);

  test('with the way from where it is used', () => {
    const diagnostic = diagnosticOf(() => scopeOf(yaml).renderText('1\n{{ a }}', { file: 'a.j2' }));
    expect(diagnostic.message).toBe('"nope" is not defined');
    expect(pointed(yaml, diagnostic.span)).toBe('vars.yml:3:12 nope');
    expect(relatedPlaces(diagnostic)).toEqual([
      'used here vars.yml:2:5',
      'used here vars.yml:1:5',
      'used here a.j2:1:1',
    ]);
  });

  test('not in the neighbour that is used', () => {
    expect(scopeOf(yaml).evaluate('c.e')).toBe(5);
  });

  test('not where a default takes its place', () => {
    expect(scopeOf(yaml).evaluate('a | default("none")')).toBe('none');
    expect(scopeOf(yaml).evaluate('c.d is defined')).toBe(false);
  });

  test('though it is no missing variable, a default does not hide it', () => {
    const scope = scopeOf('a: "{{ 1 / 0 }}"');
    const { message, span } = diagnosticOf(() => scope.evaluate('a | default("none")'));
    expect(message).toBe('division by zero');
    expect(span).toMatchObject({ line: 1, column: 8, length: 5 });
  });

  test('of a text that cannot be read, too', () => {
    const text = 'a: "{{ b }}"\nb: "x {{ 1 + }}"';
    const diagnostic = diagnosticOf(() => scopeOf(text).get('a'));
    expect(diagnostic.code).toBe('template-syntax');
    expect(pointed(text, diagnostic.span)).toBe('vars.yml:2:14 }}');
    expect(relatedPlaces(diagnostic)).toEqual(['used here vars.yml:1:5']);
  });

  test('with a few places of a long way', () => {
    const chain = Array.from({ length: 20 }, (_, index) => `v${index}: "{{ v${index + 1} }}"`).join('\n');
    const diagnostic = diagnosticOf(() => scopeOf(chain).get('v0'));
    expect(diagnostic.message).toBe('"v20" is not defined');
    expect(diagnostic.related?.length).toBeLessThanOrEqual(5);
  });
});

describe('variables that refer to themselves are named with their chain', () => {
  test.each([
    ['a: "{{ a }}"', 'a', '"a" refers to itself: "a" → "a"'],
    ['a: "{{ b }}"\nb: "{{ a }}"', 'a', '"a" refers to itself: "a" → "b" → "a"'],
    ['a: "{{ b }}"\nb: "{{ c }}"\nc: "{{ b }}"', 'a', '"b" refers to itself: "b" → "c" → "b"'],
    ['a: {x: "{{ a.x }}"}', 'a', '"a.x" refers to itself: "a.x" → "a.x"'],
    ['a: ["{{ b }}"]\nb: "{{ a[0] }}"', 'a', '"a.0" refers to itself: "a.0" → "b" → "a.0"'],
    ['a: {x: "{{ a }}"}', 'a', '"a.x" refers to itself: "a.x" → "a.x"'],
  ])('%j', (text, name, expected) => {
    const diagnostic = diagnosticOf(() => scopeOf(text).get(name));
    expect(diagnostic.code).toBe('recursive-variable');
    expect(diagnostic.message).toBe(expected);
    expect(diagnostic.span?.file).toBe('vars.yml');
  });

  test('and the places between', () => {
    const text = 'a: "{{ b }}"\nb: "{{ c }}"\nc: "{{ a }}"';
    const { span, related = [] } = diagnosticOf(() => scopeOf(text).get('a'));
    expect(pointed(text, span)).toBe('vars.yml:1:5 {{ b }}');
    expect(related.slice(0, 2).map((one) => `${one.message} ${renderPlace(one.span)}`)).toEqual([
      '"b" stands here vars.yml:2:5',
      '"c" stands here vars.yml:3:5',
    ]);
  });

  test('but not those that refer to an outer one of the same name', () => {
    const scope = scopeOf('a: {x: 1, y: "{{ a.x }}"}');
    expect(scope.evaluate('a.y')).toBe(1);
  });

  test('and not again once that is over', () => {
    const scope = scopeOf('a: "{{ a }}"\nb: 1');
    expect(() => scope.get('a')).toThrow(TemplateError);
    expect(() => scope.get('a')).toThrow('"a" → "a"');
    expect(scope.get('b')).toBe(1);
  });
});

describe('a hint names what was meant', () => {
  const scope = createScope([templatedVariables('x', { server_name: 'a', conf: { port: 1 } })]);

  test.each([
    ['server_nam', 'did you mean "server_name"?'],
    ['conf.prot', 'did you mean "port"?'],
    ['"a" | uper', 'did you mean "upper"?'],
    ['1 is intger', 'did you mean "integer"?'],
    ['a = 1', 'comparing is "=="'],
    ['"a" + 1', 'texts are joined with anything by "~"; a text becomes a number by "| int"'],
  ])('%s', (expression, hint) => {
    expect(diagnosticOf(() => scope.evaluate(expression)).hint).toBe(hint);
  });
});
