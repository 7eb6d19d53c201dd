import { base64 } from '../util/base64.ts';

/** What stands in place of a secret, wherever it would have been shown. */
export const maskText = '********';

/** Shorter ones would mask half of every text, and are no secrets. */
const shortestSecret = 4;

/** base64 as `base64` prints it, so that an encoded copy does not get through. */
const encoded = (secret: string): string => base64(new TextEncoder().encode(secret)).replace(/=+$/, '');

const formsOf = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  secret.replaceAll("'", `'\\''`),
  encoded(secret),
];

const patternOf = (secrets: Iterable<string>): RegExp => {
  const forms = new Set([...secrets].flatMap(formsOf));
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length);
  return new RegExp(
    longestFirst.map((form) => form.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'),
    'g',
  );
};

/**
 * Hides secrets in everything that leaves the engine: in texts as they are, quoted for JSON or sh, and in base64.
 */
export class Mask {
  readonly #secrets = new Set<string>();
  /** Made when it is needed: a result may have hundreds of lines to be hidden. */
  #madePattern: RegExp | undefined;

  add(secret: string): void {
    if (secret.length < shortestSecret || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    this.#madePattern = undefined;
  }

  /** As they were given. */
  get secrets(): ReadonlySet<string> {
    return this.#secrets;
  }

  get #pattern(): RegExp | undefined {
    if (this.#secrets.size > 0) this.#madePattern ??= patternOf(this.#secrets);
    return this.#madePattern;
  }

  text(text: string): string {
    const pattern = this.#pattern;
    return pattern === undefined ? text : text.replaceAll(pattern, maskText);
  }

  /**
   * The same value with every text in it masked. Dates and numbers stay as they are. What holds no secret is given back as it
   * is: nearly everything, and the report of a host holds what its events have told.
   */
  value<T>(value: T): T {
    return this.#pattern === undefined ? value : (this.#map(value) as T);
  }

  #map(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#map(item));
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    const entries = Object.entries(value);
    const masked = entries.map(([key, item]) => [key, this.#map(item)] as const);
    const isSame = masked.every(([, item], index) => item === entries[index]?.[1]);
    return isSame ? value : Object.fromEntries(masked);
  }
}
