// Checks the types of src/ and bundles it to dist/, from nothing, so that no file of a removed module stays behind; leaves a
// dist/ alone that was made of the same sources, since somebody may be running it.
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

/** Some packages are CommonJS, and ask for require. */
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** zod speaks 60 languages, of which we use none: its messages are ours. 370 kB to be read at every start. */
const withoutLocales = {
  name: 'without-locales',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {};' })),
};

const sources = hashOfSources();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== sources) {
  run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', join(root, 'tsconfig.json')]);
  rmSync(dist, { recursive: true, force: true });
  // In few files: to find, read and link 700 modules took a third of the time of an audit.
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(root, 'src', 'cli', 'bin.ts')],
    outdir: join(dist, 'cli'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // They load native parts from their own folders.
    external: ['ssh2', 'node-ssh'],
    banner: { js: banner },
    plugins: [withoutLocales],
    logLevel: 'warning',
  });
  chmodSync(join(dist, 'cli', 'bin.js'), 0o755);
  writeFileSync(stamp, sources);
}
