import { endPattern } from './delimiters.ts';
import { type Stretch, SyntaxProblem } from './syntax.ts';

export interface Token extends Stretch {
  readonly type: 'name' | 'string' | 'integer' | 'float' | 'operator' | 'end';
  /** Of a string its value, of everything else the text as written. */
  readonly text: string;
}

/** What ends an expression: the end of a tag, or of the text. */
export type Closing = string | undefined;

const operators = ['**', '//', '==', '!=', '<=', '>=', ...'+-*/%~<>=.:|,;()[]{}'];

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

/** As Python reads it: what is no escape stays as it is, so that `'\d'` needs no second backslash. */
const unescapeText = (raw: string): string =>
  raw.replaceAll(
    /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|[\s\S])/g,
    (whole, code: string) => {
      const known = escapes[code];
      if (known !== undefined) return known;
      if (/^[xuU]./.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
      return /^[0-7]/.test(code) ? String.fromCodePoint(Number.parseInt(code, 8)) : whole;
    },
  );

/** Backslashes stay; only a quote needs one. */
const keepBackslashes = (raw: string): string => raw.replaceAll(/\\(['"])/g, '$1');

const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

const name = /[\p{L}_][\p{L}\p{N}_]*/uy;
const number = /(?:0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+|[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][-+]?[0-9]+)?)/y;
const string = /'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)"/y;

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

const readToken = (text: string, start: number, rawTexts: boolean): Token => {
  const named = matchAt(name, text, start);
  if (named !== null) return { type: 'name', text: named[0], start, end: start + named[0].length };
  const numeric = matchAt(number, text, start);
  if (numeric !== null) {
    const type = /^0[xob]/.test(numeric[0]) || !/[.eE]/.test(numeric[0]) ? 'integer' : 'float';
    return { type, text: numeric[0].replaceAll('_', ''), start, end: start + numeric[0].length };
  }
  const quoted = matchAt(string, text, start);
  if (quoted !== null) {
    const raw = quoted[1] ?? quoted[2] ?? '';
    const value = rawTexts ? keepBackslashes(raw) : unescapeText(raw);
    return { type: 'string', text: value, start, end: start + quoted[0].length };
  }
  const operator = operators.find((candidate) => text.startsWith(candidate, start));
  if (operator !== undefined)
    return { type: 'operator', text: operator, start, end: start + operator.length };
  const character = String.fromCodePoint(text.codePointAt(start) ?? 0);
  const at = { start, end: start + character.length };
  if (/['"]/.test(character)) throw new SyntaxProblem('this quote is never closed', at);
  throw new SyntaxProblem(`unexpected character ${JSON.stringify(character)}`, at, hintFor(character));
};

const hintFor = (character: string): string | undefined =>
  character === '&' || character === '!' || character === '?'
    ? 'Jinja2 writes "and", "or", "not" and "A if CONDITION else B"'
    : undefined;

/** Keeps the brackets that are open, so that `}}` inside of `{'a': {}}` does not end the tag. */
const trackBrackets = (open: Token[], token: Token): void => {
  if (token.type !== 'operator') return;
  if (Object.hasOwn(pairs, token.text)) open.push(token);
  if (!/^[)\]}]$/.test(token.text)) return;
  const last = open.pop();
  if (last === undefined) throw new SyntaxProblem(`"${token.text}" closes nothing`, token);
  if (pairs[last.text] !== token.text) {
    throw new SyntaxProblem(`"${token.text}" does not close "${last.text}"`, token);
  }
};

/**
 * Splits an expression into tokens.
 *
 * @param closing  what ends it; a `-` or `+` before it is the tag's, not the expression's
 * @param rawTexts  backslashes in texts are no escapes
 * @returns the tokens, the last of type `end`: its text is the tag's end as written (`-%}`), '' at the text's end
 * @throws SyntaxProblem
 */
export const tokenize = (
  text: string,
  start: number,
  closing: Closing,
  rawTexts = false,
): readonly Token[] => {
  const tokens: Token[] = [];
  const open: Token[] = [];
  const end = closing === undefined ? undefined : endPattern(closing);
  for (let at = start; ; ) {
    const blank = matchAt(/\s*/y, text, at);
    at += blank?.[0].length ?? 0;
    const closed = end === undefined || open.length > 0 ? null : matchAt(end, text, at);
    if (closed !== null || at >= text.length) {
      const [last] = open.slice(-1);
      if (last !== undefined) throw new SyntaxProblem(`"${last.text}" is never closed`, last);
      if (closed === null && closing !== undefined) {
        throw new SyntaxProblem(`"${closing}" is missing`, { start: Math.max(0, start - 2), end: start });
      }
      const ending = closed?.[0] ?? '';
      tokens.push({ type: 'end', text: ending, start: at, end: at + ending.length });
      return tokens;
    }
    const token = readToken(text, at, rawTexts);
    trackBrackets(open, token);
    tokens.push(token);
    at = token.end;
  }
};
