import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder for one test. `using` removes it. */
export const scratch = (): Disposable & { readonly dir: string; path(name: string): string } => {
  const dir = mkdtempSync(path.join(tmpdir(), 'syn-deploy-test-'));
  return {
    dir,
    path: (name) => path.join(dir, name),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
};
