import { formsOf, shortestSecret } from './secret-forms.ts';

/** A part of a text, by UTF-16 code units. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

/** Every form has this many characters at least: enough to find the few that may stand at a place. */
const keyLength = shortestSecret;

/**
 * Where base64 was broken into lines (`base64` breaks after 76 characters, PEM after 64): also as JSON has such a text, or a list
 * of its lines.
 */
const brokenBase64 = /(?<=[A-Za-z0-9+/_-]{40})(?:(?:\\r)?\\n|(?:",)?\r?\n[ \t]*"?)(?=[A-Za-z0-9+/_-])/g;

const slot = (first: number, second: number): number => ((first * 31) ^ second) & 0xffff;

/** The same parts in order, those that overlap or touch as one. */
export const mergeRanges = (ranges: readonly TextRange[]): readonly TextRange[] => {
  const found: TextRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    const last = found.at(-1);
    if (last === undefined || range.from > last.to) found.push(range);
    else if (range.to > last.to) found[found.length - 1] = { from: last.from, to: range.to };
  }
  return found;
};

/** Finds secrets in texts, in all their forms at once: a look at each place tells by two characters that nothing begins there. */
export class SecretFinder {
  /** By their first characters, then by their length. */
  readonly #forms = new Map<string, Map<number, Set<string>>>();
  readonly #beginnings = new Uint8Array(0x1_0000);
  #longest = 0;

  add(secret: string): void {
    for (const form of formsOf(secret)) this.#add(form);
  }

  get isEmpty(): boolean {
    return this.#forms.size === 0;
  }

  #add(form: string): void {
    const key = form.slice(0, keyLength);
    const byLength = this.#forms.get(key) ?? new Map<number, Set<string>>();
    this.#forms.set(key, byLength);
    byLength.set(form.length, (byLength.get(form.length) ?? new Set<string>()).add(form));
    this.#beginnings[slot(form.charCodeAt(0), form.charCodeAt(1))] = 1;
    this.#longest = Math.max(this.#longest, form.length);
  }

  /** Parts of the text that hold secrets. They may overlap. */
  ranges(text: string): readonly TextRange[] {
    if (this.isEmpty) return [];
    return [...this.#rangesIn(text), ...this.#rangesInBroken(text)];
  }

  #rangesIn(text: string): TextRange[] {
    const ranges: TextRange[] = [];
    const last = text.length - keyLength;
    let first = text.charCodeAt(0);
    for (let at = 0; at <= last; at += 1) {
      const second = text.charCodeAt(at + 1);
      if (this.#beginnings[slot(first, second)] === 1) {
        const length = this.#longestAt(text, at);
        if (length > 0) ranges.push({ from: at, to: at + length });
      }
      first = second;
    }
    return ranges;
  }

  /** Length of the longest form that stands there; 0 where none does. */
  #longestAt(text: string, at: number): number {
    let longest = 0;
    for (const [length, forms] of this.#forms.get(text.slice(at, at + keyLength)) ?? [])
      if (length > longest && forms.has(text.slice(at, at + length))) longest = length;
    return longest;
  }

  #rangesInBroken(text: string): readonly TextRange[] {
    const breaks = [...text.matchAll(brokenBase64)].map(({ index, 0: { length } }) => ({ index, length }));
    if (breaks.length === 0) return [];
    // Places in the text that is put together again, and in the text as it is.
    const moved = (place: number): number => {
      let at = place;
      for (const { index, length } of breaks) {
        if (index >= at) break;
        at += length;
      }
      return at;
    };
    return this.#rangesIn(text.replaceAll(brokenBase64, '')).map(({ from, to }) => ({
      from: moved(from + 1) - 1,
      to: moved(to),
    }));
  }

  /** Where the end of the text begins that may be the beginning of a secret; the text's length where there is none. */
  openFrom(text: string): number {
    const { length } = text;
    for (let at = Math.max(0, length - this.#longest + 1); at < length; at += 1)
      if (this.#mayBegin(text, at)) return at;
    return length;
  }

  #mayBegin(text: string, at: number): boolean {
    const isLast = at === text.length - 1;
    if (!isLast && this.#beginnings[slot(text.charCodeAt(at), text.charCodeAt(at + 1))] === 0) return false;
    const end = text.slice(at);
    if (end.length < keyLength) {
      for (const key of this.#forms.keys()) if (key.startsWith(end)) return true;
      return false;
    }
    for (const [length, forms] of this.#forms.get(end.slice(0, keyLength)) ?? [])
      if (length > end.length) for (const form of forms) if (form.startsWith(end)) return true;
    return false;
  }
}
