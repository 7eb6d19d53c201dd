import type { LineCounter } from 'yaml';
import type { Span } from '../model/span.ts';

/** Makes spans of one file from offsets. */
export type SpanOf = (start: number, end: number) => Span;

/** Offsets count from 0, lines and columns from 1, as in `Span`. */
export const spansOf =
  (file: string, lines: LineCounter): SpanOf =>
  (start, end) => {
    const { line, col } = lines.linePos(start);
    return {
      file,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      offset: start,
      length: Math.max(end - start, 0),
    };
  };
