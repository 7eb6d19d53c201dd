import type { PasswordRequest } from './lookups.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';

/** Names for characters, from Python's module `string`. */
const named: Readonly<Record<string, string>> = {
  ascii_lowercase: 'abcdefghijklmnopqrstuvwxyz',
  ascii_uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ascii_letters: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  hexdigits: '0123456789abcdefABCDEF',
  octdigits: '01234567',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

const defaultChars = 'ascii_letters,digits,.,:,-,_';
const defaultLength = 20;
const longest = 1000;

/** `ascii_letters,digits,.,,`: names and characters; two commas together are a comma. */
const charactersOf = (text: string): string => {
  const parts = text.replaceAll(',,', ',\0,').split(',');
  const all = parts
    .filter((part) => part !== '')
    .map((part) => (part === '\0' ? ',' : (named[part] ?? part)));
  return [...new Set([...all.join('')])].join('');
};

/** `path length=15 chars=digits`, a path with blanks in it included. */
const split = (term: string): { path: string; options: Readonly<Record<string, string>> } => {
  const [path = '', ...rest] = term.split(/\s+(?=(?:length|chars|encrypt|seed|ident)=)/);
  const pairs = rest.map((part): [string, string] => {
    const at = part.indexOf('=');
    return [part.slice(0, at), part.slice(at + 1).trim()];
  });
  return { path: path.trim(), options: Object.fromEntries(pairs) };
};

const refused: Readonly<Record<string, string>> = {
  encrypt: 'a hash has another salt each time',
  ident: 'a hash has another salt each time',
  seed: 'a password that can be worked out is none',
};

/**
 * What the lookup's term and named arguments ask for.
 *
 * @param chance  as in `Tools`: what a password hangs on that is kept nowhere
 * @throws OperationProblem
 */
export const passwordRequest = (
  term: string,
  given: Readonly<Record<string, unknown>>,
  chance: () => string | undefined,
): PasswordRequest => {
  const { path, options } = split(term);
  const option = (name: string): unknown => options[name] ?? given[name];
  for (const [name, why] of Object.entries(refused))
    if (option(name) !== undefined)
      throw new OperationProblem(`lookup('password'): "${name}" is not supported: ${why}`);
  if (path === '') throw new OperationProblem("lookup('password') wants the path of a file");
  const fleeting = path === '/dev/null' ? chance() : undefined;
  if (path === '/dev/null' && fleeting === undefined)
    throw new OperationProblem(
      "lookup('password', '/dev/null'): it would be another one each time, and nothing ever as wanted",
      'name a file that keeps it, or write "compat: truthy" on the play or role for another one in each run',
    );
  const length = Number(pythonText(option('length') ?? defaultLength));
  if (!Number.isInteger(length) || length < 1 || length > longest)
    throw new OperationProblem(`lookup('password'): "length" wants a whole number of at most ${longest}`);
  const chars = option('chars') ?? defaultChars;
  const characters = charactersOf(Array.isArray(chars) ? chars.map(pythonText).join(',') : pythonText(chars));
  if (characters.length < 2)
    throw new OperationProblem('lookup(\'password\'): "chars" wants two characters at least');
  return { path, length, characters, fleeting };
};
