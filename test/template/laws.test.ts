import { describe, expect, test } from 'vitest';
import { TemplateError } from '../../src/model/template-error.ts';
import { Blocked, unknown } from '../../src/model/unknown.ts';
import { createScope, type Scope, templatedVariables, variables } from '../../src/template/scope.ts';
import { chance } from '../support/chance.ts';
import { readTopics } from './support/case-file.ts';
import { type Chance, expression, spoil, template } from './support/nasty.ts';

const later = unknown('a task');

const values: Readonly<Record<string, unknown>> = {
  ...{ text: 'a b\n', empty: '', number: 5, float: 2.5, yes: true, nothing: null, list: [3, 1, 2] },
  ...{ mapping: { a: 1, constructor: 2 }, deep: { a: [{ b: '{{ text }}' }] }, self: { a: '{{ number }}' } },
  ...{ circle: '{{ circle }}', broken: '{{ 1 + }}', made: '{{ nope }}', part: [1, later] },
};

const registered: Readonly<Record<string, unknown>> = {
  rows: [{ n: 1, s: 'x' }, { n: 2 }, 'y', null],
  later,
};

const files: Readonly<Record<string, string>> = { 'a,b': '{% include "a,b" %}', '{': '{{ nope }}' };

const nastyScope = (): Scope =>
  createScope([templatedVariables('vars', values), variables('register', registered)], {
    lookups: { template: (path) => (Object.hasOwn(files, path) ? files[path] : undefined) },
  });

interface Outcome {
  /** What nobody documented, by the template that made it come out. */
  readonly surprises: readonly string[];
  /** How many gave a value: with all of them wrong this would say little. */
  readonly right: number;
}

const outcomeOf = (texts: Iterable<string>, run: (scope: Scope, text: string) => unknown): Outcome => {
  const scope = nastyScope();
  const surprises: string[] = [];
  let right = 0;
  for (const text of texts) {
    try {
      const value = run(scope, text);
      right += 1;
      if (!isPlain(value)) surprises.push(`${text} gives ${String(value)}`);
    } catch (error) {
      if (!(error instanceof TemplateError || error instanceof Blocked))
        surprises.push(`${text} throws ${String(error)}`);
    }
  }
  return { surprises, right };
};

const isPlain = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return value !== undefined && typeof value !== 'function';
  const prototype = Object.getPrototypeOf(value);
  return (Array.isArray(value) || prototype === Object.prototype) && Object.values(value).every(isPlain);
};

const many = function* (count: number, seed: number, make: (next: Chance) => string): Generator<string> {
  const next = chance(seed);
  for (let made = 0; made < count; made += 1) yield make(next);
};

const given = [...readTopics().values()]
  .flat()
  .flatMap((one) => [one.template ?? one.value ?? `{{ ${one.expression} }}`])
  .filter((text): text is string => typeof text === 'string');

describe('nothing is thrown but TemplateError and Blocked, and what is given is a plain value,', () => {
  const check = ({ surprises, right }: Outcome, atLeast: number): void => {
    expect(surprises).toEqual([]);
    expect(right).toBeGreaterThan(atLeast);
  };

  test('by 700 expressions that mean nothing', () => {
    check(
      outcomeOf(many(700, 1, expression), (scope, text) => scope.evaluate(text)),
      100,
    );
  });

  test('by 300 values of a playbook that mean nothing', () => {
    const make = (next: Chance): string => `{{ ${expression(next)} }}`;
    check(
      outcomeOf(many(300, 2, make), (scope, text) => scope.render({ a: [text] })),
      40,
    );
  });

  test('by 500 templates that mean nothing', () => {
    check(
      outcomeOf(many(500, 3, template), (scope, text) => scope.renderText(text, { file: 'a.j2' })),
      10,
    );
  });

  test('by 500 right templates, spoiled', () => {
    const make = (next: Chance): string => spoil(next, given[next(given.length)] ?? '');
    check(
      outcomeOf(many(500, 4, make), (scope, text) => scope.renderText(text)),
      50,
    );
  });
});

test('no template changes a variable', () => {
  const before = JSON.stringify([values, registered]);
  outcomeOf(many(500, 5, expression), (scope, text) => scope.evaluate(text));
  outcomeOf(many(300, 6, template), (scope, text) => scope.renderText(text));
  const changing = [
    'list.append(1)',
    'list.sort()',
    'mapping.update({"a": 2})',
    'deep.a[0].pop("b")',
    'rows.pop()',
  ];
  for (const text of changing)
    expect(() => nastyScope().evaluate(text), text).toThrow('would change a variable');
  expect(JSON.stringify([values, registered])).toBe(before);
});

test('the same template gives the same text, whatever was rendered before', () => {
  const texts = [...many(200, 7, template)];
  const run = (scope: Scope, text: string): string => {
    try {
      return scope.renderText(text);
    } catch (error) {
      return String(error);
    }
  };
  const scope = nastyScope();
  for (const text of texts) run(scope, text);
  expect(texts.map((text) => run(scope, text))).toEqual(texts.map((text) => run(nastyScope(), text)));
});
