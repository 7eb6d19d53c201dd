import type { Variables } from '../model/located.ts';

/** A rendered value and every name that was looked up for it. */
export interface Remembered {
  readonly value: unknown;
  readonly names: ReadonlySet<string>;
}

/**
 * Layers of variables over those of a wider scope, and what has been rendered here. What a narrower scope renders
 * is remembered as far out as its names allow, so that a thousand tasks share what none of them changes.
 */
export class VariableChain {
  readonly #layers: readonly Variables[];
  readonly #outer: VariableChain | undefined;
  readonly #remembered = new Map<string, Remembered>();
  readonly #owners = new Map<string, Variables | undefined>();

  /** @param layers  weakest first */
  constructor(layers: readonly Variables[], outer: VariableChain | undefined) {
    this.#layers = layers;
    this.#outer = outer;
  }

  with(layers: readonly Variables[]): VariableChain {
    return new VariableChain(layers, this);
  }

  #own(name: string): Variables | undefined {
    if (this.#owners.has(name)) return this.#owners.get(name);
    const owner = this.#layers.findLast(
      ({ values }) => Object.hasOwn(values, name) && values[name] !== undefined,
    );
    this.#owners.set(name, owner);
    return owner;
  }

  /** The strongest layer that sets it. */
  owner(name: string): Variables | undefined {
    return this.#own(name) ?? this.#outer?.owner(name);
  }

  *names(): Iterable<string> {
    const seen = new Set<string>();
    for (let chain: VariableChain | undefined = this; chain !== undefined; chain = chain.#outer) {
      for (const { values } of chain.#layers) {
        for (const name of Object.keys(values)) {
          if (!seen.has(name)) yield name;
          seen.add(name);
        }
      }
    }
  }

  #changesAny(names: Iterable<string>): boolean {
    for (const name of names) if (this.#own(name) !== undefined) return true;
    return false;
  }

  /** What was rendered under the key, here or further out, if it would be the same here. */
  recall(key: string): Remembered | undefined {
    const passed: VariableChain[] = [];
    for (let chain: VariableChain | undefined = this; chain !== undefined; chain = chain.#outer) {
      const found = chain.#remembered.get(key);
      if (found !== undefined)
        return passed.some((inner) => inner.#changesAny(found.names)) ? undefined : found;
      passed.push(chain);
    }
    return undefined;
  }

  /** Keeps it in the widest scope for which it holds. */
  remember(key: string, entry: Remembered): void {
    let widest: VariableChain = this;
    while (widest.#outer !== undefined && !widest.#changesAny(entry.names)) widest = widest.#outer;
    widest.#remembered.set(key, entry);
  }
}
