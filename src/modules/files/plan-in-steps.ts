import type { Action } from '../../model/action.ts';
import type { FactKey, Facts } from '../../model/fact.ts';
import { Blocked, isUnknown } from '../../model/unknown.ts';

/** Plans one step from the facts as the steps before it will leave them. */
export type Step = (facts: Facts) => readonly Action[];

const nameOf = (key: FactKey): string => `${key.kind}:${key.id}`;

/** The actions of several steps of one task, each planned against what those before it predict. */
export const planInSteps = (facts: Facts, steps: Iterable<Step>): Action[] => {
  const predicted = new Map<string, unknown>();
  const after: Facts = {
    get<V>(key: FactKey<V>) {
      if (!predicted.has(nameOf(key))) return facts.get(key);
      const value = predicted.get(nameOf(key));
      if (isUnknown(value)) throw new Blocked(value.because);
      return value as V;
    },
  };
  const actions: Action[] = [];
  for (const step of steps)
    for (const action of step(after)) {
      actions.push(action);
      for (const { key, value } of action.predicts) predicted.set(nameOf(key), value);
    }
  return actions;
};
