import { shellWords } from '../util/shell-words.ts';
import { formatPercent } from './format-percent.ts';
import { splitText, titleCase } from './methods.ts';
import { type Operation, operation, restOperation } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { expandReplacement, pythonRegex } from './python-regex.ts';
import { pythonText } from './python-text.ts';
import { describeType } from './values.ts';

const on = (params: readonly string[], run: (text: string, ...args: never[]) => unknown): Operation =>
  operation(params, (_, value, ...args) => run(pythonText(value), ...(args as never[])));

const quoteWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;

const wrapLines = (text: string, width: number, separator: string): string =>
  text
    .split('\n')
    .map((line) => {
      const rows: string[] = [];
      for (const word of line.split(' ')) {
        const last = rows.at(-1);
        if (last !== undefined && last.length + 1 + word.length <= width)
          rows[rows.length - 1] = `${last} ${word}`;
        else rows.push(word);
      }
      return rows.join(separator);
    })
    .join(separator);

const indentLines = (text: string, width: number | string, first: boolean, blank: boolean): string => {
  const indent = typeof width === 'string' ? width : ' '.repeat(width);
  return text
    .split('\n')
    .map((line, index) =>
      index === 0 ? (first ? indent + line : line) : line === '' && !blank ? line : indent + line,
    )
    .join('\n');
};

const commentStyles: Readonly<Record<string, { first: string; prefix: string; last: string }>> = {
  plain: { first: '', prefix: '# ', last: '' },
  erlang: { first: '', prefix: '% ', last: '' },
  c: { first: '', prefix: '// ', last: '' },
  cblock: { first: '/*', prefix: ' * ', last: ' */' },
  xml: { first: '<!--', prefix: ' - ', last: '-->' },
};

/** Ansible's frame: an empty comment line before and after. */
const comment = (text: string, style = 'plain', decoration?: string): string => {
  const known = commentStyles[style];
  if (known === undefined)
    throw new OperationProblem(
      `comment: unknown style "${style}"`,
      `styles: ${Object.keys(commentStyles).join(', ')}`,
    );
  const mark = decoration ?? known.prefix;
  const line = (content: string): string => (mark + content).trimEnd();
  const body = ['', ...text.replace(/\n$/, '').split('\n'), ''].map(line);
  return [
    ...(known.first === '' ? [] : [known.first]),
    ...body,
    ...(known.last === '' ? [] : [known.last]),
  ].join('\n');
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

const humanToBytes = (value: unknown): number => {
  const parts = /^\s*(\d+(?:\.\d+)?)\s*([KMGTPEZY]?)(?:i?[bB](?:ytes?)?)?\s*$/i.exec(String(value));
  if (parts === null) throw new OperationProblem(`human_to_bytes: "${value}" is no size`);
  return Math.floor(Number(parts[1]) * 1024 ** units.indexOf((parts[2] ?? '').toUpperCase()));
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
    return groups.length === 1 ? groups[0] : groups;
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
  const joined = (path.startsWith('/') ? '/' : '') + parts.join('/');
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
  title: on([], titleCase),
  capitalize: on([], (text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase()),
  trim: on(['chars'], (text, chars?: string) =>
    chars === undefined || chars === null ? text.trim() : (splitTrim(text, chars) as string),
  ),
  replace: on(['old', 'new', 'count'], (text, old: unknown, other: unknown, count?: number) => {
    const [from, to] = [pythonText(old), pythonText(other)];
    return count === undefined || count === null
      ? text.replaceAll(from, () => to)
      : splitText(text, from, count).join(to);
  }),
  center: on(['width'], (text, width = 80) => {
    const room = Math.max(0, width - text.length);
    return ' '.repeat(Math.floor(room / 2)) + text + ' '.repeat(room - Math.floor(room / 2));
  }),
  indent: on(['width', 'first', 'blank'], (text, width = 4, first = false, blank = false) =>
    indentLines(text, width, first, blank),
  ),
  wordwrap: on(['width', 'break_long_words', 'wrapstring'], (text, width = 79, _break = true, wrap = '\n') =>
    wrapLines(text, width, wrap),
  ),
  wordcount: on([], (text) => text.match(/\w+/g)?.length ?? 0),
  truncate: on(
    ['length', 'killwords', 'end', 'leeway'],
    (text, length = 255, kill = false, end = '...', leeway = 5) => {
      if (text.length <= length + leeway) return text;
      const cut = text.slice(0, length - String(end).length);
      return (kill ? cut : cut.replace(/\s+\S*$/, '')) + end;
    },
  ),
  escape: on([], escapeHtml),
  e: on([], escapeHtml),
  safe: operation([], (_, value) => value),
  urlencode: on([], (text) =>
    encodeURIComponent(text)
      .replaceAll('%2F', '/')
      .replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
  ),
  striptags: on([], (text) =>
    text
      .replaceAll(/<!--[\s\S]*?-->|<[^>]*>/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  ),
  string: on([], (text) => text),
  format: restOperation([], (_, value, named, ...args) =>
    formatPercent(pythonText(value), Object.keys(named).length > 0 ? [named] : args),
  ),
  split: on(['sep', 'maxsplit'], (text, separator: unknown, maximum: unknown) =>
    splitText(text, separator, maximum),
  ),
  quote: on([], (text) => (text === '' ? "''" : quoteWord(text))),
  shellsplit: on([], (text) => shellWords(text)),
  comment: on(['style', 'decoration'], comment),
  human_readable: operation(['isbits', 'unit'], (_, value, bits, unit) =>
    humanReadable(value, Boolean(bits), unit),
  ),
  human_to_bytes: operation([], (_, value) => humanToBytes(value)),
  filesizeformat: operation(['binary'], (_, value, binary = false) => {
    const [base, names] = binary
      ? [1024, ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']]
      : [1000, ['kB', 'MB', 'GB', 'TB', 'PB']];
    const size = Number(value);
    if (size < base) return `${size} Bytes`;
    const power = Math.min(names.length, Math.floor(Math.log(size) / Math.log(base)));
    return `${(size / base ** power).toFixed(1)} ${names[power - 1]}`;
  }),
  regex_search: restOperation(['ignorecase', 'multiline'], (_, value, named, pattern, ...groups) =>
    regexSearch(pythonText(value), named, pattern, groups),
  ),
  regex_replace: on(['pattern', 'replacement', 'ignorecase', 'multiline', 'count'], regexReplace),
  regex_findall: on(['regex', 'multiline', 'ignorecase'], regexFindall),
  regex_escape: on([], (text) =>
    text.replaceAll(/[^\w\s/'"!,:;<=>@%`_]/g, (c) => `\\${c}`).replaceAll(' ', '\\ '),
  ),
  basename: on([], (text) => text.slice(text.lastIndexOf('/') + 1)),
  dirname: on([], dirname),
  splitext: on([], splitExtension),
  normpath: on([], normalize),
  relpath: on(['start'], (text, start: string) => {
    const [to, from] = [normalize(text).split('/'), normalize(String(start)).split('/')];
    const same = to.findIndex((part, index) => part !== from[index]);
    const common = same === -1 ? Math.min(to.length, from.length) : same;
    return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/') || '.';
  }),
  path_join: operation([], (_, value) => joinPaths((Array.isArray(value) ? value : [value]).map(pythonText))),
};

const splitTrim = (text: string, characters: string): string => {
  let [start, end] = [0, text.length];
  while (start < end && characters.includes(text[start] ?? '')) start += 1;
  while (end > start && characters.includes(text[end - 1] ?? '')) end -= 1;
  return text.slice(start, end);
};
