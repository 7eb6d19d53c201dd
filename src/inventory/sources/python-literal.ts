/** No literal of Python: for the value of an INI inventory, plain text. */
const notLiteral = Symbol('no literal');

const escapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escapeSequence = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g;

const unescaped = (text: string): string =>
  text.replaceAll(escapeSequence, (whole, x, u, long, octal, sign: string | undefined) => {
    const hex: string | undefined = x ?? u ?? long;
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    return sign === undefined ? whole : (escapes[sign] ?? whole);
  });

const named: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };

const blank = /(?:[ \t\r\n]|#[^\n]*)*/y;
const number =
  /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][+-]?\d+)?|\d(?:_?\d)*\.?(?:[eE][+-]?\d+)?)(?![\w.])/y;
const string =
  /([rRbBuU]{0,2})(?:'''((?:[^\\]|\\[\s\S])*?)'''|"""((?:[^\\]|\\[\s\S])*?)"""|'((?:[^'\\\n]|\\[\s\S])*)'|"((?:[^"\\\n]|\\[\s\S])*)")/y;
const name = /[A-Za-z_]\w*/y;

/** Reads one literal. Throws `notLiteral` where there is none. */
class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    // Python calls blanks before the first token an indentation.
    if (/^[ \t]/.test(this.#text)) throw notLiteral;
    const first = this.#value();
    const all = this.#sees(',') ? this.#rest([first], undefined) : first;
    if (!this.#isAtEnd()) throw notLiteral;
    return all;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }

  #isAtEnd(): boolean {
    this.#match(blank);
    return this.#at >= this.#text.length;
  }

  #sees(sign: string): boolean {
    this.#match(blank);
    return this.#text.startsWith(sign, this.#at);
  }

  #takes(sign: string): boolean {
    const seen = this.#sees(sign);
    if (seen) this.#at += sign.length;
    return seen;
  }

  #wants(sign: string): void {
    if (!this.#takes(sign)) throw notLiteral;
  }

  #value(): unknown {
    if (this.#takes('[')) return this.#rest([], ']');
    if (this.#takes('{')) return this.#braces();
    if (this.#takes('(')) return this.#round();
    if (this.#takes('-')) return -this.#number();
    if (this.#takes('+')) return this.#number();
    if (/[\d.]/.test(this.#text[this.#at] ?? '')) return this.#number();
    return this.#strings() ?? this.#named();
  }

  #number(): number {
    this.#match(blank);
    const found = this.#match(number)?.[0].replaceAll('_', '');
    // A number does not begin with a 0, but for zero itself.
    if (found === undefined || /^0\d*[1-9]\d*$/.test(found)) throw notLiteral;
    const value = Number(found);
    if (Number.isNaN(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) throw notLiteral;
    return value;
  }

  /** Strings in a row are one. */
  #strings(): string | undefined {
    let all: string | undefined;
    for (;;) {
      this.#match(blank);
      const found = this.#match(string);
      if (found === undefined) return all;
      const [, prefix = '', ...bodies] = found;
      const body = bodies.find((one) => one !== undefined) ?? '';
      all = (all ?? '') + (/r/i.test(prefix) ? body : unescaped(body));
    }
  }

  #named(): unknown {
    const word = this.#match(name)?.[0];
    if (word === undefined || !Object.hasOwn(named, word)) throw notLiteral;
    return named[word];
  }

  /** What is left of a list, up to its closing sign; a comma may stand behind the last part. */
  #rest(parts: unknown[], close: string | undefined): unknown[] {
    const ends = (): boolean => (close === undefined ? this.#isAtEnd() : this.#takes(close));
    if (parts.length > 0) this.#wants(',');
    while (!ends()) {
      parts.push(this.#value());
      if (ends()) break;
      this.#wants(',');
    }
    return parts;
  }

  #round(): unknown {
    if (this.#takes(')')) return [];
    const first = this.#value();
    if (this.#takes(')')) return first;
    return this.#rest([first], ')');
  }

  /** A mapping; a set is a list without doubles. */
  #braces(): unknown {
    if (this.#takes('}')) return {};
    const first = this.#value();
    if (!this.#takes(':')) {
      if (this.#takes('}')) return [first];
      return [...new Set(this.#rest([first], '}'))];
    }
    const mapping: Record<string, unknown> = { [keyOf(first)]: this.#value() };
    while (!this.#takes('}')) {
      this.#wants(',');
      if (this.#takes('}')) break;
      const key = keyOf(this.#value());
      this.#wants(':');
      mapping[key] = this.#value();
    }
    return mapping;
  }
}

const keyOf = (value: unknown): string => {
  if (typeof value === 'object' && value !== null) throw notLiteral;
  return String(value);
};

/**
 * What Ansible makes of a value in an INI inventory: what Python's `ast.literal_eval` reads (numbers, strings, lists, tuples,
 * mappings, True, False, None), and the text itself where that fails. So `yes` is a text, and so is `0644`.
 *
 * @see https://docs.python.org/3/library/ast.html#ast.literal_eval
 */
export const pythonLiteral = (text: string): unknown => {
  try {
    return new LiteralReader(text).whole();
  } catch (error) {
    if (error !== notLiteral) throw error;
    return text;
  }
};
