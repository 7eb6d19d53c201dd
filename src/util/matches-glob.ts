/** Whether all of the text matches a shell pattern (`*`, `?`, `[abc]`, `[!abc]`), as fnmatch(3) without flags does. */
export const matchesGlob = (text: string, pattern: string): boolean => {
  const expression = pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[\\s\\S]*')
    .replaceAll('?', '[\\s\\S]')
    .replaceAll('[!', '[^');
  try {
    return new RegExp(`^(?:${expression})$`).test(text);
  } catch {
    // An unclosed bracket is a character like any other.
    return text === pattern;
  }
};
