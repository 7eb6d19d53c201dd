/**
 * A stretch of a source text.
 *
 * `file` is the path as messages show it (relative to where the command was started); `offset` and `length`
 * count UTF-16 code units from 0; `line` and `column` count from 1.
 */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly length: number;
}

/** `file:line:column`, as every message and the JSON report write a place. */
export const renderPlace = (span: Span): string => `${span.file}:${span.line}:${span.column}`;
