import { OperationProblem } from './operation-problem.ts';

export interface RegexOptions {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
  /** `^` and `$` alone are not enough: the match starts at the text's start (`match`), or is all of it. */
  readonly anchor?: 'start' | 'both';
}

interface Flags {
  readonly multiline: boolean;
  readonly dotAll: boolean;
  /** `\w`, `\d` and `\b` know only ASCII. */
  readonly ascii: boolean;
}

const controls: Readonly<Record<string, string>> = {
  a: '\\x07',
  f: '\\f',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  v: '\\v',
};

/** What `\w` and its like are between brackets. */
const kinds = ({ ascii }: Flags): Readonly<Record<string, string>> => {
  const word = ascii ? 'A-Za-z0-9_' : '\\p{L}\\p{N}_';
  return {
    w: `[${word}]`,
    W: `[^${word}]`,
    d: ascii ? '[0-9]' : '\\p{Nd}',
    D: ascii ? '[^0-9]' : '\\P{Nd}',
    s: '\\s',
    S: '\\S',
  };
};

const outside = (flags: Flags): Readonly<Record<string, string>> => {
  const { w = '' } = kinds(flags);
  const border = `(?:(?<=${w})(?!${w})|(?<!${w})(?=${w}))`;
  const noBorder = `(?:(?<=${w})(?=${w})|(?<!${w})(?!${w}))`;
  return { ...kinds(flags), A: '(?<![\\s\\S])', Z: '(?![\\s\\S])', b: border, B: noBorder };
};

/** A character that means itself, outside and inside of brackets. */
const literal = (character: string): string =>
  /^[-!-/:-@[-`{-~]$/.test(character) && character !== '_'
    ? `\\x${character.charCodeAt(0).toString(16)}`
    : character;

/** A Python pattern on its way to JavaScript's, one character after another. */
class Translation {
  readonly #pattern: string;
  readonly #flags: Flags;
  #at = 0;

  constructor(pattern: string, flags: Flags) {
    this.#pattern = pattern;
    this.#flags = flags;
  }

  #take(wanted: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(wanted.source, 'uy');
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#pattern);
    if (found !== null) this.#at += found[0].length;
    return found;
  }

  #character(): string {
    return this.#take(/[\s\S]/)?.[0] ?? '';
  }

  run(): string {
    let result = '';
    while (this.#at < this.#pattern.length) result += this.#part();
    return result;
  }

  #part(): string {
    const { multiline, dotAll } = this.#flags;
    if (this.#take(/\\/) !== null) return this.#escape(outside(this.#flags));
    if (this.#take(/\[/) !== null) return this.#brackets();
    if (this.#take(/\(\?#[^)]*\)/) !== null) return '';
    const naming = this.#take(/\(\?P<(\w+)>/);
    if (naming !== null) return `(?<${naming[1]}>`;
    const named = this.#take(/\(\?P=(\w+)\)/);
    if (named !== null) return `\\k<${named[1]}>`;
    const group = this.#take(/\((?:\?(?:<?[=!]|[^\s)]))?/);
    if (group !== null) return group[0];
    const count = this.#take(/\{(?=\d|,)(\d*)(,?)(\d*)\}/);
    if (count !== null) return `{${count[1] || '0'}${count[2]}${count[3]}}`;
    const character = this.#character();
    if (character === '.') return dotAll ? '[\\s\\S]' : '[^\\n]';
    if (character === '^') return multiline ? '(?<![^\\n])' : '(?<![\\s\\S])';
    if (character === '$') return multiline ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))';
    return /^[|*+?)]$/.test(character) ? character : literal(character);
  }

  /** Behind a backslash. */
  #escape(known: Readonly<Record<string, string>>): string {
    const code = this.#take(/x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})/);
    if (code !== null) return `\\u{${code[1] ?? code[2] ?? code[3]}}`;
    const octal = this.#take(/0[0-7]{0,2}|[0-3][0-7]{2}/);
    if (octal !== null) return `\\u{${Number.parseInt(octal[0], 8).toString(16)}}`;
    const reference = this.#take(/[1-9]\d?/);
    if (reference !== null) return `(?:\\${reference[0]})`;
    const letter = this.#character();
    const meant = Object.hasOwn(known, letter) ? known[letter] : controls[letter];
    if (meant !== undefined) return meant;
    if (letter === '') throw new OperationProblem('a backslash stands at its end');
    if (/^[A-Za-z]$/.test(letter)) throw new OperationProblem(`it knows no "\\${letter}"`);
    return literal(letter);
  }

  #member(): string {
    if (this.#take(/\\/) !== null) return this.#escape({ ...kinds(this.#flags), b: '\\x08' });
    return literal(this.#character());
  }

  /** Behind a `[`. A bracket that comes first is meant literally. */
  #brackets(): string {
    let members = this.#take(/\^/) === null ? '[' : '[^';
    for (let first = true; first || this.#take(/\]/) === null; first = false) {
      if (this.#at >= this.#pattern.length) throw new OperationProblem('a "[" is never closed');
      members += this.#member();
      if (this.#take(/-(?!\])/) !== null) members += `-${this.#member()}`;
    }
    return `${members}]`;
  }
}

const problem = (pattern: string, reason: string, cause: unknown): OperationProblem =>
  new OperationProblem(`the regular expression ${JSON.stringify(pattern)} is wrong: ${reason}`, undefined, {
    cause,
  });

/**
 * A regular expression in Python's syntax as JavaScript's. Differences that stay: inline flags only at the start
 * (`(?i)`); no `(?(1)…)`, no possessive quantifiers, no `\N{…}`.
 *
 * @returns with the flags `g` and `v`; take care of `lastIndex`
 * @throws OperationProblem when it cannot be read
 */
export const pythonRegex = (pattern: string, options: RegexOptions = {}): RegExp => {
  const inline = /^\(\?([aimsux]+)\)/.exec(pattern);
  const flags = inline?.[1] ?? '';
  const bare = pattern.slice(inline?.[0].length ?? 0);
  const plain = flags.includes('x')
    ? bare.replaceAll(/(\\[\s\S]|\[(?:\\.|[^\]])*\])|\s+|#.*/g, (_, kept: string | undefined) => kept ?? '')
    : bare;
  try {
    const body = new Translation(plain, {
      multiline: options.multiline === true || flags.includes('m'),
      dotAll: flags.includes('s'),
      ascii: flags.includes('a'),
    }).run();
    const anchored = { start: `(?<![\\s\\S])(?:${body})`, both: `(?<![\\s\\S])(?:${body})(?![\\s\\S])` };
    const source = options.anchor === undefined ? body : anchored[options.anchor];
    return new RegExp(source, options.ignoreCase === true || flags.includes('i') ? 'giv' : 'gv');
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    // Python's words are these, apart from the place and the capital.
    const reason = message.replace(/^.*: /, '').replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
    throw problem(pattern, cause instanceof SyntaxError ? reason : message, cause);
  }
};

/** Python's replacement text (`\1`, `\g<name>`) for one match. @throws OperationProblem for a group that is not there */
export const expandReplacement = (
  replacement: string,
  match: readonly (string | undefined)[],
  groups: Readonly<Record<string, string | undefined>> | undefined,
): string =>
  replacement.replaceAll(
    /\\(?:g<(\w+)>|([1-9]\d?)|([\s\S]))/g,
    (whole, named: string | undefined, digits: string | undefined, letter: string | undefined) => {
      const group = named ?? digits;
      if (group === undefined) {
        const known: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' };
        return known[letter ?? ''] ?? whole;
      }
      if (/^\d+$/.test(group) && Number(group) < match.length) return match[Number(group)] ?? '';
      if (groups !== undefined && Object.hasOwn(groups, group)) return groups[group] ?? '';
      throw new OperationProblem(
        `the replacement names the group "${group}", which the regular expression lacks`,
      );
    },
  );
