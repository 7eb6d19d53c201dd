import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { type DelimiterPatterns, type Delimiters, patternsOf, usualDelimiters } from './delimiters.ts';
import { ExpressionParser } from './expression-parser.ts';
import {
  type Expression,
  type FilterChain,
  type Parameter,
  type Stretch,
  SyntaxProblem,
  type Target,
  type Template,
  type TemplateNode,
} from './syntax.ts';
import { type Token, tokenize } from './tokens.ts';

export interface TemplateOptions {
  /** The line break after a statement or comment is not part of the text. */
  readonly trimBlocks: boolean;
  /** Neither are the blanks before one that stands first in its line. */
  readonly lstripBlocks: boolean;
  /**
   * A backslash in a text between `{{ }}` is one, as Ansible has it in playbooks, so that `'\\1'` is a group of
   * regex_replace. In template files a text may have escapes.
   */
  readonly rawTexts: boolean;
  /** Other than Jinja2's own. */
  readonly delimiters?: Delimiters | undefined;
}

/** A tag or a piece of text between tags. */
type Piece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'output' | 'statement'; readonly tokens: readonly Token[]; readonly at: Stretch };

const usualPatterns = patternsOf(usualDelimiters);

/** Cuts the text into pieces, with the blanks around tags removed as Jinja2 does. */
class Cutter {
  readonly pieces: Piece[] = [];
  readonly #text: string;
  readonly #options: TemplateOptions;
  readonly #delimiters: Delimiters;
  readonly #patterns: DelimiterPatterns;
  #at = 0;

  constructor(text: string, options: TemplateOptions) {
    const { delimiters } = options;
    this.#text = text;
    this.#options = options;
    this.#delimiters = delimiters ?? usualDelimiters;
    this.#patterns = delimiters === undefined ? usualPatterns : patternsOf(delimiters);
  }

  cut(): readonly Piece[] {
    const { opening } = this.#patterns;
    for (;;) {
      opening.lastIndex = this.#at;
      const found = opening.exec(this.#text);
      if (found === null) break;
      this.#tag(found[0], found.index);
    }
    this.#pushText(this.#text.slice(this.#at));
    return this.pieces;
  }

  #pushText(text: string): void {
    if (text !== '') this.pieces.push({ type: 'text', text });
  }

  #textBefore(start: number, opening: string): void {
    const text = this.#text.slice(this.#at, start);
    const sign = this.#text[start + opening.length];
    if (sign === '-') {
      this.#pushText(text.trimEnd());
      return;
    }
    const strips = this.#options.lstripBlocks && sign !== '+' && opening !== this.#delimiters.variable[0];
    const lineStart = text.lastIndexOf('\n') + 1;
    const firstInLine = lineStart > 0 || this.#at === 0 || this.#text[this.#at - 1] === '\n';
    if (!strips || !firstInLine || !/^[ \t]*$/.test(text.slice(lineStart))) {
      this.#pushText(text);
      return;
    }
    this.#pushText(text.slice(0, lineStart));
  }

  /** Moves behind a tag, and over the blanks that go with it. @param ending  as it is written, with its sign: `-%}` */
  #moveBehind(end: number, ending: string, trims: boolean): void {
    this.#at = end;
    if (ending.startsWith('-')) {
      while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    } else if (this.#options.trimBlocks && !ending.startsWith('+') && trims) {
      if (this.#text[this.#at] === '\n') this.#at += 1;
    }
  }

  #tag(opening: string, start: number): void {
    const { block, variable, comment } = this.#delimiters;
    const { rawStart } = this.#patterns;
    this.#textBefore(start, opening);
    if (opening === comment[0]) {
      this.#comment(start);
      return;
    }
    const isVariable = opening === variable[0];
    const inside = start + opening.length;
    rawStart.lastIndex = start;
    const raw = rawStart.exec(this.#text);
    if (raw !== null) {
      this.#raw(raw, start);
      return;
    }
    const isSigned = (isVariable ? /^-/ : /^[-+]/).test(this.#text[inside] ?? '');
    const tokens = tokenize(
      this.#text,
      inside + (isSigned ? 1 : 0),
      isVariable ? variable[1] : block[1],
      isVariable && this.#options.rawTexts,
    );
    const end = tokens.at(-1) as Token;
    this.pieces.push({
      type: isVariable ? 'output' : 'statement',
      tokens,
      at: { start, end: end.end },
    });
    this.#moveBehind(end.end, end.text, !isVariable);
  }

  #comment(start: number): void {
    const [open, close] = this.#delimiters.comment;
    const inside = start + open.length;
    const end = this.#text.indexOf(close, inside);
    if (end === -1)
      throw new SyntaxProblem(`this comment is never closed by "${close}"`, { start, end: inside });
    const sign = end > inside && /[-+]/.test(this.#text[end - 1] ?? '') ? this.#text[end - 1] : '';
    this.#moveBehind(end + close.length, `${sign}${close}`, true);
  }

  #raw(open: RegExpExecArray, start: number): void {
    const { rawEnd } = this.#patterns;
    // Unlike behind every other tag, a line break stays.
    this.#moveBehind(start + open[0].length, open[1] ?? '', false);
    rawEnd.lastIndex = this.#at;
    const close = rawEnd.exec(this.#text);
    if (close === null)
      throw new SyntaxProblem('"raw" is never closed by "endraw"', { start, end: start + open[0].length });
    this.#textBefore(close.index, this.#delimiters.block[0]);
    this.#moveBehind(close.index + close[0].length, close[2] ?? '', true);
  }
}

const unsupported: Readonly<Record<string, string>> = {
  extends: 'templates stand alone here; put what they share in an included file',
  trans: 'write the text itself',
};

const statements = [
  'if',
  'for',
  'set',
  'with',
  'macro',
  'call',
  'filter',
  'include',
  'import',
  'from',
  'do',
  'break',
  'continue',
  'block',
  'autoescape',
  'raw',
];

class TemplateParser {
  readonly #pieces: readonly Piece[];
  #next = 0;
  #chains = 0;
  /** Loops that are open here, for `break`. */
  #loops = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  /** Reads up to one of the words, which is left to the caller. */
  readUntil(
    words: readonly string[],
    opener: Stretch | undefined,
  ): { body: Template; word: string; parser: ExpressionParser } {
    const body: TemplateNode[] = [];
    for (;;) {
      const piece = this.#pieces[this.#next];
      this.#next += 1;
      if (piece === undefined) {
        if (opener === undefined) return { body, word: '', parser: new ExpressionParser([]) };
        throw new SyntaxProblem(`this is never closed by "${words.at(-1)}"`, opener);
      }
      if (piece.type === 'text') {
        body.push({ type: 'text', text: piece.text });
        continue;
      }
      const parser = new ExpressionParser(piece.tokens);
      if (piece.type === 'output') {
        body.push({ type: 'output', expression: parser.readTuple() });
        parser.expectEnd();
        continue;
      }
      const word = parser.expectWord('a statement');
      if (words.includes(word.text)) return { body, word: word.text, parser };
      body.push(...this.#statement(word, parser, piece.at));
    }
  }

  #bodyUntil(word: string, opener: Stretch): Template {
    const { body, parser } = this.readUntil([word], opener);
    // `{% endblock name %}` is allowed.
    if (word === 'endblock' && parser.token.type === 'name') parser.advance();
    parser.expectEnd();
    return body;
  }

  /** A body that runs elsewhere: the loops around are none of its own. */
  #ownBody(word: string, opener: Stretch): Template {
    const loops = this.#loops;
    this.#loops = 0;
    const body = this.#bodyUntil(word, opener);
    this.#loops = loops;
    return body;
  }

  #statement(word: Token, parser: ExpressionParser, at: Stretch): readonly TemplateNode[] {
    switch (word.text) {
      case 'if':
        return [this.#if(parser, at)];
      case 'for':
        return [this.#for(parser, at)];
      case 'set':
        return [this.#set(parser, at)];
      case 'with':
        return [this.#with(parser, at)];
      case 'macro':
        return [this.#macro(parser, at)];
      case 'call':
        return [this.#call(parser, at)];
      case 'filter': {
        const filters = this.#chain(parser, word);
        parser.expectEnd();
        return [{ type: 'filter-block', filters, body: this.#bodyUntil('endfilter', at) }];
      }
      case 'include':
        return [this.#include(parser)];
      case 'import':
        return [this.#import(parser)];
      case 'from':
        return [this.#fromImport(parser)];
      case 'do': {
        const expression = parser.readExpression();
        parser.expectEnd();
        return [{ type: 'do', expression }];
      }
      case 'break':
      case 'continue':
        parser.expectEnd();
        if (this.#loops === 0) throw new SyntaxProblem(`"${word.text}" belongs into a "for"`, word);
        return [{ type: word.text }];
      case 'autoescape':
        parser.readExpression();
        return this.#bodyUntil('endautoescape', at);
      case 'block':
        parser.expectName('the name of the block');
        return this.#bodyUntil('endblock', at);
      default:
        throw this.#unknown(word);
    }
  }

  #unknown(word: Token): SyntaxProblem {
    if (Object.hasOwn(unsupported, word.text)) {
      return new SyntaxProblem(`"${word.text}" is not supported`, word, unsupported[word.text]);
    }
    if (/^(?:end|else$|elif$)/.test(word.text)) {
      return new SyntaxProblem(`"${word.text}" does not belong to anything that is open`, word);
    }
    const near = nearestName(word.text, statements);
    return new SyntaxProblem(`unknown statement "${word.text}"`, word, didYouMean(near));
  }

  #if(first: ExpressionParser, at: Stretch): TemplateNode {
    const branches: { test: Expression; body: Template }[] = [];
    let parser = first;
    for (;;) {
      const test = parser.readTuple();
      parser.expectEnd();
      const { body, word, parser: next } = this.readUntil(['elif', 'else', 'endif'], at);
      branches.push({ test, body });
      if (word === 'elif') {
        parser = next;
        continue;
      }
      next.expectEnd();
      return { type: 'if', branches, otherwise: word === 'else' ? this.#bodyUntil('endif', at) : [] };
    }
  }

  #target(parser: ExpressionParser): Target {
    const one = (): Target => {
      if (!parser.take('(')) return { name: parser.expectName('the name of a variable').text };
      const inner = this.#target(parser);
      parser.expect(')');
      return inner;
    };
    const first = one();
    if (!parser.isOperator(',')) return first;
    const parts = [first];
    while (parser.take(',')) if (parser.token.type === 'name' || parser.isOperator('(')) parts.push(one());
    return { parts };
  }

  #for(parser: ExpressionParser, at: Stretch): TemplateNode {
    const target = this.#target(parser);
    parser.expect('in');
    const items = parser.readWithoutCondition();
    const filter = parser.take('if') ? parser.readExpression() : undefined;
    const recursive = parser.take('recursive');
    parser.expectEnd();
    this.#loops += 1;
    const { body, word, parser: next } = this.readUntil(['else', 'endfor'], at);
    this.#loops -= 1;
    next.expectEnd();
    const otherwise = word === 'else' ? this.#bodyUntil('endfor', at) : [];
    return { type: 'for', target, items, filter, recursive, body, otherwise };
  }

  #set(parser: ExpressionParser, at: Stretch): TemplateNode {
    const start = parser.token;
    const target = this.#target(parser);
    if (parser.take('.')) {
      const name = parser.expectName('the name of an attribute').text;
      parser.expect('=');
      const value = parser.readTuple();
      parser.expectEnd();
      return { type: 'set-attribute', object: { type: 'name', name: start.text, at: start }, name, value };
    }
    if (parser.take('=')) {
      const value = parser.readTuple();
      parser.expectEnd();
      return { type: 'set', target, value };
    }
    if (!('name' in target)) throw parser.unexpected('"="');
    const filters = parser.isOperator('|') ? this.#chain(parser) : undefined;
    parser.expectEnd();
    return { type: 'set-block', name: target.name, filters, body: this.#bodyUntil('endset', at) };
  }

  /** `a | b(1)` after `filter`, `| a` after `set x`: read as filters of a name that nobody else has. */
  #chain(parser: ExpressionParser, at: Stretch = parser.token): FilterChain {
    this.#chains += 1;
    const input = ` body ${this.#chains}`;
    let expression: Expression = { type: 'name', name: input, at };
    if (!parser.isOperator('|')) expression = parser.readFilter(expression, true);
    while (parser.isOperator('|')) expression = parser.readFilter(expression);
    return { expression, input };
  }

  #with(parser: ExpressionParser, at: Stretch): TemplateNode {
    const bindings: { name: string; value: Expression }[] = [];
    while (!parser.atEnd) {
      const { text } = parser.expectName('the name of a variable');
      parser.expect('=');
      bindings.push({ name: text, value: parser.readExpression() });
      if (!parser.atEnd) parser.expect(',');
    }
    return { type: 'with', bindings, body: this.#bodyUntil('endwith', at) };
  }

  #parameters(parser: ExpressionParser): readonly Parameter[] {
    const params: Parameter[] = [];
    parser.expect('(');
    while (!parser.isOperator(')')) {
      const { text } = parser.expectName('the name of a parameter');
      const fallback = parser.take('=') ? parser.readExpression() : undefined;
      if (fallback === undefined && params.at(-1)?.fallback !== undefined)
        throw parser.unexpected('"="', 'parameters without a default come first');
      params.push({ name: text, fallback });
      if (!parser.isOperator(')')) parser.expect(',');
    }
    parser.expect(')');
    return params;
  }

  #macro(parser: ExpressionParser, at: Stretch): TemplateNode {
    const { text } = parser.expectName('the name of the macro');
    const params = this.#parameters(parser);
    parser.expectEnd();
    return { type: 'macro', name: text, params, body: this.#ownBody('endmacro', at) };
  }

  #call(parser: ExpressionParser, at: Stretch): TemplateNode {
    const params = parser.isOperator('(') ? this.#parameters(parser) : [];
    const call = parser.readExpression();
    if (call.type !== 'call') throw new SyntaxProblem('"call" wants a macro with its arguments', call.at);
    parser.expectEnd();
    return { type: 'call', params, call, body: this.#ownBody('endcall', at) };
  }

  /** `with context`, `without context`. */
  #context(parser: ExpressionParser, usual: boolean): boolean {
    const word = ['with', 'without'].find((one) => parser.take(one));
    if (word !== undefined) parser.expect('context');
    return word === undefined ? usual : word === 'with';
  }

  #import(parser: ExpressionParser): TemplateNode {
    const file = parser.readExpression();
    parser.expect('as');
    const name = parser.expectName('a name for what is imported').text;
    const context = this.#context(parser, false);
    parser.expectEnd();
    return { type: 'import', file, name, names: [], context };
  }

  #fromImport(parser: ExpressionParser): TemplateNode {
    const file = parser.readExpression();
    parser.expect('import');
    const names: { name: string; as: string }[] = [];
    let context: boolean | undefined;
    while (!parser.atEnd) {
      if (names.length > 0 && /^with(?:out)?$/.test(parser.token.text)) {
        context = this.#context(parser, false);
        break;
      }
      const name = parser.expectName('the name of a macro').text;
      names.push({ name, as: parser.take('as') ? parser.expectName('another name for it').text : name });
      if (!parser.take(',')) {
        context = this.#context(parser, false);
        break;
      }
    }
    parser.expectEnd();
    if (names.length === 0) throw parser.unexpected('the name of a macro');
    return { type: 'import', file, name: undefined, names, context: context ?? false };
  }

  #include(parser: ExpressionParser): TemplateNode {
    const file = parser.readExpression();
    const ignoreMissing = parser.take('ignore');
    if (ignoreMissing) parser.expect('missing');
    this.#context(parser, true);
    parser.expectEnd();
    return { type: 'include', file, ignoreMissing };
  }
}

/** @throws SyntaxProblem */
export const parseTemplate = (text: string, options: TemplateOptions): Template =>
  new TemplateParser(new Cutter(text, options).cut()).readUntil([], undefined).body;

/** A text that is one expression. @throws SyntaxProblem */
export const parseExpression = (text: string): Expression => {
  const parser = new ExpressionParser(tokenize(text, 0, undefined));
  if (parser.token.type === 'end')
    throw new SyntaxProblem('the expression is empty', { start: 0, end: text.length });
  const expression = parser.readTuple();
  parser.expectEnd();
  return expression;
};
