import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Builds the program once, before the first test on a host; does nothing where it is built of these sources. */
export default (): void => {
  execFileSync(process.execPath, [resolve('scripts/build.mjs')], { stdio: ['ignore', 'inherit', 'inherit'] });
};
