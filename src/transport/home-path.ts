import { homedir } from 'node:os';
import path from 'node:path';

/** A path as people write it, `~/` being the home directory, as one that node:fs takes. */
export const expandHome = (file: string): string =>
  file === '~' || file.startsWith('~/') ? path.join(homedir(), file.slice(1)) : file;

/** A path as messages show it: what lies in the home directory begins with `~/`. */
export const shortenHome = (file: string): string => {
  const prefix = `${homedir()}/`;
  return file.startsWith(prefix) ? `~/${file.slice(prefix.length)}` : file;
};
