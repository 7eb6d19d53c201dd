import { describe, expect, test } from 'vitest';
import { Blocked, isUnknown, unknown } from '../../src/model/unknown.ts';
import { createScope, hostVariables, templatedVariables, variables } from '../../src/template/scope.ts';

const because = 'the task "look"';

/** `out` is not known at all, of `reg` and `rows` one part is not; `made` is made of it. */
const scope = createScope([
  templatedVariables('vars', {
    made: '<{{ reg.stdout }}>',
    half: { good: '{{ 1 + 1 }}', bad: '{{ out }}' },
    fine: 'yes',
  }),
  variables('register', {
    out: unknown(because),
    reg: { rc: 0, changed: true, stdout: unknown(because) },
    rows: [{ name: 'a', size: unknown(because) }, { name: 'b' }],
    list: [1, 2],
  }),
]);

const outcome = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    if (error instanceof Blocked) return error.because;
    throw error;
  }
};

const evaluated = (expression: string): unknown => outcome(() => scope.evaluate(expression));

describe('what is not known yet blocks where it is needed:', () => {
  test.each([
    'out',
    'out.stdout',
    'out["stdout"]',
    'out.stdout.lines[0]',
    'out[0:1]',
    'out()',
    'out.split()',
    'list[out]',
    '[out]',
    '{"a": out}',
    'out + 1',
    '1 + out',
    '-out',
    'not out',
    '"a" ~ out',
    'out == 1',
    '1 < out',
    '"a" in out',
    'out in list',
    'out and true',
    'true and out',
    'false or out',
    'out or true',
    '1 if out else 2',
    'out if true else 1',
    '1 if false else out',
    'out | upper',
    '"a" | replace("a", out)',
    '"a" | indent(width=out)',
    'out | default("none")',
    'out | default("none", true)',
    'nope | default(out)',
    'out | mandatory',
    'true | ternary(out, 1)',
    'out is string',
    'out is not none',
    '1 is in out',
    'out is changed',
    'range(out)',
    'lookup("vars", "out")',
    'lookup("items", out, errors="ignore")',
    'dict(a=out)',
    'reg',
    'reg.stdout',
    'reg["stdout"]',
    'reg.stdout == "a"',
    'reg.stdout.splitlines()',
    'reg.stdout.nope is defined',
    'reg | to_json',
    'reg == {}',
    '[reg]',
    'reg | combine({"rc": 1})',
    'rows',
    'rows[0]',
    'rows[0].size',
    'rows | map(attribute="name")',
    'rows | length',
    'made',
    'made | default("none")',
    'half',
    'half.bad',
    'vars.made',
  ])('%s', (expression) => {
    expect(evaluated(expression)).toBe(because);
  });
});

describe('what is not known yet is no trouble where it is not needed:', () => {
  test.each<[string, unknown]>([
    ['out is defined', true],
    ['out is not defined', false],
    ['out is undefined', false],
    ['reg.stdout is defined', true],
    ['reg.stderr is defined', false],
    ['reg.stderr | default("none")', 'none'],
    ['reg.rc', 0],
    ['reg.rc == 0', true],
    ['reg["rc"] | default(5)', 0],
    ['reg is changed', true],
    ['reg is not failed', true],
    ['rows[1].name', 'b'],
    ['rows[0].name', 'a'],
    ['false and out', false],
    ['true or out', true],
    ['list and true or out', true],
    ['1 if true else out', 1],
    ['out if false else 2', 2],
    ['1 if reg.rc == 0 else out', 1],
    ['list[0] | default(out)', 1],
    ['1 < 0 < out', false],
    ['half.good', 2],
    ['fine', 'yes'],
    ['half.good | default(out)', 2],
  ])('%s', (expression, expected) => {
    expect(evaluated(expression)).toEqual(expected);
  });
});

describe('a template is blocked', () => {
  const rendered = (text: string): unknown => outcome(() => scope.renderText(text));

  test.each([
    'a {{ out }}',
    '{{ reg.stdout }}',
    '{% if out %}a{% endif %}',
    '{% if false %}a{% elif out %}b{% endif %}',
    '{% for x in out %}{% endfor %}',
    '{% for x in [1, 2] %}{{ x }}{{ out }}{% endfor %}',
    '{% for x in list if out %}{% endfor %}',
    '{% for x in rows %}{{ x.name }}{% endfor %}',
    '{% set x = out %}',
    '{% set x %}{{ out }}{% endset %}',
    '{% with x = out %}{% endwith %}',
    '{% macro m(a) %}{% endmacro %}{{ m(out) }}',
    '{% macro m(a=out) %}{% endmacro %}{{ m() }}',
    '{% filter upper %}{{ out }}{% endfilter %}',
    '{% include out %}',
    '{% set ns = namespace() %}{% set ns.x = out %}',
  ])('by %s', (text) => {
    expect(rendered(text)).toBe(because);
  });

  test.each([
    ['{% if false %}{{ out }}{% endif %}a', 'a'],
    ['{% if reg.rc == 0 %}ok{% else %}{{ out }}{% endif %}', 'ok'],
    ['{% for x in [] %}{{ out }}{% else %}none{% endfor %}', 'none'],
    ['{% macro m(a=out) %}{{ a }}{% endmacro %}{{ m(1) }}', '1'],
    ['{% macro m() %}{{ out }}{% endmacro %}a', 'a'],
    ['{% raw %}{{ out }}{% endraw %}', '{{ out }}'],
    ['{# {{ out }} #}a', 'a'],
  ])('not by %s', (text, expected) => {
    expect(rendered(text)).toBe(expected);
  });
});

test('a value is blocked by any of its parts', () => {
  expect(outcome(() => scope.render({ a: ['{{ list }}', { b: 'x{{ out }}' }] }))).toBe(because);
  expect(outcome(() => scope.render({ a: ['{{ reg.rc }}'] }))).toEqual({ a: [0] });
});

test('a value without templates is handed on, known or not', () => {
  const given = { a: unknown(because) };
  expect(scope.render(given)).toBe(given);
  expect(isUnknown(given.a)).toBe(true);
});

test('a condition is blocked, and decided where it can be', () => {
  const span = { file: 'a.yml', line: 1, column: 1, offset: 0, length: 1 };
  const held = (text: string): unknown => outcome(() => scope.test({ text, span }));
  expect(held('out == 1')).toBe(because);
  expect(held('reg.rc != 0 and out == 1')).toBe(false);
  expect(held('reg.rc == 0 or out == 1')).toBe(true);
});

test('a variable of another host blocks only who reads it', () => {
  const other = createScope([variables('facts', { known: 1, later: unknown('the host "b"') })]);
  const here = createScope([
    variables('magic', { hostvars: hostVariables(['b'], (name) => (name === 'b' ? other : undefined)) }),
  ]);
  expect(here.evaluate('hostvars.b.known')).toBe(1);
  expect(here.evaluate('hostvars.c is defined')).toBe(false);
  expect(outcome(() => here.evaluate('hostvars["b"].later'))).toBe('the host "b"');
});

test('what was blocked is looked at again, and is no circle', () => {
  const values: Record<string, unknown> = { a: '{{ b }}', b: '{{ c }}' };
  const first = createScope([templatedVariables('vars', values)]);
  const blocked = first.with([variables('register', { c: unknown(because) })]);
  expect(outcome(() => blocked.get('a'))).toBe(because);
  expect(outcome(() => blocked.get('a'))).toBe(because);
  expect(first.with([variables('register', { c: 5 })]).get('a')).toBe(5);
});

test('of several, the first that is needed is named', () => {
  const two = createScope([variables('register', { a: unknown('the first'), b: unknown('the second') })]);
  expect(outcome(() => two.evaluate('a + b'))).toBe('the first');
  expect(outcome(() => two.evaluate('b ~ a'))).toBe('the second');
});
