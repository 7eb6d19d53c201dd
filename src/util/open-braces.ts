/** A quoted text of an expression. */
const literal = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gs;

/** What stands in braces within a text, and what does not. */
const opened = (text: string): string => {
  const quote = text.charAt(0);
  const parts = text
    .slice(1, -1)
    .split(/\{\{(.*?)\}\}/s)
    .flatMap((part, index) => {
      if (index % 2 === 1) return [`(${part.trim()})`];
      return part === '' ? [] : [`${quote}${part}${quote}`];
    });
  // A text it was, and stays, whatever is in it.
  return parts.length === 1 ? `("" ~ ${parts[0]})` : `(${parts.join(' ~ ')})`;
};

/**
 * An expression whose texts are templates, as one whose texts are none: `x == 'a {{ b }}'` → `x == ('a ' ~ (b))`.
 *
 * NOTE: Values are put together and never read as an expression: what a host has said cannot become a part of one.
 */
export const openBraces = (expression: string): string =>
  expression.replaceAll(literal, (text) => (/\{\{.*?\}\}/s.test(text) ? opened(text) : text));
