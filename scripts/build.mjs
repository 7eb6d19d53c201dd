// Checks the types of src/ and bundles it to dist/, from nothing, so that no file of a removed module stays behind; leaves a
// dist/ alone that was made of the same sources, since somebody may be running it. What is there stays until its successor is
// whole: two may build at once (the demo and a package, say), and whoever runs the old one must not find it gone.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { root, run } from './set-up.mjs';
import { renderNotice, thirdPartyOf } from './third-party.mjs';

const target = join(root, 'dist');
/** Beside its place, and out of the way of git. */
const dist = join(root, '.cache', `dist-${process.pid}`);

const isBuiltOf = (sources) => {
  const stamp = join(target, '.sources');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sources;
};

/** Puts what was made in its place; somebody else may do the same. */
const install = (sources) => {
  for (;;) {
    rmSync(target, { recursive: true, force: true });
    try {
      renameSync(dist, target);
      return;
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      if (isBuiltOf(sources)) return;
    }
  }
};

const hashOfSources = () => {
  const hash = createHash('sha256');
  const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((name) =>
    /\.[cm]?[tj]s$/.test(name),
  );
  for (const file of [
    ...sources.sort().map((name) => join('src', name)),
    'tsconfig.json',
    'tsconfig.api.json',
    'package-lock.json',
    join('scripts', 'build.mjs'),
    join('scripts', 'third-party.mjs'),
  ])
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
};

/** Parts of packages that we have no use for, and what stands in their place. */
const leftOut = [
  // zod speaks 60 languages, of which we use none: its messages are ours. 370 kB.
  [/[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/, 'export {};'],
  // A WebAssembly module for ChaCha20, made when ssh2 is loaded; we never offer that cipher (src/transport/ssh-client.ts).
  [
    /[\\/]ssh2[\\/]lib[\\/]protocol[\\/]crypto[\\/]poly1305\.js$/,
    'module.exports = async () => ({ _malloc: () => 0, cwrap: () => undefined });',
  ],
  // We are no server, and Node's http and https take 5 ms to load.
  [/[\\/]ssh2[\\/]lib[\\/](server|http-agents)\.js$/, 'module.exports = {};'],
];

const withoutUnused = {
  name: 'without-unused',
  setup: ({ onLoad }) => {
    for (const [filter, contents] of leftOut) onLoad({ filter }, () => ({ contents }));
  },
};

/** ssh2's native parts are optional, and Node's own ciphers as fast: to look for them in vain costs more than they bring. */
const withoutNativeParts = {
  name: 'without-native-parts',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /(\.node|^cpu-features)$/ }, ({ path }) => ({ path, namespace: 'native-part' }));
    onLoad({ filter: /.*/, namespace: 'native-part' }, () => ({ contents: 'throw new Error("left out");' }));
  },
};

const options = {
  bundle: true,
  write: false,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  charset: 'ascii',
  // Names stay as they are, so that the stack of a bug can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  // They are in LICENSES.txt.
  legalComments: 'none',
  metafile: true,
  absWorkingDir: root,
  logLevel: 'warning',
};

const bundle = async (entry, more) => {
  const { build } = await import('esbuild');
  const entryPoints = [join(root, 'src', 'cli', entry)];
  const { outputFiles, metafile } = await build({ ...options, entryPoints, ...more });
  const { text } = outputFiles[0];
  // esbuild leaves regular expressions as they are written, and the program is read as Latin-1 (src/cli/code-cache.ts).
  const strange = /.{0,60}[^\0-\x7f].{0,20}/.exec(text);
  if (strange !== null) throw new Error(`write \\u… in this regular expression: ${strange[0]}`);
  return { text, inputs: Object.keys(metafile.inputs) };
};

const sources = hashOfSources();
const tsc = (...args) => run(join(root, 'node_modules', '.bin', 'tsc'), args);
if (!isBuiltOf(sources)) {
  console.error('syn-deploy: compiling src/ to dist/, which takes a few seconds');
  tsc('-p', join(root, 'tsconfig.json'));
  process.once('exit', () => rmSync(dist, { recursive: true, force: true }));
  mkdirSync(join(dist, 'cli'), { recursive: true });
  // An expression: a function of what a CommonJS module is given, which src/cli/launch.ts calls.
  const program = await bundle('bin.ts', {
    define: { 'import.meta.url': 'bundleUrl' },
    banner: {
      js: '(function(require,__filename,__dirname){const bundleUrl=require("node:url").pathToFileURL(__filename).href;',
    },
    footer: { js: '})' },
    plugins: [withoutUnused, withoutNativeParts],
  });
  // A thread of its own, that is started where something is encrypted with age: its library costs nobody else anything.
  const age = await bundle(join('..', 'workspace', 'age-worker.mjs'), { format: 'esm' });
  // Hooks of Node's loader, read where a project has modules of its own.
  const hooks = await bundle('module-hooks.mjs', { format: 'esm' });
  // What a project's own modules import, for their tests; a run gives them this program's.
  const api = await bundle(join('..', 'api', 'index.ts'), { format: 'esm' });
  const launcher = await bundle('launch.ts', {
    define: {
      'import.meta.url': 'bundleUrl',
      'import.meta.dirname': '__dirname',
      bundleHash: JSON.stringify(createHash('sha256').update(program.text).digest('hex').slice(0, 16)),
    },
    banner: { js: 'const bundleUrl=require("node:url").pathToFileURL(__filename).href;' },
  });
  writeFileSync(join(dist, 'cli', 'program.cjs'), program.text);
  const inputs = [program, age, hooks, api, launcher].flatMap((one) => one.inputs);
  writeFileSync(join(dist, 'LICENSES.txt'), renderNotice(thirdPartyOf(inputs)));
  writeFileSync(join(dist, 'cli', 'age-worker.mjs'), age.text);
  writeFileSync(join(dist, 'cli', 'module-hooks.mjs'), hooks.text);
  mkdirSync(join(dist, 'api'));
  writeFileSync(join(dist, 'api', 'index.js'), api.text);
  tsc('-p', join(root, 'tsconfig.api.json'), '--outDir', join(dist, 'types'));
  copyFileSync(join(root, 'src', 'cli', 'import-file.cjs'), join(dist, 'cli', 'import-file.cjs'));
  writeFileSync(join(dist, 'cli', 'bin.js'), launcher.text);
  // bin.js is CommonJS too: Node's loader of ES modules takes 10 ms by itself.
  writeFileSync(join(dist, 'cli', 'package.json'), '{ "type": "commonjs" }\n');
  chmodSync(join(dist, 'cli', 'bin.js'), 0o755);
  writeFileSync(join(dist, '.sources'), sources);
  install(sources);
}
