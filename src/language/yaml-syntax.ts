import type { ErrorCode, YAMLParseError } from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { SpanOf } from './spans.ts';

interface Explanation {
  readonly message: string;
  readonly hint?: string;
  /** Where to point, start and end, when the parser's own place is not where the mistake is. */
  readonly at?: readonly [number, number];
}

/** `key: {{ name }}` is a mapping to YAML. */
export const unquotedTemplate = 'a value that starts with "{{" must be quoted';

const quoteIt = 'put the whole value in quotes';
const columns = 'the keys of a mapping start in the same column, and so do the items of a list';

const plain: Partial<Record<ErrorCode, Explanation>> = {
  TAB_AS_INDENT: { message: 'a tab in the indentation; YAML takes spaces only' },
  BAD_INDENT: { message: 'wrong indentation', hint: columns },
  BAD_SCALAR_START: { message: 'a text cannot start with this character', hint: quoteIt },
  MULTILINE_IMPLICIT_KEY: {
    message: 'a key must stand on one line, with its ":"',
    hint: 'is there a ":" or the space after it missing, or a line indented too far?',
  },
  BAD_DQ_ESCAPE: {
    message: 'unknown escape in a double-quoted text',
    hint: 'write the backslash twice, or use single quotes, where it means itself',
  },
  BAD_ALIAS: { message: 'an alias without its anchor', hint: 'an anchor (&name) stands before its aliases' },
  MULTIPLE_DOCS: { message: 'a second document ("---") in the file; one is read' },
  RESOURCE_EXHAUSTION: { message: 'too deeply nested' },
};

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

/** Brackets that stand open at `end`, innermost last; quoted ones and those in comments do not count. */
const openBrackets = (text: string, end: number): readonly number[] => {
  const open: number[] = [];
  const tokens = /"(?:[^"\\]|\\.)*"|'[^']*'|(?<=^|\s)#.*|[[\]{}]/gm;
  for (const { 0: token, index } of text.slice(0, end).matchAll(tokens)) {
    if (token === '[' || token === '{') open.push(index);
    else if (token === ']' || token === '}') open.pop();
  }
  return open;
};

const unclosedBracket = (error: YAMLParseError, text: string): Explanation => {
  const start = openBrackets(text, error.pos[0]).at(-1);
  const hint = 'what stands in brackets is indented further than the key before them';
  const bracket = start === undefined ? '[' : text[start];
  const message = `"${bracket}" is opened and not closed`;
  return start === undefined ? { message, hint } : { message, hint, at: [start, start + 1] };
};

/** The end of the file, where the parser missed the closing one, tells nobody anything. */
const unclosedQuote = (error: YAMLParseError, text: string): Explanation => {
  const message = 'a quote is opened and never closed';
  const quote = error.message.includes('"') ? '"' : "'";
  const match = new RegExp(`(?:^|[\\s,:\\[{-])(${quote})(?:[^${quote}]*)$`).exec(text.slice(0, error.pos[0]));
  if (match === null) return { message };
  const start = match.index + match[0].indexOf(quote);
  return { message, at: [start, start + 1] };
};

/** `name: two: three`, or a line that was indented so far that it went on with the value of the line before. */
const secondColon = (error: YAMLParseError, text: string): Explanation => {
  const colon = /:(?=\s|$)/m.exec(text.slice(error.pos[0]));
  const at = error.pos[0] + (colon?.index ?? 0);
  const between = text.slice(error.pos[0], at);
  if (!between.includes('\n'))
    return {
      message: 'a second ": " on the same line',
      hint: 'if it belongs to the text, put the whole value in quotes',
      at: [at, at + 1],
    };
  const start = error.pos[0] + between.lastIndexOf('\n') + 1;
  const indent = /^\s*/.exec(text.slice(start))?.[0].length ?? 0;
  return {
    message: 'this line is indented too far: it continues the value above it',
    hint: columns,
    at: [start + indent, at],
  };
};

const beforeOnLine = (offset: number, text: string): string =>
  text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);

const atNodeEnd = (error: YAMLParseError, text: string): Explanation => {
  const before = beforeOnLine(error.pos[0], text).trim();
  if (/["']$/.test(before)) return { message: 'text after a closing quote', hint: quoteIt };
  if (before !== '') return { message: 'text after the end of a value', hint: quoteIt };
  return {
    message: 'this line belongs to nothing before it',
    hint: `${columns}; is a "-" missing or too many?`,
  };
};

const unexpected = (error: YAMLParseError, text: string): Explanation => {
  if (error.message.includes('at node end')) return atNodeEnd(error, text);
  const token = /: "(.)"$/.exec(error.message)?.[1];
  if (token !== undefined) return { message: `"${token}" is not expected here`, hint: quoteIt };
  return { message: lowerFirst(error.message.replace(/\.$/, '')) };
};

/** The parser says these with codes that it uses for other things too. */
const byMessage: readonly [RegExp, (error: YAMLParseError, text: string) => Explanation][] = [
  [/sufficiently indented|end with a [\]}]/, unclosedBracket],
  [/quote$/, unclosedQuote],
  [/^Implicit map keys/, () => ({ message: 'a key without its ":"' })],
  [/^Sequence item without/, () => ({ message: 'an item of a list without its "-"', hint: columns })],
  [/^Nested mappings/, secondColon],
];

const explain = (error: YAMLParseError, text: string): Explanation => {
  if (/(?:^|[:-]\s+)\{\{[^\n]*$/.test(text.slice(0, error.pos[0])) && error.code !== 'TAB_AS_INDENT')
    return { message: unquotedTemplate, hint: quoteIt };
  const special = byMessage.find(([pattern]) => pattern.test(error.message));
  return special?.[1](error, text) ?? plain[error.code] ?? unexpected(error, text);
};

/** Blanks are not what is wrong, unless they are tabs. */
const skipBlanks = ([start, end]: readonly [number, number], text: string): readonly [number, number] => {
  const blanks = /^ */.exec(text.slice(start))?.[0].length ?? 0;
  return [start + blanks, Math.max(end, start + blanks + 1)];
};

/**
 * What the YAML parser refused, in words for the writer of the file.
 *
 * Only the first error of a file: after it the parser reads the rest differently from how it was meant, and its
 * further errors mislead.
 */
export const syntaxDiagnostics = (
  errors: readonly YAMLParseError[],
  text: string,
  spanOf: SpanOf,
): readonly Diagnostic[] => {
  const first = errors[0];
  if (first === undefined) return [];
  const { message, hint, at = first.pos } = explain(first, text);
  return [{ severity: 'error', code: 'yaml-syntax', message, span: spanOf(...skipBlanks(at, text)), hint }];
};
