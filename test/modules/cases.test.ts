import { describe, expect, test } from 'vitest';
import { factName } from '../../src/engine/overlay.ts';
import { TaskFailure } from '../../src/model/task-failure.ts';
import { TemplateError } from '../../src/model/template-error.ts';
import { Blocked } from '../../src/model/unknown.ts';
import { type ModuleCase, readCases } from './support/case-file.ts';
import {
  needsOf,
  type PreparedCase,
  paramsOf,
  planCase,
  prepareCase,
  readableAction,
} from './support/run-case.ts';

const thrownBy = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

/** An `sh` of a case is a part of the action's; everything else is matched key by key. */
const wantedAction = ({ sh, ...rest }: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  ...rest,
  ...(sh !== undefined && { sh: expect.stringContaining(String(sh).trimEnd()) }),
});

const expectPlan = (given: ModuleCase, prepared: PreparedCase): void => {
  const plan = planCase(prepared);
  if (given.actions !== undefined)
    expect(plan.actions.map(readableAction)).toMatchObject(given.actions.map(wantedAction));
  if (given.result !== undefined) expect(plan.result).toMatchObject(given.result as object);
  if (given.message !== undefined) expect(plan.message).toBe(given.message);
  if (given.setFacts !== undefined) expect(plan.setFacts).toEqual(given.setFacts);
  if (given.warnings !== undefined) expect(plan.warnings ?? []).toEqual(given.warnings);
};

const expectClaims = (given: ModuleCase, { module, context, ...prepared }: PreparedCase): void => {
  const claims = module.claims?.(paramsOf({ module, context, ...prepared }), context) ?? [];
  expect(claims.map(({ key, ...rest }) => ({ ...rest, key: factName(key) }))).toMatchObject(
    given.claims ?? [],
  );
};

const messageOf = (error: unknown): unknown => (error instanceof Error ? error.message : error);

const expectFailure = (given: ModuleCase, prepared: PreparedCase): void => {
  const error = thrownBy(() => planCase(prepared));
  const failures = given.error === undefined ? [Blocked] : [TaskFailure, TemplateError];
  expect(failures.some((kind) => error instanceof kind)).toBe(true);
  expect(messageOf(error)).toContain(given.error ?? given.blocked);
};

const expectBehaviour = (given: ModuleCase, prepared: PreparedCase): void => {
  const params = paramsOf(prepared);
  if (given.lint !== undefined)
    expect(prepared.module.lint?.(params, prepared.context) ?? []).toMatchObject(given.lint);
  if (given.needs !== undefined) expect(needsOf(prepared).sort()).toEqual([...given.needs].sort());
  if (given.claims !== undefined) expectClaims(given, prepared);
  if ((given.error ?? given.blocked) === undefined) expectPlan(given, prepared);
  else expectFailure(given, prepared);
};

const check = (given: ModuleCase): void => {
  const prepared = prepareCase(given);
  if (given.invalid === undefined) expectBehaviour(given, prepared);
  else expect(messageOf(thrownBy(() => paramsOf(prepared)))).toContain(given.invalid);
};

const cases = readCases();

describe('the cases of every module', () => {
  test('there are some', () => expect(cases.length).toBeGreaterThan(0));

  test.each(cases.map((given) => [given.file, given.title, given] as const))(
    '%s: %s',
    (_file, _title, given) => {
      check(given);
    },
  );
});
