const unfinished = (quote: string): Error => new Error(`no closing ${quote}`);

/**
 * Splits a command line into words as Python's shlex does in POSIX mode (without comments): blanks separate, both
 * quotes and the backslash quote, nothing is expanded.
 *
 * @throws Error when a quote is not closed
 */
export const shellWords = (text: string): string[] => {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'" || char === '"') {
      word ??= '';
      for (at += 1; text[at] !== char; at += 1) {
        if (at >= text.length) throw unfinished(char);
        if (char === '"' && text[at] === '\\' && /["\\]/.test(text[at + 1] ?? '')) at += 1;
        word += text[at];
      }
    } else {
      if (char === '\\') at += 1;
      if (at >= text.length) throw unfinished('\\');
      word = (word ?? '') + text[at];
    }
  }
  return word === undefined ? words : [...words, word];
};
