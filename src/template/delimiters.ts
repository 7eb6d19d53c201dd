/** What begins and ends each kind of tag in a template. */
export interface Delimiters {
  readonly block: readonly [start: string, end: string];
  readonly variable: readonly [start: string, end: string];
  readonly comment: readonly [start: string, end: string];
}

/** Jinja2's own. */
export const usualDelimiters: Delimiters = {
  block: ['{%', '%}'],
  variable: ['{{', '}}'],
  comment: ['{#', '#}'],
};

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** How they are found in a text. */
export interface DelimiterPatterns {
  /** Where any of the three begins, the longest where several do. */
  readonly opening: RegExp;
  readonly rawStart: RegExp;
  readonly rawEnd: RegExp;
}

/** All but `opening` and `rawEnd` are sticky; those are global. */
export const patternsOf = ({ block, variable, comment }: Delimiters): DelimiterPatterns => {
  const [start, end] = block.map(escaped);
  const starts = [block[0], variable[0], comment[0]].toSorted((a, b) => b.length - a.length).map(escaped);
  return {
    opening: new RegExp(starts.join('|'), 'g'),
    rawStart: new RegExp(`${start}[-+]?\\s*raw\\s*([-+]?)${end}`, 'y'),
    rawEnd: new RegExp(`${start}([-+]?)\\s*endraw\\s*([-+]?)${end}`, 'g'),
  };
};

/** A pattern for the end of a tag, with the sign before it. */
export const endPattern = (end: string): RegExp => new RegExp(`[-+]?${escaped(end)}`, 'y');
