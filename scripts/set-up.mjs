// What every other script needs: the packages of the lock file, and the built program. Says what it does, and does nothing
// that is done already.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a command with our terminal; ends this process with its status when it fails. */
export const run = (command, args, options = {}) => {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
};

const installed = join(root, 'node_modules', '.syn-deploy-lock');

/** `npm ci`, when the lock file is another than at the last time. */
export const ensurePackages = () => {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return;
  console.error('syn-deploy: installing the packages of package-lock.json');
  // NOTE: not npm ci: npm 11.19 writes no entries for other platforms' optional packages when download addresses are left out,
  // and npm ci then refuses the lock file. npm install takes the same versions from it.
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(installed, readFileSync(join(root, 'package-lock.json'), 'utf8'));
};

/** Compiles src/ to dist/. */
export const build = () => run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
