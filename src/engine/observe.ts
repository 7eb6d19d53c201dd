import { type FactKey, type FactKind, type Observed, StrangeOutput } from '../model/fact.ts';
import type { Section } from '../shell/script.ts';
import { BrokenScript } from './broken-script.ts';
import { factName, type Observation } from './overlay.ts';

/** Fact kinds by name. */
export type FactKinds = ReadonlyMap<string, FactKind>;

/** Facts that a message names, and how much of the name of each. */
const mostNamed = 3;
const longestName = 100;

/** Lines and fields of one kind's answer; of the largest listing (`mostTreeEntries`) six find room. A list of all of them is what takes memory. */
const mostParts = 5_000_000;

const countParts = (output: string): number =>
  ['\n', '\0'].reduce((sum, end) => {
    let count = 0;
    for (let at = output.indexOf(end); at !== -1; at = output.indexOf(end, at + 1)) count += 1;
    return sum + count;
  }, 0);

const strange = (kind: string, what: string, cause?: Error): BrokenScript =>
  new BrokenScript(
    `the host's answer to the look at ${kind} facts makes no sense: ${what}`,
    cause && { cause },
  );

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

  kinds(): ReadonlySet<string> {
    return new Set(this.#byKind.keys());
  }

  /** What of a kind is wanted, for messages: the first few. */
  describe(kind: string): string {
    const ids = [...(this.#byKind.get(kind)?.keys() ?? [])];
    const more = ids.length > mostNamed ? [`and ${ids.length - mostNamed} more`] : [];
    return [...ids.slice(0, mostNamed).map((id) => id.slice(0, longestName)), ...more].join(', ');
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
   * @throws BrokenScript when what the host has printed is not what the script prints
   */
  parse(outputs: ReadonlyMap<string, string>): Observation {
    const observation = new Map<string, Observed>();
    for (const [kind, keys] of this.#byKind) {
      const found = this.#parseKind(kind, outputs.get(kind) ?? '', [...keys.values()]);
      for (const key of keys.values()) {
        const value = found?.get(key.id);
        if (value === undefined) throw strange(kind, `nothing of ${key.id.slice(0, longestName)}`);
        observation.set(factName(key), value);
      }
    }
    return observation;
  }

  #parseKind(kind: string, output: string, keys: readonly FactKey[]) {
    if (countParts(output) > mostParts) throw strange(kind, `more than ${mostParts} lines`);
    const reader = this.#kinds.get(kind);
    if (reader?.hasNul !== true && output.includes('\0')) throw strange(kind, 'a NUL byte');
    try {
      return reader?.parse(output, keys);
    } catch (error) {
      if (!(error instanceof StrangeOutput)) throw error;
      throw strange(kind, error.message, error);
    }
  }
}
