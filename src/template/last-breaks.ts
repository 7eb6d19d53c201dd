const countAtEnd = (text: string): number => text.length - text.replace(/\n+$/, '').length;

/**
 * As many line breaks as a template ends with, its text ends with too, as Ansible has it; there are no more than that by the
 * template's own last one, which is no part of what Jinja2 reads.
 */
export const keepLastBreaks = (source: string, text: string): string =>
  text + '\n'.repeat(Math.max(0, countAtEnd(source) - countAtEnd(text)));

/** What Jinja2 reads of a template: all but the last line break. */
export const withoutLastBreak = (source: string): string => source.replace(/\n$/, '');
