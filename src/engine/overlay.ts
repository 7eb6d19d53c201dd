import type { Action } from '../model/action.ts';
import type { FactKey, Facts, Observed, Taint } from '../model/fact.ts';
import { type absent, FactFailure } from '../model/fact.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { Blocked, isUnknown, type Unknown } from '../model/unknown.ts';

/** Names a fact in maps: kind and id. */
export const factName = (key: FactKey): string => `${key.kind}:${key.id}`;

/** Facts as last observed on one host, by `factName`. */
export type Observation = ReadonlyMap<string, Observed>;

interface Prediction {
  readonly value: unknown;
  /** How many taints there were when it was made: earlier ones do not touch it. */
  readonly after: number;
}

interface MadeTaint {
  readonly taint: Taint;
  readonly because: string;
}

/**
 * A fact was read that nobody has observed yet: the engine observes it and plans again. Thrown for nearly every task before
 * the first look, so it is no Error: a stack for each took a tenth of the planning of a thousand hosts.
 */
export class NotObserved {
  readonly keys: readonly FactKey[];
  constructor(keys: readonly FactKey[]) {
    this.keys = keys;
  }
}

const touches = (taint: Taint, key: FactKey): boolean => {
  if (taint === 'everything') return true;
  if (taint.kind !== key.kind) return false;
  return taint.under === undefined || key.id === taint.under || key.id.startsWith(`${taint.under}/`);
};

/**
 * Observed facts with the effects of planned, not yet run actions laid over them: the state that the next task
 * is planned against.
 *
 * In apply mode a tainted fact blocks, so that the host is looked at again; in check mode it keeps its last value, and
 * reading it is noted, so that the task can say what it waits for.
 */
export class Overlay {
  /** What lies below: the same object until the host is looked at again. */
  readonly observed: Observation;
  readonly #blockOnTaint: boolean;
  readonly #predictions = new Map<string, Prediction>();
  readonly #taints: MadeTaint[] = [];

  constructor(observed: Observation, options: { readonly blockOnTaint: boolean }) {
    this.observed = observed;
    this.#blockOnTaint = options.blockOnTaint;
  }

  /** True while no action has been planned. */
  get untouched(): boolean {
    return this.#taints.length === 0 && this.#predictions.size === 0;
  }

  /** What keeps the fact from being certain: the task that may change it, or undefined. */
  taintOf(key: FactKey): string | undefined {
    const from = this.#predictions.get(factName(key))?.after ?? 0;
    return this.#taints.slice(from).find(({ taint }) => touches(taint, key))?.because;
  }

  /** The value a task would be planned against; undefined when not observed. */
  peek(key: FactKey): Observed | Unknown | undefined {
    const name = factName(key);
    const prediction = this.#predictions.get(name);
    return prediction === undefined ? this.observed.get(name) : (prediction.value as Observed);
  }

  /**
   * The facts as one task sees them.
   *
   * @param onTentative  told what the value may still be changed by, when a tainted fact is read in check mode
   */
  factsFor(onTentative: (because: string) => void): Facts {
    const get = <V>(key: FactKey<V>): V | typeof absent => {
      const because = this.taintOf(key);
      if (because !== undefined) {
        if (this.#blockOnTaint) throw new Blocked(because);
        onTentative(because);
      }
      const value = this.peek(key);
      if (value === undefined) throw new NotObserved([key]);
      if (isUnknown(value)) throw new Blocked(value.because);
      if (value instanceof FactFailure) throw new TaskFailure(value.message);
      return value as V | typeof absent;
    };
    const together = (keys: readonly FactKey[]): void => {
      const missing = keys.filter((key) => this.taintOf(key) === undefined && this.peek(key) === undefined);
      if (missing.length > 0) throw new NotObserved(missing);
    };
    return { get, together };
  }

  /** The facts as they were observed, without what is planned. */
  factsAsSeen(): Facts {
    return new Overlay(this.observed, { blockOnTaint: false }).factsFor(() => {});
  }

  /** Lays an action's effects over the facts. */
  apply(action: Action, because: string): void {
    const taints: readonly Taint[] = action.taints ?? [];
    // A mere wait changes nothing, but what it waited for is other than what was seen.
    this.#taints.push({ taint: { kind: 'probe' }, because });
    for (const taint of taints) this.#taints.push({ taint, because });
    for (const { key, properties } of action.revises ?? []) {
      const known = this.peek(key);
      const isThere = typeof known === 'object' && known !== null;
      if (!isThere || isUnknown(known) || known instanceof FactFailure) continue;
      const after = this.#predictions.get(factName(key))?.after ?? 0;
      this.#predictions.set(factName(key), { value: { ...known, ...properties }, after });
    }
    for (const { key, value } of action.predicts) {
      this.#predictions.set(factName(key), { value, after: this.#taints.length });
    }
  }

  /** Marks facts as not knowable before `because` has happened: what a blocked task would have changed. */
  obscure(keys: readonly FactKey[], value: Unknown): void {
    for (const key of keys) this.#predictions.set(factName(key), { value, after: this.#taints.length });
  }
}
