import { readFileSync } from 'node:fs';

/** The package's version, from its package.json. */
export const readVersion = (): string => {
  const file = new URL('../../package.json', import.meta.url);
  return String(JSON.parse(readFileSync(file, 'utf8')).version);
};

/** Whether the words ask for the version and nothing else. */
export const asksVersion = (args: readonly string[]): boolean =>
  args.length === 1 && (args[0] === '--version' || args[0] === '-V');
