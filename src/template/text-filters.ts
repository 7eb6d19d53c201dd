import { splitWords } from '../util/split-words.ts';
import { formatPercent } from './format-percent.ts';
import { center, splitLines, splitText } from './methods.ts';
import { floatOperation, type Operation, operation, restOperation } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { expandReplacement, pythonRegex } from './python-regex.ts';
import { pythonText } from './python-text.ts';
import { describeType, isMapping, tupleOf } from './values.ts';
import { type WrapStyle, wrapWords } from './word-wrap.ts';

const on = (params: readonly string[], run: (text: string, ...args: never[]) => unknown): Operation =>
  floatOperation(params, (_, value, ...args) => run(pythonText(value), ...(args as never[])));

const quoteWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;

const wrapLines = (text: string, style: WrapStyle, separator: string): string => {
  if (!Number.isInteger(style.width) || style.width < 1)
    throw new OperationProblem(`wordwrap wants a width from 1 on, found ${pythonText(style.width)}`);
  return splitLines(text)
    .map((line) => wrapWords(line, style).join(separator))
    .join(separator);
};

const indentLines = (text: string, width: number | string, first: boolean, blank: boolean): string => {
  const indent = typeof width === 'string' ? width : ' '.repeat(width);
  return text
    .split('\n')
    .map((line, index) =>
      index === 0 ? (first ? indent + line : line) : line === '' && !blank ? line : indent + line,
    )
    .join('\n');
};

interface CommentStyle {
  readonly decoration: string;
  readonly beginning?: string;
  readonly end?: string;
}

const commentStyles: Readonly<Record<string, CommentStyle>> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' },
  xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
};

const commentOptions =
  'style newline beginning prefix prefix_count decoration postfix postfix_count end'.split(' ');

/** Ansible's frame: an empty comment line before and after, unless it is told otherwise. */
const comment = (text: string, style: string, told: Readonly<Record<string, unknown>>): string => {
  const known = Object.hasOwn(commentStyles, style) ? commentStyles[style] : undefined;
  if (known === undefined)
    throw new OperationProblem(
      `comment: unknown style "${style}"`,
      `styles: ${Object.keys(commentStyles).join(', ')}`,
    );
  const frame = pythonText(told['decoration'] ?? known.decoration).trimEnd();
  const option = (name: string, fallback: unknown): string => pythonText(told[name] ?? fallback);
  const newline = option('newline', '\n');
  const decoration = option('decoration', known.decoration);
  const [prefix, postfix] = [option('prefix', frame), option('postfix', frame)];
  const [beginning, end] = [option('beginning', known.beginning ?? ''), option('end', known.end ?? '')];
  const body = (decoration + text.replaceAll(newline, newline + decoration)).replaceAll(
    decoration + newline,
    decoration.trimEnd() + newline,
  );
  const before = prefix === '' ? '' : prefix === newline ? newline : prefix + newline;
  return [
    beginning === '' ? '' : beginning + newline,
    before.repeat(Number(told['prefix_count'] ?? 1)),
    body,
    (newline + postfix).repeat(Number(told['postfix_count'] ?? 1)),
    end === '' ? '' : newline + end,
  ].join('');
};

const units = ['', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];

const humanReadable = (value: unknown, isBits = false, unit?: string): string => {
  const size = Number(value);
  if (Number.isNaN(size))
    throw new OperationProblem(`human_readable wants a number, found ${describeType(value)}`);
  const base = isBits ? 'bits' : 'Bytes';
  const wanted = unit === undefined ? undefined : units.indexOf(unit.toUpperCase().replace(/B$/, ''));
  const power =
    wanted ?? Math.min(units.length - 1, Math.max(0, size < 1 ? 0 : Math.floor(Math.log2(size) / 10)));
  const name = power === 0 ? base : `${units[power]}${isBits ? 'b' : 'B'}`;
  return `${(size / 1024 ** power).toFixed(2)} ${name}`;
};

const unitWords: Readonly<Record<string, string>> = {
  B: '',
  K: 'kilo',
  M: 'mega',
  G: 'giga',
  T: 'tera',
  P: 'peta',
  E: 'exa',
  Z: 'zeta',
  Y: 'yotta',
};

const humanToBytes = (value: unknown, fallback: unknown, isBits: boolean): number => {
  const parts = /^([0-9]*\.?[0-9]+)(?:\s*([A-Za-z]+))?\s*$/.exec(pythonText(value));
  if (parts === null) throw new OperationProblem(`human_to_bytes: "${pythonText(value)}" is no size`);
  const unit = parts[2] ?? (typeof fallback === 'string' ? fallback : undefined);
  const number = Number(parts[1]);
  if (unit === undefined) return Math.round(number);
  const letter = unit.slice(0, 1).toUpperCase();
  const word = Object.hasOwn(unitWords, letter) ? unitWords[letter] : undefined;
  const long = `${word}${isBits ? 'bit' : 'byte'}`;
  const short = `${letter === 'B' ? '' : letter}${isBits ? 'b' : 'B'}`;
  if (word === undefined || (unit.length > 1 && unit !== short && unit.toLowerCase() !== long))
    throw new OperationProblem(
      `human_to_bytes: unknown unit "${unit}"`,
      `${isBits ? 'bits' : 'bytes'} are written ${letter} or ${short}`,
    );
  return Math.round(number * 1024 ** Math.max(0, units.indexOf(letter)));
};

/** Unlike the method `title`, only at blanks, hyphens and opening brackets: `it's` stays so. */
const titleWords = (text: string): string =>
  text
    .split(/([-\s({[<]+)/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join('');

const urlQuote = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** A mapping or a list of pairs becomes a query, anything else a part of a path. */
const urlEncode = (value: unknown): string => {
  const pairs = isMapping(value) ? Object.entries(value) : value;
  if (!Array.isArray(pairs)) return urlQuote(pythonText(value)).replaceAll('%2F', '/');
  const part = (text: unknown): string => urlQuote(pythonText(text)).replaceAll('%20', '+');
  return pairs
    .map((pair: unknown) => {
      const parts = Array.isArray(pair) ? pair : [];
      if (parts.length !== 2)
        throw new OperationProblem('urlencode wants a text, a mapping or a list of pairs');
      return parts.map(part).join('=');
    })
    .join('&');
};

const escapeRegex = (text: string, type: string): string => {
  if (type === 'python') return text.replaceAll(/[-()[\]{}?*+|^$\\.&~# \t\n\r\v\f]/g, '\\$&');
  if (type === 'posix_basic') return text.replaceAll(/[[\].^$*\\]/g, '\\$&');
  if (type === 'posix_extended')
    throw new OperationProblem(`Regex type (${type}) not yet implemented`, 'python, posix_basic');
  throw new OperationProblem(`Invalid regex type (${type})`, 'python, posix_basic');
};

const escapeHtml = (text: string): string =>
  text.replaceAll(
    /[&<>"']/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;' })[c] ?? '&#39;',
  );

/** `regex_search` gives the match, or the groups asked for; nothing (null) where there is no match. */
const regexSearch = (
  text: string,
  named: Readonly<Record<string, unknown>>,
  pattern: unknown,
  groups: readonly unknown[],
): unknown => {
  const regex = pythonRegex(pythonText(pattern), {
    ignoreCase: Boolean(named['ignorecase']),
    multiline: Boolean(named['multiline']),
  });
  const odd = groups.find((group) => !/^\\(?:g<\w+>|\d+)$/.test(pythonText(group)));
  if (odd !== undefined)
    throw new OperationProblem(
      'Unknown argument',
      `a group is "\\\\1" or "\\\\g<name>", found ${pythonText(odd)}`,
    );
  const match = regex.exec(text);
  if (match === null) return null;
  if (groups.length === 0) return match[0];
  return groups.map((group) => expandReplacement(pythonText(group), match, match.groups));
};

const regexReplace = (
  text: string,
  pattern: unknown = '',
  replacement: unknown = '',
  ignorecase: unknown = false,
  multiline: unknown = false,
  count: unknown = 0,
): string => {
  let left = Number(count) > 0 ? Number(count) : Number.POSITIVE_INFINITY;
  const regex = pythonRegex(pythonText(pattern), {
    ignoreCase: Boolean(ignorecase),
    multiline: Boolean(multiline),
  });
  return text.replace(regex, (...parts) => {
    left -= 1;
    if (left < 0) return String(parts[0]);
    const groups: unknown = parts.at(-1);
    const match = parts.slice(
      0,
      parts.findIndex((part) => typeof part === 'number'),
    ) as (string | undefined)[];
    return expandReplacement(
      pythonText(replacement),
      match,
      typeof groups === 'object' ? (groups as Record<string, string>) : undefined,
    );
  });
};

const regexFindall = (
  text: string,
  pattern: unknown,
  multiline: unknown = false,
  ignorecase: unknown = false,
): unknown => {
  const regex = pythonRegex(pythonText(pattern), {
    ignoreCase: Boolean(ignorecase),
    multiline: Boolean(multiline),
  });
  return [...text.matchAll(regex)].map((match) => {
    if (match.length === 1) return match[0];
    const groups = match.slice(1).map((group) => group ?? '');
    return groups.length === 1 ? groups[0] : tupleOf(groups);
  });
};

const dirname = (path: string): string => {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '');
};

const normalize = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !path.startsWith('/')) parts.push(part);
  }
  const root = /^\/\/(?!\/)/.test(path) ? '//' : path.startsWith('/') ? '/' : '';
  const joined = root + parts.join('/');
  return joined === '' ? '.' : joined;
};

const splitExtension = (path: string): string[] => {
  const at = path.lastIndexOf('.');
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/^\.+/, '');
  return name.includes('.') ? [path.slice(0, at), path.slice(at)] : [path, ''];
};

const joinPaths = (parts: readonly string[]): string =>
  parts.reduce(
    (path, part) =>
      part.startsWith('/') ? part : path === '' || path.endsWith('/') ? path + part : `${path}/${part}`,
    '',
  );

/** Filters that work on one text. Anything else is printed first, as Python's `str()` would. */
export const textFilters: Readonly<Record<string, Operation>> = {
  upper: on([], (text) => text.toUpperCase()),
  lower: on([], (text) => text.toLowerCase()),
  title: on([], titleWords),
  capitalize: on([], (text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase()),
  trim: on(['chars'], (text, chars?: string) =>
    chars === undefined || chars === null ? text.trim() : (splitTrim(text, chars) as string),
  ),
  replace: on(['old!', 'new!', 'count'], (text, old: unknown, other: unknown, count?: number) => {
    const [from, to] = [pythonText(old), pythonText(other)];
    return count === undefined || count === null
      ? text.replaceAll(from, () => to)
      : splitText(text, from, count).join(to);
  }),
  center: on(['width'], (text, width = 80) => center(text, width)),
  indent: on(['width', 'first', 'blank'], (text, width = 4, first = false, blank = false) =>
    indentLines(text, width, first, blank),
  ),
  wordwrap: on(
    ['width', 'break_long_words', 'wrapstring', 'break_on_hyphens'],
    (text, width = 79, breakWords = true, wrap: string | null = null, breakHyphens = true) =>
      wrapLines(text, { width, breakWords, breakHyphens }, wrap ?? '\n'),
  ),
  wordcount: on([], (text) => text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
  truncate: on(
    ['length', 'killwords', 'end', 'leeway'],
    (text, length = 255, kill = false, end = '...', leeway = 5) => {
      const characters = [...text];
      if (characters.length <= length + leeway) return text;
      const cut = characters.slice(0, length - String(end).length).join('');
      return (kill ? cut : cut.replace(/ [^ ]*$/, '')) + end;
    },
  ),
  escape: on([], escapeHtml),
  e: on([], escapeHtml),
  safe: operation([], (_, value) => value),
  urlencode: floatOperation([], (_, value) => urlEncode(value)),
  striptags: on([], (text) =>
    text
      .replaceAll(/<!--[\s\S]*?-->|<[^>]*>/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  ),
  string: on([], (text) => text),
  format: {
    ...restOperation([], (_, value, named, ...args) =>
      formatPercent(pythonText(value), Object.keys(named).length > 0 ? [named] : args),
    ),
    anyNamed: true,
  },
  split: on(['sep', 'maxsplit'], (text, separator: unknown, maximum: unknown) =>
    splitText(text, separator, maximum),
  ),
  quote: operation([], (_, value) => {
    const text = value === null ? '' : pythonText(value);
    return text === '' ? "''" : quoteWord(text);
  }),
  shellsplit: on([], (text) => splitWords(text)),
  comment: {
    ...restOperation(commentOptions, (_, value, named, style = named['style'] ?? 'plain') =>
      comment(pythonText(value), pythonText(style), named),
    ),
  },
  human_readable: operation(['isbits', 'unit'], (_, value, bits, unit) =>
    humanReadable(value, Boolean(bits), unit),
  ),
  human_to_bytes: operation(['default_unit', 'isbits'], (_, value, unit, bits) =>
    humanToBytes(value, unit, Boolean(bits)),
  ),
  filesizeformat: operation(['binary'], (_, value, binary = false) => {
    const [base, names] = binary
      ? [1024, ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']]
      : [1000, ['kB', 'MB', 'GB', 'TB', 'PB']];
    const size = Number(value);
    if (size === 1) return '1 Byte';
    if (size < base) return `${Math.trunc(size)} Bytes`;
    const power = Math.min(names.length, Math.floor(Math.log(size) / Math.log(base)));
    return `${(size / base ** power).toFixed(1)} ${names[power - 1]}`;
  }),
  regex_search: restOperation(
    ['ignorecase', 'multiline'],
    (_, value, named, pattern, ...groups) => regexSearch(pythonText(value), named, pattern, groups),
    1,
  ),
  regex_replace: on(['pattern', 'replacement', 'ignorecase', 'multiline', 'count'], regexReplace),
  regex_findall: on(['regex!', 'multiline', 'ignorecase'], regexFindall),
  regex_escape: on(['re_type'], (text, type = 'python') => escapeRegex(text, String(type))),
  basename: on([], (text) => text.slice(text.lastIndexOf('/') + 1)),
  dirname: on([], dirname),
  splitext: on([], (text) => tupleOf(splitExtension(text))),
  normpath: on([], normalize),
  relpath: on(['start'], (text, start = '.') => {
    const [to, from] = [normalize(text).split('/'), normalize(String(start)).split('/')];
    const same = to.findIndex((part, index) => part !== from[index]);
    const common = same === -1 ? Math.min(to.length, from.length) : same;
    return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/') || '.';
  }),
  path_join: operation([], (_, value) => {
    if (typeof value !== 'string' && !Array.isArray(value))
      throw new OperationProblem(`|path_join expects string or sequence, got ${describeType(value)} instead`);
    return joinPaths((Array.isArray(value) ? value : [value]).map(pythonText));
  }),
};

const splitTrim = (text: string, characters: string): string => {
  let [start, end] = [0, text.length];
  while (start < end && characters.includes(text[start] ?? '')) start += 1;
  while (end > start && characters.includes(text[end - 1] ?? '')) end -= 1;
  return text.slice(start, end);
};
