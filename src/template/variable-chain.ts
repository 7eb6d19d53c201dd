import type { Variables } from '../model/located.ts';

/** Few enough to look through faster than to remember what was found. */
const fewLayers = 2;

const isEmpty = ({ values }: Variables): boolean => {
  for (const _ in values) return false;
  return true;
};

/** Layers of variables over those of a wider scope. */
export class VariableChain {
  readonly #layers: readonly Variables[];
  readonly #outer: VariableChain | undefined;
  readonly #owners = new Map<string, Variables | undefined>();

  /** @param layers  weakest first */
  constructor(layers: readonly Variables[], outer: VariableChain | undefined) {
    // A task lays half a dozen over its play's, and most of them are empty.
    this.#layers = layers.filter((layer) => !isEmpty(layer));
    this.#outer = outer;
  }

  with(layers: readonly Variables[]): VariableChain {
    return new VariableChain(layers, this);
  }

  #own(name: string): Variables | undefined {
    if (this.#layers.length <= fewLayers) return this.#find(name);
    if (this.#owners.has(name)) return this.#owners.get(name);
    const owner = this.#find(name);
    this.#owners.set(name, owner);
    return owner;
  }

  /** Most layers do not have the name: asked for the value first, and with no function a layer. */
  #find(name: string): Variables | undefined {
    for (let at = this.#layers.length - 1; at >= 0; at -= 1) {
      const layer = this.#layers[at];
      if (layer?.values[name] !== undefined && Object.hasOwn(layer.values, name)) return layer;
    }
    return undefined;
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
