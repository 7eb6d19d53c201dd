import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';

/** Licences that want no more than to be shipped with the code, which dist/LICENSES.txt does, or not even that. */
const allowed = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'Unlicense']);

/** All that a user needs, and nothing else: what is not here is not published by accident. */
const wanted = [
  /^package\.json$/,
  /^(README|CHANGELOG|SECURITY)\.md$/,
  /^dist\/LICENSES\.txt$/,
  /^dist\/cli\/(bin\.js|program\.cjs|age-worker\.mjs|module-hooks\.mjs|import-file\.cjs|package\.json)$/,
  // What a project's own modules import, and its types.
  /^dist\/api\/index\.js$/,
  /^dist\/types\/(api|facts|model|modules\/params|shell|util)\/[\w-]+\.d\.ts$/,
  /^docs\/[\w-]+\.(md|svg|png|1)$/,
  /^docs\/(decisions|modules)\/[\w-]+\.md$/,
  /^inventory\/[\w-]+\.yaml$/,
  /^inventory\/(group_vars|host_vars)\/[\w-]+\.yaml$/,
  /^playbooks\/[\w-]+\.yaml$/,
  /^playbooks\/roles\/\w+\/(defaults|tasks|vars|handlers)\/[\w-]+\.yaml$/,
  /^playbooks\/roles\/\w+\/(files|templates)\/[\w.-]+\.(py|j2)$/,
];

/** Bytes. */
const largestPackage = 1_500_000;

interface Packed {
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let packed: Packed;

// Does nothing where dist/ is of the present sources.
beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const command = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const output = execFileSync('npm', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  [packed] = JSON.parse(output) as [Packed];
}, 600_000);

test('the package holds what it needs and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths.filter((path) => !wanted.some((pattern) => pattern.test(path)))).toEqual([]);
  expect(wanted.filter((pattern) => !paths.some((path) => pattern.test(path)))).toEqual([]);
  expect(packed.size).toBeLessThan(largestPackage);
});

test('the manual page is named in a list, the only form that npm 11 installs', () => {
  const { man } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(man).toEqual(['./docs/syn-deploy.1']);
  expect(packed.files.map(({ path }) => `./${path}`)).toEqual(expect.arrayContaining(man));
});

test('no file of it has a key or a secret in it', () => {
  const suspicious =
    /BEGIN [A-Z ]*PRIVATE KEY-----\r?\n[A-Za-z0-9+/=]{40}|AGE-SECRET-KEY-1[A-Z0-9]{50}|\$ANSIBLE_VAULT;1\.[12];AES256\S*\n[0-9a-f]{60}|\b_authToken\b/;
  const found = packed.files.filter(({ path }) => suspicious.test(readFileSync(path, 'utf8')));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test('every package that is bundled is named in dist/LICENSES.txt, under a licence that allows it, with its text', () => {
  const notices = readFileSync('dist/LICENSES.txt', 'utf8').split(`\n${'-'.repeat(80)}\n\n`);
  const heads = notices.map((notice) => /^(\S+) \S+: (\S+)\n\n([\s\S]{200,})/.exec(notice)?.slice(1, 3));
  expect(heads.filter((head) => head === undefined)).toEqual([]);
  expect(heads.filter((head) => !allowed.has(head?.[1] ?? ''))).toEqual([]);
  const names = heads.map((head) => head?.[0]);
  // What we import by name; they bring others along.
  for (const name of ['zod', 'yaml', 'ssh2', 'age-encryption', 'listr2', 'cac', 'diff'])
    expect(names).toContain(name);
});
