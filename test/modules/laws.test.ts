import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { WantedFacts } from '../../src/engine/observe.ts';
import { NotObserved } from '../../src/engine/overlay.ts';
import { factKinds } from '../../src/facts/kinds.ts';
import type { Action } from '../../src/model/action.ts';
import { Blocked } from '../../src/model/unknown.ts';
import { joinSh } from '../../src/shell/sh.ts';
import { type ModuleCase, readCases } from './support/case-file.ts';
import { paramsOf, planCase, prepareCase, readableAction } from './support/run-case.ts';

/** Cases that end in a plan. */
const cases = readCases()
  .filter(({ error, blocked, invalid }) => (error ?? blocked ?? invalid) === undefined)
  .map((given) => [given.file, given] as const);

const complaintOfSh = (text: string): string =>
  spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' }).stderr;

const mustConverge = (action: Action): boolean => action.unprovable !== true && action.verification !== true;

/** What is still to do once the plan's own predictions have come true; undefined where that cannot be told. */
const planAfter = (given: ModuleCase): readonly Action[] | undefined => {
  const prepared = prepareCase(given);
  for (const action of planCase(prepared).actions) prepared.overlay.apply(action, 'its own action');
  try {
    return planCase(prepared).actions;
  } catch (error) {
    // A prediction of "unknown", or a fact that only the changed host has: the host has to be looked at again.
    if (error instanceof Blocked || error instanceof NotObserved) return undefined;
    throw error;
  }
};

const inReadableForm = (given: ModuleCase): unknown => {
  const { finish: _, actions, ...plan } = planCase(prepareCase(given));
  return { ...plan, actions: actions.map(readableAction) };
};

describe('every module, in every case', () => {
  test('there are cases', () => expect(cases.length).toBeGreaterThan(0));

  test.each(cases)('%s: leaves nothing to do once its predictions have come true', (_file, given) => {
    const left = planAfter(given)?.filter(mustConverge) ?? [];
    if (given.neverConverges === undefined) expect(left.map(({ summary }) => summary)).toEqual([]);
    else expect(left).not.toEqual([]);
  });

  test.each(cases)('%s: plans the same twice', (_file, given) => {
    expect(inReadableForm(given)).toEqual(inReadableForm(given));
  });

  test.each(cases)('%s: emits sh that a POSIX shell can read', (_file, given) => {
    const prepared = prepareCase(given);
    const { actions } = planCase(prepared);
    const wanted = new WantedFacts(factKinds);
    wanted.add(prepared.module.facts(paramsOf(prepared), prepared.context));
    const pieces = [...actions.map((action) => action.sh), ...wanted.sections().map((section) => section.sh)];
    expect(complaintOfSh(joinSh(pieces.map(({ sh }) => ({ sh: `(\n${sh}\n)` }))).sh)).toBe('');
  });

  test.each(cases)('%s: says what each action changes', (_file, given) => {
    const silent = planCase(prepareCase(given)).actions.filter(
      ({ changes, verification }) => changes.length === 0 && verification !== true,
    );
    expect(silent.map(({ summary }) => summary)).toEqual([]);
  });
});
