import { readFileSync } from 'node:fs';

/** The package's version, from its package.json. */
export const readVersion = (): string => {
  const file = new URL('../../package.json', import.meta.url);
  return String(JSON.parse(readFileSync(file, 'utf8')).version);
};
