import type { Span } from '../model/span.ts';
import type { Stretch } from './syntax.ts';

/** Where a template stands: turns a stretch of its text into a span of the file. Undefined: it stands nowhere. */
export type Place = (at: Stretch) => Span | undefined;

export const nowhere: Place = () => undefined;

const lineAndColumn = (text: string, offset: number): { line: number; column: number } => {
  const before = text.slice(0, offset);
  const line = before.split('\n').length - 1;
  return { line, column: offset - (before.lastIndexOf('\n') + 1) };
};

/**
 * A template that is a scalar of a YAML file. As exact as the scalar allows: a stretch of the text where the text is
 * written in the file as it is (on one line, or as a `|` block), else the whole scalar.
 *
 * @param span  of the text between the quotes; of a `|` block, its first line (see `language/yaml.ts`)
 */
export const placeInScalar =
  (text: string, span: Span | undefined): Place =>
  (at) => {
    if (span === undefined) return undefined;
    const length = Math.max(1, Math.min(at.end, text.length) - at.start);
    const [firstLine = ''] = text.split('\n', 1);
    if (span.length === text.length && !text.includes('\n')) {
      return { ...span, column: span.column + at.start, offset: span.offset + at.start, length };
    }
    if (span.length !== firstLine.length || !text.includes('\n')) return span;
    const { line, column } = lineAndColumn(text, at.start);
    // Empty lines are not indented.
    const indented = text
      .slice(0, at.start)
      .split('\n')
      .slice(1, -1)
      .filter((before) => before !== '').length;
    const indent = (span.column - 1) * (indented + Math.min(1, line));
    return {
      ...span,
      line: span.line + line,
      column: span.column + column,
      offset: span.offset + at.start + indent,
      length,
    };
  };

/** A template that is a file of its own. */
export const placeInFile =
  (text: string, file: string | undefined): Place =>
  (at) => {
    if (file === undefined) return undefined;
    const { line, column } = lineAndColumn(text, at.start);
    return {
      file,
      line: line + 1,
      column: column + 1,
      offset: at.start,
      length: Math.max(1, Math.min(at.end, text.length) - at.start),
    };
  };

/** A template that begins some characters behind the beginning of a text. @param place  of that text */
export const behind =
  (offset: number, place: Place): Place =>
  ({ start, end }) =>
    place({ start: start + offset, end: end + offset });
