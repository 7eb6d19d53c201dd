// Compiles src/ to dist/, from nothing, so that no file of a removed module stays behind; leaves a dist/ alone that was
// made of the same sources, since somebody may be running it.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './set-up.mjs';

const dist = join(root, 'dist');
const stamp = join(dist, '.sources');

const hashOfSources = () => {
  const hash = createHash('sha256');
  const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((name) => name.endsWith('.ts'));
  for (const file of [
    ...sources.sort().map((name) => join('src', name)),
    'tsconfig.json',
    'package-lock.json',
  ])
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
};

const sources = hashOfSources();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== sources) {
  rmSync(dist, { recursive: true, force: true });
  run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', join(root, 'tsconfig.json')]);
  chmodSync(join(dist, 'cli', 'bin.js'), 0o755);
  writeFileSync(stamp, sources);
}
