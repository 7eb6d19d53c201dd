import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import type { Section } from '../shell/script.ts';
import { factName, type Observation } from './overlay.ts';

/** Fact kinds by name. */
export type FactKinds = ReadonlyMap<string, FactKind>;

/** Keys without doubles; two of the same fact are merged by their kind. */
export class WantedFacts {
  readonly #kinds: FactKinds;
  readonly #byKind = new Map<string, Map<string, FactKey>>();

  constructor(kinds: FactKinds) {
    this.#kinds = kinds;
  }

  add(keys: Iterable<FactKey>): void {
    for (const key of keys) {
      const sameKind = this.#byKind.get(key.kind) ?? new Map<string, FactKey>();
      const known = sameKind.get(key.id);
      const merge = this.#kinds.get(key.kind)?.merge;
      sameKind.set(key.id, known === undefined ? key : (merge?.(known, key) ?? known));
      this.#byKind.set(key.kind, sameKind);
    }
  }

  get size(): number {
    return [...this.#byKind.values()].reduce((sum, keys) => sum + keys.size, 0);
  }

  keys(): FactKey[] {
    return [...this.#byKind.values()].flatMap((keys) => [...keys.values()]);
  }

  /** One section of the script a kind. @throws Error for a kind that nobody registered (a bug) */
  sections(): Section[] {
    return [...this.#byKind].map(([kind, keys]) => {
      const reader = this.#kinds.get(kind);
      if (reader === undefined) throw new Error(`no fact kind "${kind}" is registered`);
      return { kind, sh: reader.script([...keys.values()]) };
    });
  }

  /**
   * @param outputs  by kind, what its section printed
   * @returns by fact name, a value for every wanted key
   * @throws Error when a kind's parser left a key out (a bug)
   */
  parse(outputs: ReadonlyMap<string, string>): Observation {
    const observation = new Map<string, Observed>();
    for (const [kind, keys] of this.#byKind) {
      const found = this.#kinds.get(kind)?.parse(outputs.get(kind) ?? '', [...keys.values()]);
      for (const key of keys.values()) {
        const value = found?.get(key.id);
        if (value === undefined) throw new Error(`the look at ${factName(key)} gave nothing`);
        observation.set(factName(key), value);
      }
    }
    return observation;
  }
}
