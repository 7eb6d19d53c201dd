import type { Sh } from '../model/sh.ts';
import { quote, rawSh } from './sh.ts';

const variable = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/g;

/** What a shell pattern is made of; a class with anything but plain characters is taken as text. */
const wildcard = /([*?]|\[!?[A-Za-z0-9_-]+\])/;

const literal = (text: string, patterns: boolean): string => {
  if (text === '') return '';
  if (!patterns) return quote(text);
  return text
    .split(wildcard)
    .map((piece, index) => (index % 2 === 1 || piece === '' ? piece : quote(piece)))
    .join('');
};

/**
 * One word of sh in which `~` and `~name` at its beginning, `$NAME` and `${NAME}` stand for what they are on the host, and
 * everything else for itself: no blanks split it. A variable that is not set stays as written, as in Python's
 * `os.path.expandvars`.
 *
 * @param patterns  leave `*`, `?`, `[…]` to sh, which makes of the word all paths that match
 */
export const expandedWord = (text: string, patterns = false): Sh => {
  // NOTE: a quoted slash would keep sh from seeing the tilde's end, so it stays outside.
  const [tilde = ''] = /^~[A-Za-z0-9_.-]*(?:\/|$)/.exec(text) ?? [];
  let word = tilde;
  let at = tilde.length;
  for (const match of text.matchAll(variable)) {
    const name = match[1] ?? match[2] ?? '';
    const asWritten = match[1] === undefined ? `\\\${${name}\\}` : `\\$${name}`;
    word += `${literal(text.slice(at, match.index), patterns)}"\${${name}-${asWritten}}"`;
    at = match.index + match[0].length;
  }
  word += literal(text.slice(at), patterns);
  return rawSh(word === '' ? quote('') : word);
};
