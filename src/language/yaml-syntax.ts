import type { ErrorCode, YAMLParseError } from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { SpanOf } from './spans.ts';

interface Wording {
  readonly message: string;
  readonly hint?: string;
}

const wordings: Partial<Record<ErrorCode, Wording>> = {
  TAB_AS_INDENT: { message: 'a tab in the indentation; YAML takes spaces only' },
  BAD_INDENT: {
    message: 'wrong indentation',
    hint: 'the keys of a mapping and the items of a list start in the same column each, those of brackets further right than their key',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second ": " on the same line',
    hint: 'if the colon belongs to the text, put the whole value in quotes; or is the next line indented too far?',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'a key must stand on one line, with its ":"',
    hint: 'is there a ":" missing after a key, or a line indented too far?',
  },
  BAD_DQ_ESCAPE: {
    message: 'unknown escape in a double-quoted text',
    hint: 'write the backslash twice, or use single quotes, where it means itself',
  },
  BAD_ALIAS: {
    message: 'an alias without its anchor',
    hint: 'an anchor (&name) stands before its aliases (*name)',
  },
  MULTIPLE_DOCS: { message: 'a second document ("---") in the file; one is read' },
  RESOURCE_EXHAUSTION: { message: 'too deeply nested' },
};

/** `key: {{ name }}` is a mapping to YAML. */
export const unquotedTemplate = 'a value that starts with "{{" must be quoted';

const quoteIt = 'put the whole value in quotes';

/** Why the parser met something that it did not wait for. */
const unexpected = (error: YAMLParseError, text: string): Wording => {
  const before = text.slice(0, error.pos[0]).trimEnd();
  const line = text.slice(text.lastIndexOf('\n', error.pos[0] - 1) + 1, error.pos[0]);
  const value = /(?:^|:|-)\s+(["'])[^\n]*\1\s*$/.test(line) || /["']$/.test(line.trimEnd());
  if (value) return { message: 'text after a closing quote', hint: quoteIt };
  if (error.message.includes('at node end') && line.trim() !== '' && before !== '')
    return { message: 'text after the end of a value', hint: quoteIt };
  if (error.message.includes('at node end'))
    return {
      message: 'this line belongs to nothing before it',
      hint: 'is it indented as the lines around it are, and is a "-" missing or too many?',
    };
  const token = /: "(.)"$/.exec(error.message)?.[1];
  return token === undefined
    ? { message: lowerFirst(error.message.replace(/\.$/, '')) }
    : { message: `"${token}" is not expected here`, hint: quoteIt };
};

const wordingOf = (error: YAMLParseError, text: string): Wording => {
  if (/(?:^|[:-]\s+)\{\{[^\n]*$/.test(text.slice(0, error.pos[0])) && error.code !== 'TAB_AS_INDENT')
    return { message: unquotedTemplate, hint: quoteIt };
  if (error.code === 'BAD_SCALAR_START')
    return { message: 'a text cannot start with this character', hint: quoteIt };
  if (error.message.includes('sufficiently indented') || /end with a [\]}]/.test(error.message))
    return { message: 'a "[" or "{" is opened and not closed', hint: wordings.BAD_INDENT?.hint ?? '' };
  if (error.code === 'MISSING_CHAR' && error.message.includes('quote'))
    return { message: 'a quote is opened and never closed' };
  if (error.message.startsWith('Implicit map keys')) return { message: 'a key without its ":"' };
  const own = wordings[error.code];
  return own ?? unexpected(error, text);
};

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

/** The opening quote, for an end that was never found: the end of the file tells nobody anything. */
const openingQuote = (error: YAMLParseError, text: string): [number, number] => {
  const quote = error.message.includes('"') ? '"' : "'";
  const before = text.slice(0, error.pos[0]);
  const match = new RegExp(`(?:^|[\\s,:\\[{-])(${quote})(?:[^${quote}]*)$`).exec(before);
  if (match === null) return error.pos;
  const start = match.index + match[0].indexOf(quote);
  return [start, start + 1];
};

const positionOf = (error: YAMLParseError, text: string): [number, number] =>
  error.code === 'MISSING_CHAR' && error.message.includes('quote') ? openingQuote(error, text) : error.pos;

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
  const { message, hint } = wordingOf(first, text);
  const span = spanOf(...positionOf(first, text));
  return [{ severity: 'error', code: 'yaml-syntax', message, span, hint }];
};
