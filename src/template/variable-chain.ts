import type { Variables } from '../model/located.ts';

/** Layers of variables over those of a wider scope. */
export class VariableChain {
  readonly #layers: readonly Variables[];
  readonly #outer: VariableChain | undefined;
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
    // Most layers do not have the name: asked for the value first, and with no function a layer.
    let owner: Variables | undefined;
    for (let at = this.#layers.length - 1; at >= 0 && owner === undefined; at -= 1) {
      const layer = this.#layers[at];
      if (layer?.values[name] !== undefined && Object.hasOwn(layer.values, name)) owner = layer;
    }
    this.#owners.set(name, owner);
    return owner;
  }

  /** The strongest layer that sets it. */
  owner(name: string): Variables | undefined {
    return this.#own(name) ?? this.#outer?.owner(name);
  }

  /** Whether it is `wider` itself, or layers laid over it. */
  isWithin(wider: VariableChain): boolean {
    return this === wider || (this.#outer?.isWithin(wider) ?? false);
  }

  /** Whether a layer between `wider` and this one sets the name. */
  laysOver(wider: VariableChain, name: string): boolean {
    if (this === wider) return false;
    return this.#own(name) !== undefined || (this.#outer?.laysOver(wider, name) ?? false);
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
}
