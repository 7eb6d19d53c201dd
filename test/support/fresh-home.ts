import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/**
 * An empty folder for each test of the file, which is gone after it.
 *
 * @param use  called before each test with the folder's path
 */
export const freshHome = (use: (home: string) => void): void => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'syn-home-'));
    use(home);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
};
