import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { filters } from './filters.ts';
import {
  type Arguments,
  type ArithmeticOperator,
  type ComparisonOperator,
  type Expression,
  type Stretch,
  SyntaxProblem,
} from './syntax.ts';
import { tests } from './tests.ts';
import type { Token } from './tokens.ts';

const constants: Readonly<Record<string, boolean | null>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};

const keywords = new Set(['and', 'or', 'not', 'if', 'else', 'in', 'is']);
const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** Binding strength of the left-associative arithmetic, weakest first; `~` binds between `+` and `*`, as in Jinja2. */
const sums = new Set(['+', '-']);
const products = new Set(['*', '/', '//', '%']);
const powers = new Set(['**']);

/** Collections whose filters and tests are known here by their last name. */
const collections = /^(?:ansible\.(?:builtin|legacy)|community\.general)\./;

const checkKnown = (kind: string, name: string, table: ReadonlyMap<string, unknown>, at: Stretch): void => {
  if (table.has(name)) return;
  const near = nearestName(name, table.keys());
  const hint = didYouMean(near);
  throw new SyntaxProblem(`unknown ${kind} "${name}"`, at, hint, `unknown-${kind}`);
};

const noArguments: Arguments = { positional: [], named: [] };

const describe = (token: Token): string => {
  if (token.type === 'end') return token.text === '' ? 'the end' : `"${token.text}"`;
  return token.type === 'string' ? 'a text' : `"${token.text}"`;
};

const around = (first: Stretch, last: Stretch): Stretch => ({ start: first.start, end: last.end });

/** Reads Jinja2's expressions, and the small words around them that statements need. One text, one use. */
export class ExpressionParser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get token(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)] as Token;
  }

  get atEnd(): boolean {
    return this.token.type === 'end';
  }

  #ahead(distance = 1): Token | undefined {
    return this.#tokens[this.#next + distance];
  }

  advance(): Token {
    const { token } = this;
    this.#next += 1;
    return token;
  }

  isOperator(text: string): boolean {
    return this.token.type === 'operator' && this.token.text === text;
  }

  isWord(text: string): boolean {
    return this.token.type === 'name' && this.token.text === text;
  }

  /** Takes the operator or word when it stands here. */
  take(text: string): boolean {
    const here = this.isOperator(text) || this.isWord(text);
    if (here) this.#next += 1;
    return here;
  }

  /** @throws SyntaxProblem */
  expect(text: string): Token {
    if (!this.isOperator(text) && !this.isWord(text)) throw this.unexpected(`"${text}"`);
    return this.advance();
  }

  /** Any word, `if` too. */
  expectWord(what: string): Token {
    if (this.token.type !== 'name') throw this.unexpected(what);
    return this.advance();
  }

  expectName(what: string): Token {
    if (this.token.type !== 'name' || keywords.has(this.token.text)) throw this.unexpected(what);
    return this.advance();
  }

  expectEnd(): void {
    if (this.token.type !== 'end')
      throw this.unexpected('the end', 'an operator or a filter may be missing before it');
  }

  unexpected(wanted: string, hint?: string): SyntaxProblem {
    const { token } = this;
    if (token.type === 'operator' && token.text === '=') {
      return new SyntaxProblem('unexpected "="', token, 'comparing is "=="');
    }
    return new SyntaxProblem(`unexpected ${describe(token)}; expected ${wanted}`, token, hint);
  }

  /** `a, b` without parentheses is a list, as in `for x in 1, 2`. */
  readTuple(): Expression {
    const first = this.readExpression();
    if (!this.isOperator(',')) return first;
    const items = [first];
    while (this.take(',')) {
      if (this.token.type === 'end' || this.isOperator('=') || this.isOperator(')')) break;
      items.push(this.readExpression());
    }
    return { type: 'list', items, tuple: true, at: around(first.at, items.at(-1)?.at ?? first.at) };
  }

  readExpression(): Expression {
    return this.#condition();
  }

  /** Without `A if B else C`: the list of a `for`, whose `if` is the loop's own. */
  readWithoutCondition(): Expression {
    const first = this.#or();
    if (!this.isOperator(',')) return first;
    const items = [first];
    while (this.take(',')) items.push(this.#or());
    return { type: 'list', items, at: around(first.at, items.at(-1)?.at ?? first.at) };
  }

  #condition(): Expression {
    let node = this.#or();
    while (this.take('if')) {
      const test = this.#or();
      const otherwise = this.take('else') ? this.#condition() : undefined;
      node = { type: 'condition', test, value: node, otherwise, at: around(node.at, (otherwise ?? test).at) };
    }
    return node;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.take('or')) {
      const right = this.#and();
      left = { type: 'or', left, right, at: around(left.at, right.at) };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.take('and')) {
      const right = this.#not();
      left = { type: 'and', left, right, at: around(left.at, right.at) };
    }
    return left;
  }

  #not(): Expression {
    if (!this.isWord('not')) return this.#compare();
    const word = this.advance();
    const operand = this.#not();
    return { type: 'unary', operator: 'not', operand, at: around(word, operand.at) };
  }

  #comparison(): ComparisonOperator | undefined {
    if (this.token.type === 'operator' && comparisons.has(this.token.text)) {
      return this.advance().text as ComparisonOperator;
    }
    if (this.take('in')) return 'in';
    const next = this.#ahead();
    if (!this.isWord('not') || next?.type !== 'name' || next.text !== 'in') return undefined;
    this.#next += 2;
    return 'not in';
  }

  #compare(): Expression {
    const first = this.#sum();
    const rest: { operator: ComparisonOperator; operand: Expression }[] = [];
    for (let operator = this.#comparison(); operator !== undefined; operator = this.#comparison()) {
      rest.push({ operator, operand: this.#sum() });
    }
    const last = rest.at(-1);
    return last === undefined
      ? first
      : { type: 'compare', first, rest, at: around(first.at, last.operand.at) };
  }

  #binary(operators: ReadonlySet<string>, operand: () => Expression): Expression {
    let left = operand();
    while (this.token.type === 'operator' && operators.has(this.token.text)) {
      const operator = this.advance().text as ArithmeticOperator;
      const right = operand();
      left = { type: 'arithmetic', operator, left, right, at: around(left.at, right.at) };
    }
    return left;
  }

  #sum(): Expression {
    return this.#binary(sums, () => this.#concat());
  }

  #concat(): Expression {
    const parts = [this.#product()];
    while (this.take('~')) parts.push(this.#product());
    const [first, last] = [parts[0] as Expression, parts.at(-1) as Expression];
    return parts.length === 1 ? first : { type: 'concat', parts, at: around(first.at, last.at) };
  }

  #product(): Expression {
    return this.#binary(products, () => this.#power());
  }

  #power(): Expression {
    return this.#binary(powers, () => this.#unary());
  }

  #unary(withFilter = true): Expression {
    let node: Expression;
    if (this.isOperator('-') || this.isOperator('+')) {
      const sign = this.advance();
      const operand = this.#unary(false);
      node = { type: 'unary', operator: sign.text as '-' | '+', operand, at: around(sign, operand.at) };
    } else {
      node = this.#postfix(this.#primary());
    }
    return withFilter ? this.#filtered(node) : node;
  }

  #filtered(start: Expression): Expression {
    let node = start;
    for (;;) {
      if (this.isOperator('|')) {
        node = this.readFilter(node);
      } else if (this.isWord('is')) {
        node = this.#test(node);
      } else if (this.isOperator('(') && node.type === 'filter') {
        throw this.unexpected('a filter or an operator');
      } else {
        return node;
      }
    }
  }

  #dottedName(what: string): { name: string; at: Stretch } {
    const first = this.expectName(what);
    let [name, last] = [first.text, first];
    while (this.isOperator('.')) {
      this.advance();
      last = this.expectName(what);
      name = `${name}.${last.text}`;
    }
    return { name: name.replace(collections, ''), at: around(first, last) };
  }

  /** From the `|` on, or without one. */
  readFilter(object: Expression, bare = false): Expression {
    if (!bare) this.expect('|');
    const { name, at } = this.#dottedName('the name of a filter');
    checkKnown('filter', name, filters, at);
    const args = this.isOperator('(') ? this.#arguments() : noArguments;
    return this.#postfixed({ type: 'filter', object, name, args, at });
  }

  #postfixed(node: Expression): Expression {
    return this.isOperator('.') || this.isOperator('[') ? this.#postfix(node) : node;
  }

  #test(object: Expression): Expression {
    this.expect('is');
    const negated = this.take('not');
    const { name, at } = this.isWord('in')
      ? { name: 'in', at: this.advance() }
      : this.#dottedName('the name of a test');
    checkKnown('test', name, tests, at);
    const { token } = this;
    let args = noArguments;
    if (this.isOperator('(')) args = this.#arguments();
    else if (
      token.type === 'string' ||
      token.type === 'integer' ||
      token.type === 'float' ||
      this.isOperator('[') ||
      this.isOperator('{') ||
      (token.type === 'name' && !keywords.has(token.text))
    ) {
      args = { positional: [this.#postfix(this.#primary())], named: [] };
    }
    return { type: 'test', object, name, args, negated, at };
  }

  #arguments(): Arguments {
    this.expect('(');
    const positional: Expression[] = [];
    const named: [string, Expression][] = [];
    let rest: Expression | undefined;
    let namedRest: Expression | undefined;
    while (!this.isOperator(')')) {
      const next = this.#ahead();
      if (this.token.type === 'name' && next?.type === 'operator' && next.text === '=') {
        const name = this.advance().text;
        this.advance();
        named.push([name, this.readExpression()]);
      } else if (rest === undefined && namedRest === undefined && this.isOperator('*')) {
        this.advance();
        rest = this.readExpression();
      } else if (namedRest === undefined && this.isOperator('**')) {
        this.advance();
        namedRest = this.readExpression();
      } else {
        if (named.length > 0 || rest !== undefined || namedRest !== undefined)
          throw this.unexpected('NAME=VALUE', 'positional arguments come first');
        positional.push(this.readExpression());
      }
      if (!this.isOperator(')')) this.expect(',');
    }
    this.expect(')');
    return { positional, named, rest, namedRest };
  }

  #postfix(start: Expression): Expression {
    let node = start;
    for (;;) {
      if (this.isOperator('.')) {
        this.advance();
        const { token } = this;
        if (token.type !== 'name' && token.type !== 'integer' && token.type !== 'float') {
          throw this.unexpected('the name of an attribute');
        }
        this.advance();
        // `x.0.1` arrives as one float.
        for (const part of token.type === 'float' ? token.text.split('.') : [token.text]) {
          node = { type: 'attribute', object: node, name: part, at: { start: token.start, end: token.end } };
        }
      } else if (this.isOperator('[')) {
        node = this.#subscript(node);
      } else if (this.isOperator('(')) {
        const args = this.#arguments();
        node = { type: 'call', callee: node, args, at: node.at };
      } else {
        return node;
      }
    }
  }

  #subscript(object: Expression): Expression {
    const open = this.expect('[');
    const first = this.isOperator(':') ? undefined : this.readExpression();
    if (first !== undefined && !this.isOperator(':')) {
      const close = this.expect(']');
      return { type: 'item', object, key: first, at: around(open, close) };
    }
    const bound = (): Expression | undefined =>
      this.take(':') && !this.isOperator(':') && !this.isOperator(']') ? this.readExpression() : undefined;
    const to = bound();
    const step = bound();
    const close = this.expect(']');
    return { type: 'slice', object, from: first, to, step, at: around(open, close) };
  }

  #primary(): Expression {
    const { token } = this;
    if (token.type === 'name') return this.#word();
    if (token.type === 'string') return this.#text();
    if (token.type === 'integer' || token.type === 'float') {
      this.advance();
      const float = token.type === 'float';
      if (!float && !Number.isSafeInteger(Number(token.text)))
        throw new SyntaxProblem('this number is too large to be exact', token, 'write it as a text');
      return { type: 'literal', value: Number(token.text), float, at: token };
    }
    if (this.isOperator('(')) return this.#parenthesized();
    if (this.isOperator('[')) return this.#list();
    if (this.isOperator('{')) return this.#dict();
    throw this.unexpected('a value');
  }

  #word(): Expression {
    const { token } = this;
    const constant = constants[token.text];
    if (constant !== undefined && Object.hasOwn(constants, token.text)) {
      this.advance();
      return { type: 'literal', value: constant, at: token };
    }
    if (keywords.has(token.text)) throw this.unexpected('a value');
    this.advance();
    return { type: 'name', name: token.text, at: token };
  }

  /** Texts side by side are one, as in Python. */
  #text(): Expression {
    const first = this.advance();
    let [value, last] = [first.text, first];
    while (this.token.type === 'string') {
      last = this.advance();
      value += last.text;
    }
    return { type: 'literal', value, at: around(first, last) };
  }

  #parenthesized(): Expression {
    const open = this.expect('(');
    if (this.isOperator(')'))
      return { type: 'list', items: [], tuple: true, at: around(open, this.advance()) };
    const inner = this.readTuple();
    this.expect(')');
    return inner;
  }

  #list(): Expression {
    const open = this.expect('[');
    const items: Expression[] = [];
    while (!this.isOperator(']')) {
      items.push(this.readExpression());
      if (!this.isOperator(']')) this.expect(',');
    }
    return { type: 'list', items, at: around(open, this.expect(']')) };
  }

  #dict(): Expression {
    const open = this.expect('{');
    const entries: [Expression, Expression][] = [];
    while (!this.isOperator('}')) {
      const key = this.readExpression();
      this.expect(':');
      entries.push([key, this.readExpression()]);
      if (!this.isOperator('}')) this.expect(',');
    }
    return { type: 'dict', entries, at: around(open, this.expect('}')) };
  }
}
