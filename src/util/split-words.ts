/** A text whose quotes do not close, or that ends in a backslash. */
export class UnclosedQuote extends Error {
  override readonly name = 'UnclosedQuote';
}

/** A piece of a word: blanks, a quoted part, an escaped character, or plain text. */
const piece = /(\s+)|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/y;

/**
 * Splits a command line into words as Python's `shlex.split` does: quotes and backslashes as in sh, nothing expanded, no
 * comments, no operators.
 *
 * @throws UnclosedQuote
 */
export const splitWords = (text: string): string[] => {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at = piece.lastIndex) {
    piece.lastIndex = at;
    const match = piece.exec(text);
    if (match === null) throw new UnclosedQuote(`no closing quotation in ${text.slice(at, at + 40)}`);
    const [, blanks, single, double, escaped, plain] = match;
    if (blanks !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + (single ?? double?.replaceAll(/\\(["\\])/g, '$1') ?? escaped ?? plain ?? '');
  }
  if (word !== undefined) words.push(word);
  return words;
};
