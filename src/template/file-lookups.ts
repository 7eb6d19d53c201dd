import { didYouMean } from '../util/nearest-name.ts';
import { type Delimiters, usualDelimiters } from './delimiters.ts';
import { iniValues } from './ini-lookup.ts';
import { listOf } from './list-of.ts';
import type { LookupPlugin, LookupTools, Named } from './lookup-plugins.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';
import { readRows } from './read-rows.ts';
import { needs } from './value-lookups.ts';
import { isMapping } from './values.ts';

const readFile = (
  tools: LookupTools,
  kind: 'file' | 'template',
  term: unknown,
  who: string = kind,
): string => {
  const path = pythonText(term);
  const text = needs(tools.lookups[kind], who)(path);
  if (text !== undefined) return text;
  const near = tools.lookups.nearest?.(kind, path);
  throw new OperationProblem(`lookup('${who}'): there is no file "${path}"`, didYouMean(near));
};

/** Names in one text may be divided by commas and semicolons, folders by colons too. */
const namesIn = (value: unknown, dividers: RegExp): readonly string[] =>
  [value ?? []].flat().flatMap((part) =>
    pythonText(part)
      .split(dividers)
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );

const isYes = (value: unknown): boolean => value === true || /^(?:true|yes|on|1)$/i.test(String(value ?? ''));

const firstFound: LookupPlugin = {
  options: ['files', 'paths', 'skip'],
  run: ({ lookups }, given, named) => {
    const find = needs(lookups.find, 'first_found');
    const terms = Object.hasOwn(named, 'files') ? [...given, named] : given;
    const candidatesOf = (term: unknown, around: unknown): readonly string[] => {
      if (Array.isArray(term)) return term.flatMap((part) => candidatesOf(part, around));
      const [files, paths] = isMapping(term) ? [term['files'], term['paths'] ?? around] : [term, around];
      const names = namesIn(files, /[,;]/);
      const folders = namesIn(paths, /[,:;]/);
      return folders.length === 0
        ? names
        : folders.flatMap((folder) => names.map((name) => `${folder}/${name}`));
    };
    const candidates = terms.flatMap((term) => candidatesOf(term, named['paths']));
    for (const candidate of candidates) {
      const found = find(candidate);
      if (found !== undefined) return [found];
    }
    if (isYes(named['skip']) || terms.flat().some((term) => isMapping(term) && isYes(term['skip'])))
      return [];
    throw new OperationProblem(
      `lookup('first_found'): none of these files is there: ${candidates.join(', ')}`,
    );
  },
};

/** A value in quotes may have blanks in it. */
const withoutQuotes = (value: string): string => /^(["'])(.*)\1$/s.exec(value)?.[2] ?? value;

/**
 * `key file=x.csv delimiter=,`: the term, and options behind it; those by name stand beside.
 *
 * @throws OperationProblem where an option is none of `known`
 */
const splitTerm = (
  term: unknown,
  named: Named,
  known: readonly string[],
): { key: string; options: Named } => {
  const words = pythonText(term).split(/\s+(?=[a-z_]+=)/);
  const pairs = words.filter((word) => /^[a-z_]+=/.test(word));
  const options = pairs.map((pair): [string, string] => [
    pair.slice(0, pair.indexOf('=')),
    withoutQuotes(pair.slice(pair.indexOf('=') + 1)),
  ]);
  const odd = options.find(([name]) => !known.includes(name));
  if (odd !== undefined) throw new OperationProblem(`${odd[0]} is not a valid option`);
  const key = words.filter((word) => !pairs.includes(word)).join(' ');
  return { key, options: { ...named, ...Object.fromEntries(options) } };
};

const delimiterOf = (value: unknown): string => {
  const text = pythonText(value ?? 'TAB');
  return text === 'TAB' || text === '\\t' || text === 't' ? '\t' : text;
};

const csvOptions = ['file', 'delimiter', 'col', 'keycol', 'default', 'encoding'];

const csvfile: LookupPlugin = {
  options: csvOptions,
  run: (tools, terms, named) =>
    terms.flatMap((term) => {
      const { key, options } = splitTerm(term, named, csvOptions);
      if (key === '') throw new OperationProblem('Search key is required but was not found');
      const rows = readRows(
        readFile(tools, 'file', options['file'] ?? 'ansible.csv', 'csvfile'),
        delimiterOf(options['delimiter']),
      );
      const [column, keyColumn] = [Number(options['col'] ?? 1), Number(options['keycol'] ?? 0)];
      const found = rows.find((row) => row[keyColumn] === key)?.[column] ?? options['default'];
      return found === undefined ? [] : [found];
    }),
};

const iniOptions = [
  'type',
  'file',
  'section',
  're',
  'default',
  'encoding',
  'case_sensitive',
  'allow_no_value',
  'interpolation',
];

const ini: LookupPlugin = {
  options: iniOptions,
  run: (tools, terms, named) =>
    terms.flatMap((term) => {
      const { key, options } = splitTerm(term, named, iniOptions);
      const text = readFile(tools, 'file', options['file'] ?? 'ansible.ini', 'ini');
      return iniValues(text, key, options);
    }),
};

/** Of the lookup `template`: which delimiter a name sets, and whether its beginning (0) or its end (1). */
const delimiterNames: Readonly<Record<string, readonly [keyof Delimiters, 0 | 1]>> = {
  variable_start_string: ['variable', 0],
  variable_end_string: ['variable', 1],
  comment_start_string: ['comment', 0],
  comment_end_string: ['comment', 1],
};

const delimitersIn = (named: Named): Delimiters | undefined =>
  Object.entries(delimiterNames).reduce<Delimiters | undefined>((sofar, [name, [kind, side]]) => {
    if (named[name] === undefined) return sofar;
    const [start, end] = (sofar ?? usualDelimiters)[kind];
    const text = pythonText(named[name]);
    return { ...(sofar ?? usualDelimiters), [kind]: side === 0 ? [text, end] : [start, text] };
  }, undefined);

/** Lookups of files of the project. */
export const fileLookups: Readonly<Record<string, LookupPlugin>> = {
  file: {
    options: ['rstrip', 'lstrip'],
    run: (tools, terms, named) =>
      terms.map((term) => {
        const text = readFile(tools, 'file', term);
        const end = named['rstrip'] === false ? text : text.trimEnd();
        return named['lstrip'] === true ? end.trimStart() : end;
      }),
  },
  unvault: { run: (tools, terms) => terms.map((term) => readFile(tools, 'file', term, 'unvault')) },
  template: {
    options: ['template_vars', 'convert_data', ...Object.keys(delimiterNames)],
    run: (tools, terms, named) =>
      terms.map((term) => {
        const own = named['template_vars'];
        return tools.renderFile(
          readFile(tools, 'template', term),
          pythonText(term),
          isMapping(own) ? own : undefined,
          delimitersIn(named),
        );
      }),
  },
  first_found: firstFound,
  fileglob: {
    run: ({ lookups }, terms) =>
      terms.flatMap((term) =>
        listOf(term === '' ? [] : needs(lookups.glob, 'fileglob')(pythonText(term)), 'fileglob'),
      ),
  },
  filetree: {
    options: ['exclude'],
    run: ({ lookups }, terms) => terms.flatMap((term) => needs(lookups.tree, 'filetree')(pythonText(term))),
  },
  csvfile,
  ini,
};
