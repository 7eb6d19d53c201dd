import { filters } from '../../../src/template/filters.ts';
import { tests } from '../../../src/template/tests.ts';

/** A number from 0 on, below the one given. */
export type Chance = (below: number) => number;

const pick = <T>(next: Chance, list: readonly T[]): T => list[next(list.length)] as T;

const known = [
  ...[
    'text',
    'empty',
    'number',
    'float',
    'yes',
    'nothing',
    'list',
    'mapping',
    'deep',
    'rows',
    'self',
    'vars',
  ],
  ...['0', '1', '-1', '1.5', '2.0', '1e300', '9007199254740991', 'true', 'none', 'range', 'omit'],
  ...[
    "'%s'",
    "'{}'",
    "'a,b'",
    "'('",
    "'\\x00'",
    "'😀'",
    "'/a/../b'",
    "'1.2.3'",
    "'YQ=='",
    '[]',
    '{}',
    '()',
    "'{'",
  ],
];

const nasty = ['later', 'part', 'nope', 'circle', 'broken', 'made', 'loop', 'caller', '99999999999999999999'];

/** Mostly what is there, so that something comes of it. */
const atom = (next: Chance): string => pick(next, next(8) > 0 ? known : nasty);

const operators = '+ - * / // % ** ~ == != < <= > >= and or in'.split(' ').concat('not in', 'if', 'is');
const words =
  '{{ }} {% %} {# #} - ( ) [ ] { } | . , : = " \' \\ \n \t % ~ * for in if else endif endfor set'.split(' ');
const methods =
  'get items keys values split join replace format strip upper append pop update index count find center zfill'.split(
    ' ',
  );

const call = (next: Chance, depth: number): string =>
  `(${Array.from({ length: next(3) }, () => nested(next, depth + 1)).join(', ')})`;

/** An expression that can be read, mostly, and means nothing; the deeper it begins, the shorter it is. */
const nested = (next: Chance, depth: number): string => {
  if (depth > 3) return atom(next);
  const inner = (): string => nested(next, depth + 1);
  switch (next(12)) {
    case 0:
      return `${inner()} ${pick(next, operators)} ${inner()}`;
    case 1:
    case 2:
    case 3:
      return `${inner()} | ${pick(next, [...filters.keys()])}${next(3) > 0 ? call(next, depth) : ''}`;
    case 4:
      return `${inner()} is ${pick(next, [...tests.keys()])}${next(2) > 0 ? call(next, depth) : ''}`;
    case 5:
    case 6:
      return `${atom(next)}.${pick(next, methods)}${call(next, depth)}`;
    case 7:
      return `${inner()}[${inner()}${pick(next, ['', ':', ':-1', '::0'])}]`;
    case 8:
      return `[${inner()}, ${inner()}]`;
    case 9:
      return `{${inner()}: ${inner()}}`;
    case 10:
      return `(${pick(next, ['-', 'not ', '+'])}${inner()})`;
    default:
      return atom(next);
  }
};

/** Deep or flat: what is deep seldom gives a value. */
export const expression = (next: Chance): string => nested(next, next(5));

const statements: readonly ((next: Chance, body: string) => string)[] = [
  (next) => `{{ ${expression(next)} }}`,
  (next, body) => `{% for x in ${expression(next)} %}${body}{{ loop.index }}{% else %}-{% endfor %}`,
  (next, body) => `{% for x, y in ${expression(next)} if ${expression(next)} %}${body}{% endfor %}`,
  (next, body) => `{% for x in [list] recursive %}${body}{{ loop(${expression(next)}) }}{% endfor %}`,
  (next, body) => `{% if ${expression(next)} %}${body}{% elif ${expression(next)} %}b{% endif %}`,
  (next) => `{% set a, b = ${expression(next)} %}`,
  (next) => `{% set a.b = ${expression(next)} %}`,
  (next, body) => `{% set text | ${pick(next, [...filters.keys()])} %}${body}{% endset %}`,
  (next, body) => `{% macro m(a, b=${expression(next)}) %}${body}{% endmacro %}{{ m(${expression(next)}) }}`,
  (next, body) =>
    `{% macro m() %}${body}{{ caller() }}{% endmacro %}{% call m() %}${expression(next)}{% endcall %}`,
  (next, body) => `{% filter ${pick(next, [...filters.keys()])} %}${body}{% endfilter %}`,
  (next) => `{% include ${expression(next)} %}`,
  (next, body) => `{% with a = ${expression(next)} %}${body}{% endwith %}`,
  () => '{% break %}',
  () => '{{ loop }}{{ self }}',
  (_, body) => `{% macro again() %}${body}{{ again() }}{% endmacro %}{{ again() }}`,
];

/** A template that can be read, mostly. */
export const template = (next: Chance, depth = 0): string =>
  Array.from({ length: 1 + next(2) }, () =>
    pick(next, statements)(next, depth < 1 ? template(next, depth + 1) : 'x'),
  ).join(pick(next, ['', '\n', ' a ']));

/** The text with pieces lost, doubled or put in where they do not belong. */
export const spoil = (next: Chance, text: string): string => {
  let spoiled = text;
  for (let count = 1 + next(3); count > 0; count -= 1) {
    const at = next(spoiled.length + 1);
    spoiled = spoiled.slice(0, at) + pick(next, [...words, ...known, ...nasty]) + spoiled.slice(at + next(5));
  }
  return spoiled;
};
