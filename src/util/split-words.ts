/** A text whose quotes do not close, or that ends in a backslash. */
export class UnclosedQuote extends Error {
  override readonly name = 'UnclosedQuote';
}

/** A word of a command line: without its quotes, and where it begins (UTF-16 code units). */
export interface Word {
  readonly text: string;
  readonly at: number;
}

/** A piece of a word: blanks, a quoted part, an escaped character, the sign of a comment, or plain text. */
const piece = /(\s+)|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|(#)|([^\s'"\\#]+)/y;

/**
 * Splits a command line into words as Python's `shlex.split` does: quotes and backslashes as in sh, nothing expanded, no
 * operators.
 *
 * @param comments  a `#` outside of quotes, within a word too, begins a comment that goes to the end of the line
 * @throws UnclosedQuote
 */
export const wordsOf = (text: string, { comments = false } = {}): Word[] => {
  const words: Word[] = [];
  let word: Word | undefined;
  for (let at = 0; at < text.length; at = piece.lastIndex) {
    piece.lastIndex = at;
    const match = piece.exec(text);
    if (match === null) throw new UnclosedQuote(`no closing quotation in ${text.slice(at, at + 40)}`);
    const [, blanks, single, double, escaped, hash, plain] = match;
    if (hash !== undefined && comments) {
      const end = text.indexOf('\n', at);
      piece.lastIndex = end === -1 ? text.length : end;
    }
    if (blanks !== undefined || (hash !== undefined && comments)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const more = single ?? double?.replaceAll(/\\(["\\])/g, '$1') ?? escaped ?? hash ?? plain ?? '';
    word = { text: (word?.text ?? '') + more, at: word?.at ?? at };
  }
  if (word !== undefined) words.push(word);
  return words;
};

/** As `wordsOf`, without comments: their texts. @throws UnclosedQuote */
export const splitWords = (text: string): string[] => wordsOf(text).map((word) => word.text);
