import { z } from 'zod';

/** Flags that stand for the whole expression: `(?im)` at its start. */
const leadingFlags = /^\(\?([aiLmsux]+)\)/;

const classes: Readonly<Record<string, string>> = {
  '\\A': '(?<![\\s\\S])',
  '\\Z': '(?![\\s\\S])',
};

/** One token of a Python expression, so that nothing inside a class or after a backslash is taken for syntax. */
const token =
  /\\A|\\Z|\\[\s\S]|\(\?P<([A-Za-z_]\w*)>|\(\?P=([A-Za-z_]\w*)\)|\(\?#[^)]*\)|\(\?[aiLmsux-]+[:)]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\$|\{(?!\d*,?\d*\})|[\s\S]/g;

/** JavaScript's `u` flag knows fewer escapes: those of mere punctuation are dropped. */
const escapeOf = (text: string): string => {
  const char = text[1] ?? '';
  if (/[A-Za-z0-9]/.test(char)) return text;
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? text : char;
};

const classOf = (text: string): string => {
  const isNegated = text.startsWith('[^');
  const inside = text.slice(isNegated ? 2 : 1, -1);
  // A bracket that comes first is itself in Python; JavaScript would take it for the end.
  const safe = inside.replace(/^\]/, '\\]').replaceAll(/\\[\s\S]|\[/g, (part) => {
    if (part === '[') return '\\[';
    return /[A-Za-z0-9\\\]^-]/.test(part[1] ?? '')
      ? part
      : `${/[[\]/]/.test(part[1] ?? '') ? '\\' : ''}${part[1]}`;
  });
  return `[${isNegated ? '^' : ''}${safe}]`;
};

interface Meaning {
  readonly isMultiline: boolean;
  readonly isDotAll: boolean;
}

/** In Python only \n ends a line (JavaScript knows four more), and $ also matches before a newline that ends the text. */
const lineEnds: Readonly<Record<string, { readonly single: string; readonly multiline: string }>> = {
  '^': { single: '^', multiline: '(?<![^\\n])' },
  $: { single: '(?=\\n?(?![\\s\\S]))', multiline: '(?![^\\n])' },
};

const translate = (text: string, { isMultiline, isDotAll }: Meaning): string =>
  text.replaceAll(token, (found, name?: string, reference?: string) => {
    if (name !== undefined) return `(?<${name}>`;
    if (reference !== undefined) return `\\k<${reference}>`;
    if (found in classes) return classes[found] ?? found;
    if (found.startsWith('(?#')) return '';
    if (/^\(\?[a-zL]+\)$/.test(found)) throw new SyntaxError(`flags ${found} only stand at the start`);
    if (/^\(\?[^:]+:$/.test(found))
      throw new SyntaxError(`flags inside an expression (${found}) are not known`);
    if (found.startsWith('\\')) return escapeOf(found);
    if (found.length > 1 && found.startsWith('[')) return classOf(found);
    if (found in lineEnds) return lineEnds[found]?.[isMultiline ? 'multiline' : 'single'] ?? found;
    if (found === '.' && !isDotAll) return '[^\\n]';
    if (found === '{' || found === '}' || found === ']') return `\\${found}`;
    return found;
  });

/**
 * A JavaScript expression that matches what a Python one does: `(?P<name>…)`, `\A`, `\Z`, `$` before the last newline,
 * flags at the start. Not known: flags for a part, possessive quantifiers and atomic groups, conditionals, verbose mode.
 *
 * @param flags  JavaScript's, besides those in the expression
 * @throws SyntaxError with the reason
 */
export const pythonRegex = (source: string, flags = ''): RegExp => {
  const [prefix = '', letters = ''] = leadingFlags.exec(source) ?? [];
  if (letters.includes('x')) throw new SyntaxError('verbose expressions, (?x), are not known');
  const all = new Set([...flags, ...letters.replaceAll(/[aLu]/g, ''), 'u']);
  const meaning = { isMultiline: all.delete('m'), isDotAll: all.has('s') };
  const body = source.slice(prefix.length);
  // Quantifiers are tokens of one character, so a brace that counts is kept by hiding it from `translate`.
  const counted = body.split(/((?<!\\)\{\d*,?\d*\})/);
  const text = counted
    .map((part, index) =>
      index % 2 === 1 && /\d/.test(part) ? part.replace('{,', '{0,') : translate(part, meaning),
    )
    .join('');
  return new RegExp(text, [...all].join(''));
};

const reference = /\\(?:g<(\w+)>|([1-9]\d?)|([abfnrtv\\])|0)/g;

const controls: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** A Python replacement (`\1`, `\g<1>`, `\g<name>`, `\n`) filled in for one match. */
export const expandReplacement = (template: string, match: RegExpMatchArray): string =>
  template.replaceAll(reference, (found, name?: string, digits?: string, control?: string) => {
    if (control !== undefined) return controls[control] ?? found;
    const group = name ?? digits;
    if (group === undefined) return '\0';
    return (/^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group]) ?? '';
  });

const complaintOf = (source: string): string | undefined => {
  try {
    pythonRegex(source);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
};

/** A regular expression in Python's syntax. */
export const regex = () =>
  z.string({ error: 'expected a regular expression' }).superRefine((source, { addIssue }) => {
    const complaint = complaintOf(source);
    if (complaint !== undefined) addIssue({ code: 'custom', message: complaint });
  });
