import type { Action } from './action.ts';
import type { FactKey, Facts } from './fact.ts';

/** How a kind of managed thing is taken away when nobody declares it any more: which facts that takes, and the actions. */
export interface Removal {
  facts(id: string): readonly FactKey[];
  /** [] when it is gone already. */
  plan(id: string, facts: Facts): readonly Action[];
}

/** Removals by fact kind, in the order they are to be done: a unit is stopped before its files go. */
export type Removals = ReadonlyMap<string, Removal>;
