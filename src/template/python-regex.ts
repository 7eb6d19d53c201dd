import { OperationProblem } from './operation-problem.ts';

export interface RegexOptions {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
  /** `^` and `$` alone are not enough: the match starts at the text's start (`match`), or is all of it. */
  readonly anchor?: 'start' | 'both';
}

const escapesOutside: Readonly<Record<string, string>> = {
  A: '(?<![\\s\\S])',
  Z: '(?![\\s\\S])',
  a: '\\x07',
};

/** Python writes a few things in other ways; a class in brackets is the same in both. */
const rewrite = (pattern: string, multiline: boolean): string => {
  let result = '';
  let inClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    const rest = pattern.slice(at);
    if (character === '\\') {
      const next = pattern[at + 1] ?? '';
      result += (inClass ? undefined : escapesOutside[next]) ?? `\\${next}`;
      at += 1;
    } else if (inClass) {
      if (character === ']') inClass = false;
      result += character;
    } else if (character === '[') {
      inClass = true;
      // In Python a bracket that comes first is meant literally.
      const literal = /^\[(\^?)\]/.exec(rest);
      result += literal === null ? '[' : `[${literal[1]}\\]`;
      at += literal === null ? 0 : literal[0].length - 1;
      if (literal === null && rest.startsWith('[^')) {
        result += '^';
        at += 1;
      }
    } else if (rest.startsWith('(?P<')) {
      result += '(?<';
      at += 3;
    } else if (rest.startsWith('(?P=')) {
      const name = /^\(\?P=(\w+)\)/.exec(rest);
      result += name === null ? '(?P=' : `\\k<${name[1]}>`;
      at += (name?.[0].length ?? 4) - 1;
    } else if (rest.startsWith('(?#')) {
      const end = pattern.indexOf(')', at);
      at = end === -1 ? pattern.length : end;
    } else if (character === '$' && !multiline) {
      result += '(?=\\n?(?![\\s\\S]))';
    } else if (/^\{,\d/.test(rest)) {
      result += '{0';
    } else {
      result += character;
    }
  }
  return result;
};

/**
 * A regular expression in Python's syntax as JavaScript's. Differences that stay: `\w`, `\d` and `\b` know only ASCII;
 * inline flags only at the start (`(?i)`); no `(?(1)…)`, no possessive quantifiers, no `\N{…}`.
 *
 * @returns with the flags `g` and `d`; take care of `lastIndex`
 * @throws OperationProblem when JavaScript cannot read it
 */
export const pythonRegex = (pattern: string, options: RegexOptions = {}): RegExp => {
  const inline = /^\(\?([aimsux]+)\)/.exec(pattern);
  const flags = inline?.[1] ?? '';
  const multiline = options.multiline === true || flags.includes('m');
  const plain = flags.includes('x')
    ? pattern.replaceAll(
        /(\\[\s\S]|\[(?:\\.|[^\]])*\])|\s+|#.*/g,
        (_, kept: string | undefined) => kept ?? '',
      )
    : pattern;
  const body = rewrite(plain.slice(inline?.[0].length ?? 0), multiline);
  const anchored = { start: `(?<![\\s\\S])(?:${body})`, both: `(?<![\\s\\S])(?:${body})(?![\\s\\S])` };
  const source = options.anchor === undefined ? body : anchored[options.anchor];
  const ignoreCase = options.ignoreCase === true || flags.includes('i');
  try {
    return new RegExp(
      source,
      `g${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${flags.includes('s') ? 's' : ''}`,
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^.*: /, '') : '';
    throw new OperationProblem(
      `the regular expression ${JSON.stringify(pattern)} is wrong: ${reason}`,
      undefined,
      {
        cause,
      },
    );
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
