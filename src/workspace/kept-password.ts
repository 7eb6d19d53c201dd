import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const folderMode = 0o700;
const fileMode = 0o600;

/** A password that nobody can guess: each character is chosen by itself. */
export const newPassword = (length: number, characters: string): string =>
  Array.from({ length }, () => characters[randomInt(characters.length)]).join('');

/** Writes it to a new file that only its owner may read, and makes the folders to it. @throws NodeJS.ErrnoException */
export const keepPassword = (path: string, password: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: folderMode });
  writeFileSync(path, `${password}\n`, { flag: 'wx', mode: fileMode });
};
