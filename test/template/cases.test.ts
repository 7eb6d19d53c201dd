import { describe, expect, test } from 'vitest';
import { TemplateError } from '../../src/model/template-error.ts';
import { kinds, known, readTopics, runCase, type TemplateCase } from './support/case-file.ts';

const topics = readTopics();

const countOf = (given: TemplateCase, keys: readonly (keyof TemplateCase)[]): number =>
  keys.filter((key) => Object.hasOwn(given, key)).length;

test('there are many, and each says one thing', () => {
  const cases = [...topics.values()].flat();
  expect(cases.length).toBeGreaterThan(800);
  for (const given of cases) {
    expect(
      Object.keys(given).filter((key) => !known.has(key)),
      given.name,
    ).toEqual([]);
    expect(countOf(given, kinds), given.name).toBe(1);
    expect(countOf(given, ['expect', 'error']), given.name).toBe(1);
    expect(countOf(given, ['strict', 'differs']), given.name).toBeLessThan(2);
  }
});

const thrownBy = (run: () => unknown): unknown => {
  try {
    return { value: run() };
  } catch (error) {
    return error;
  }
};

describe.each([...topics])('%s', (_topic, cases) => {
  test('no two cases have one name', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  test.each(cases.map((given) => [given.name, given] as const))('%s', (_name, given) => {
    if (given.error === undefined) {
      expect(runCase(given)).toStrictEqual(given.expect);
      // Mappings are equal in any order; what users see is not.
      expect(JSON.stringify(runCase(given))).toBe(JSON.stringify(given.expect));
      return;
    }
    const error = thrownBy(() => runCase(given));
    expect(error).toBeInstanceOf(TemplateError);
    expect((error as TemplateError).message).toContain(given.error);
  });
});
