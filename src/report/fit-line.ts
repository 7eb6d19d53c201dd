import type { Paint, Tone } from './paint.ts';

/** A stretch of a line in one colour. */
export interface Segment {
  readonly text: string;
  readonly tone?: Tone | undefined;
}

/** East Asian wide and fullwidth characters and emoji take two columns; a range is enough for cutting lines. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

const columnsOf = (character: string): number => {
  if (/^\p{M}/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
};

/** Columns that a text takes on a terminal. */
export const widthOf = (text: string): number =>
  [...text].reduce((sum, character) => sum + columnsOf(character), 0);

const cut = (text: string, width: number): string => {
  let used = 0;
  let kept = '';
  for (const character of text) {
    used += columnsOf(character);
    if (used > width - 1) return `${kept}…`;
    kept += character;
  }
  return kept;
};

/** One line out of segments, cut with an ellipsis where it would be wider than `width` columns. */
export const fitLine = (segments: readonly Segment[], width: number, paint: Paint): string => {
  let left = width;
  let line = '';
  for (const { text, tone } of segments) {
    if (left <= 0) break;
    const needed = widthOf(text);
    const shown = needed <= left ? text : cut(text, left);
    line += tone === undefined ? shown : paint(tone, shown);
    left -= needed;
  }
  return line;
};
