/** A line of ssh's configuration, taken apart. */
export interface SplitLine {
  /** In small letters. */
  readonly keyword: string;
  /** All behind the keyword, for options that are one command. */
  readonly rest: string;
  /** The same as words, without quotes and comment; undefined: a quote does not close. */
  readonly words: readonly string[] | undefined;
}

/**
 * Splits what stands behind a keyword: blanks separate, both quotes hold words together, `\` takes the meaning from a quote,
 * a backslash or a blank, `#` at the start of a word ends the line.
 *
 * @returns undefined when a quote does not close
 */
export const splitArguments = (text: string): readonly string[] | undefined => {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    const next = text[at + 1] ?? '';
    const isBlank = char === ' ' || char === '\t';
    if (word === undefined && isBlank) continue;
    if (word === undefined && char === '#') return words;
    if (char === '\\' && (/['"\\]/.test(next) || (quote === '' && next === ' '))) {
      word = (word ?? '') + next;
      at += 1;
    } else if (quote === '' && isBlank) {
      words.push(word ?? '');
      word = undefined;
    } else if (quote === '' && (char === '"' || char === "'")) {
      quote = char;
      word ??= '';
    } else if (char === quote) quote = '';
    else word = (word ?? '') + char;
  }
  if (quote !== '') return undefined;
  return word === undefined ? words : [...words, word];
};

/** @returns undefined for an empty line or a comment */
export const splitLine = (line: string): SplitLine | undefined => {
  const [, keyword = '', rest = ''] = /^\s*([^\s="]*)[ \t]*=?[ \t]*(.*?)[\s\f]*$/s.exec(line) ?? [];
  if (keyword === '' || keyword.startsWith('#')) return undefined;
  return { keyword: keyword.toLowerCase(), rest, words: splitArguments(rest) };
};
