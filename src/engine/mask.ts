import { mergeRanges, SecretFinder, type TextRange } from './find-secrets.ts';
import { shortestSecret } from './secret-forms.ts';

/** What stands in place of a secret, wherever it would have been shown. */
export const maskText = '********';

/** Stands for what was there before a line with a secret in it: most likely the secret's last value. */
const earlierText = '******** (before)';

/** Keys whose texts are words of ours that programs go by, or moments, whatever a secret is. */
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
  'kind',
  'topic',
  'code',
  'startedAt',
  'at',
]);

/** Keys of lists of things on a host: `file:/etc/x`. What is before the colon is a word of ours. */
const resources: ReadonlySet<string> = new Set(['orphans', 'prunable']);

/** What a task has found: in it keys are somebody else's, too. */
const found = 'result';

const isText = (value: unknown): value is string => typeof value === 'string';

const isName = (value: unknown): boolean =>
  isText(value) || (Array.isArray(value) && value.every((item) => isText(item)));

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

/** Lines as a secret's line was before the secret was another one; of base64 the padding may have been another one, too. */
const earlierPattern = (masked: string): RegExp =>
  new RegExp(
    `^${masked
      .slice(0, longestMatched)
      .split(/\*{8}=*/)
      .map(escaped)
      .join('.+')}$`,
  );

/**
 * Hides secrets in everything that leaves the engine, in all the forms that they take.
 *
 * Texts cost nothing while there are no secrets, and otherwise one walk along them, however many there are.
 */
export class Mask {
  readonly #shared: Mask | undefined;
  readonly #secrets = new Set<string>();
  readonly #finder = new SecretFinder();

  /** @param shared  its secrets are hidden too, and those that it is still to learn */
  constructor(shared?: Mask) {
    this.#shared = shared;
  }

  add(secret: string): void {
    const known = this.#secrets.has(secret) || this.#shared?.secrets.has(secret) === true;
    if (known || secret.trim().length < shortestSecret) return;
    this.#secrets.add(secret);
    this.#finder.add(secret);
  }

  /** As they were given, without those of the shared one. */
  get secrets(): ReadonlySet<string> {
    return this.#secrets;
  }

  get #isIdle(): boolean {
    return this.#finder.isEmpty && (this.#shared === undefined || this.#shared.#isIdle);
  }

  #ranges(text: string): readonly TextRange[] {
    const own = this.#finder.ranges(text);
    return this.#shared === undefined ? own : [...this.#shared.#ranges(text), ...own];
  }

  #openFrom(text: string): number {
    const own = this.#finder.openFrom(text);
    return this.#shared === undefined ? own : Math.min(own, this.#shared.#openFrom(text));
  }

  text(text: string): string {
    return this.#isIdle ? text : replaced(text, mergeRanges(this.#ranges(text)));
  }

  /**
   * How much of a text may be shown now, of which more is to come: what is behind it may be the beginning of a secret.
   *
   * @returns a number of UTF-16 code units
   */
  safeLength(text: string): number {
    if (this.#isIdle) return text.length;
    const open = this.#openFrom(text);
    const across = mergeRanges(this.#ranges(text)).find(({ from, to }) => from < open && open < to);
    return across?.from ?? open;
  }

  /**
   * The same value with every text in it masked. Dates and numbers stay as they are, and so do the words that programs read a report
   * by, its keys among them; of what a task has found every text and every name is masked. What holds no secret is given back as it
   * is: nearly everything, and the report of a host holds what its events have told.
   */
  value<T>(value: T): T {
    return this.#isIdle ? value : (this.#map(value, false) as T);
  }

  #resource(name: string): string {
    const start = name.indexOf(':') + 1;
    return name.slice(0, start) + this.text(name.slice(start));
  }

  /** @param key  of a part of a report */
  #part(key: string, value: unknown): unknown {
    if (ownWords.has(key) && isName(value)) return value;
    if (!resources.has(key) || !Array.isArray(value)) return this.#map(value, key === found);
    const names = value.map((name) => (isText(name) ? this.#resource(name) : this.#map(name, false)));
    return names.every((name, index) => name === value[index]) ? value : names;
  }

  /** @param isFound  it is of what a task has found, where no text and no key is a word of ours */
  #map(value: unknown, isFound: boolean): unknown {
    if (isText(value)) return this.text(value);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#map(item, isFound));
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    const entries = Object.entries(value);
    const masked = entries.map(([key, item]) =>
      isFound ? ([this.text(key), this.#map(item, true)] as const) : ([key, this.#part(key, item)] as const),
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
