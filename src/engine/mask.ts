import { SecretFinder, type TextRange } from './find-secrets.ts';
import { shortestSecret } from './secret-forms.ts';

/** What stands in place of a secret, wherever it would have been shown. */
export const maskText = '********';

/** Stands for what was there before a line with a secret in it: most likely the secret's last value. */
const earlierText = '******** (before)';

/** Words of ours that programs go by, whatever a secret is. */
const ownWords: ReadonlySet<string> = new Set([
  'type',
  'status',
  'stage',
  'stream',
  'mode',
  'cause',
  'module',
  'host',
  'hosts',
]);

const isName = (value: unknown): boolean =>
  typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));

interface Diff {
  readonly before: string;
  readonly after: string;
}

const isDiff = (value: object): value is Diff =>
  'before' in value &&
  typeof value.before === 'string' &&
  'after' in value &&
  typeof value.after === 'string' &&
  value.before !== '';

const replaced = (text: string, ranges: readonly TextRange[]): string => {
  if (ranges.length === 0) return text;
  let result = '';
  let at = 0;
  for (const { from, to } of ranges) {
    result += text.slice(at, from) + maskText;
    at = to;
  }
  return result + text.slice(at);
};

/** A longer line is hidden whole. */
const longestMatched = 2000;

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Lines as a secret's line was before the secret was another one. */
const earlierPattern = (masked: string): RegExp =>
  new RegExp(`^${masked.slice(0, longestMatched).split(maskText).map(escaped).join('.+')}$`);

/**
 * Hides secrets in everything that leaves the engine, in all the forms that they take.
 *
 * Texts cost nothing while there are no secrets, and otherwise one walk along them, however many there are.
 */
export class Mask {
  readonly #shared: Mask | undefined;
  readonly #secrets = new Set<string>();
  /** Counts what was added, so that those who share this one know. */
  #version = 0;
  #made: { readonly finder: SecretFinder; readonly version: number; readonly shared: number } | undefined;

  /** @param shared  its secrets are hidden too, and those that it is still to learn */
  constructor(shared?: Mask) {
    this.#shared = shared;
  }

  add(secret: string): void {
    const known = this.#secrets.has(secret) || this.#shared?.secrets.has(secret) === true;
    if (known || secret.trim().length < shortestSecret) return;
    this.#secrets.add(secret);
    this.#version += 1;
  }

  /** As they were given, without those of the shared one. */
  get secrets(): ReadonlySet<string> {
    return this.#secrets;
  }

  /** Made when it is needed: a result may have hundreds of lines to be hidden. */
  get #finder(): SecretFinder | undefined {
    const shared = this.#shared;
    if (this.#secrets.size === 0) return shared === undefined ? undefined : shared.#finder;
    const version = shared === undefined ? 0 : shared.#version;
    const made = this.#made;
    if (made?.version === this.#version && made.shared === version) return made.finder;
    const finder = new SecretFinder([...(shared?.secrets ?? []), ...this.#secrets]);
    this.#made = { finder, version: this.#version, shared: version };
    return finder;
  }

  text(text: string): string {
    const finder = this.#finder;
    return finder === undefined ? text : replaced(text, finder.ranges(text));
  }

  /**
   * How much of a text may be shown now, of which more is to come: what is behind it may be the beginning of a secret.
   *
   * @returns a number of UTF-16 code units
   */
  safeLength(text: string): number {
    const finder = this.#finder;
    if (finder === undefined) return text.length;
    const open = finder.openFrom(text);
    const across = finder.ranges(text).find(({ from, to }) => from < open && open < to);
    return across?.from ?? open;
  }

  /**
   * The same value with every text in it masked, names of its parts too. Dates and numbers stay as they are, and so do the words
   * that programs read a report by. What holds no secret is given back as it is: nearly everything, and the report of a host
   * holds what its events have told.
   */
  value<T>(value: T): T {
    return this.#finder === undefined ? value : (this.#map(value) as T);
  }

  #map(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#map(item));
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    const entries = Object.entries(value);
    const masked = entries.map(
      ([key, item]) => [this.text(key), ownWords.has(key) && isName(item) ? item : this.#map(item)] as const,
    );
    const isSame = masked.every(([key, item], index) => {
      const [oldKey, old] = entries[index] as [string, unknown];
      return key === oldKey && item === old;
    });
    if (isSame) return value;
    const result = Object.fromEntries(masked);
    return isDiff(value) ? { ...result, before: this.#earlier(value) } : result;
  }

  /** What was there before, without what is likely to be an earlier value of a secret. */
  #earlier({ before, after }: Diff): string {
    const lines = after.split('\n');
    const kept = new Set(lines);
    const hidden = lines.flatMap((line) => {
      const masked = this.text(line);
      return masked === line ? [] : [{ masked, pattern: earlierPattern(masked) }];
    });
    return before
      .split('\n')
      .map((line) => {
        const like =
          kept.has(line) || line === '' ? undefined : hidden.find(({ pattern }) => pattern.test(line));
        return like === undefined ? this.text(line) : like.masked.replaceAll(maskText, earlierText);
      })
      .join('\n');
  }
}
