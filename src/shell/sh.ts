import type { Sh } from '../model/sh.ts';

/** What may stand in a placeholder: plain values are quoted into one word each, `Sh` goes in as it is. */
export type ShValue = string | number | Sh | readonly (string | number | Sh)[];

/** Characters that no shell gives a meaning to, so that what people read stays readable. */
const plainWord = /^[A-Za-z0-9_@%+:,./-]+$/;

/**
 * One word of sh that means exactly `text`.
 *
 * @throws Error on a NUL, which no argument or here-document can carry
 */
export const quote = (text: string): string => {
  if (text.includes('\0')) throw new Error('a NUL byte cannot be passed to sh');
  return plainWord.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
};

const renderValue = (value: ShValue): string => {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return String(value);
  if ('sh' in value) return value.sh;
  return value.map(renderValue).join(' ');
};

/** Backslashes reach sh as they are written (`printf '\\n'`); only `\\${` and the escaped backtick are JavaScript's. */
const sourceText = (raw: string): string => raw.replaceAll(/\\(\$\{|`)/g, '$1');

/** sh text with quoted placeholders: sh`rm -f -- ${path}`. A list becomes words with blanks between. */
export const sh = (strings: TemplateStringsArray, ...values: readonly ShValue[]): Sh => ({
  sh: strings.raw
    .map(sourceText)
    .reduce((text, part, index) => text + renderValue(values[index - 1] as ShValue) + part),
});

/** Trusted text that already is sh. For constants; values go through `sh`. */
export const rawSh = (text: string): Sh => ({ sh: text });

/** Several pieces, each on lines of its own. */
export const joinSh = (pieces: readonly Sh[], separator = '\n'): Sh => ({
  sh: pieces.map((piece) => piece.sh).join(separator),
});
