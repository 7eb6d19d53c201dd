/** Quotes a text as one word of sh. */
export function shQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
