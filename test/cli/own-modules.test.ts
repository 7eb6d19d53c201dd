import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syn-deploy-own-'));
  mkdirSync(join(folder, 'modules'));
  write('inventory.yaml', 'all: { hosts: { localhost: { ansible_connection: local } } }\n');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

/** A process of its own: modules are loaded by Node, not by the runner of these tests. */
const run = async (...args: readonly string[]) => {
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), resolve('src/cli/bin.ts'), ...args],
    { cwd: folder, env: { HOME: folder, NO_COLOR: '1' }, reject: false, stdin: 'ignore' },
  );
  return { exitCode, stdout, stderr };
};

const play = (task: string): void => write('site.yaml', `- hosts: all\n  tasks:\n    - ${task}\n`);

test('the module that init writes is checked, applied, proved, and found as wanted', async () => {
  expect((await run('init', '--module', 'message')).stdout).toContain(
    'wrote modules/message.ts and modules/message.test.ts',
  );
  play(`message: { path: "${folder}/motd", text: "It's $HOME" }`);
  expect(await run('check', 'inventory.yaml', 'site.yaml')).toMatchObject({ exitCode: 8 });
  const applied = await run('apply', 'inventory.yaml', 'site.yaml');
  expect(applied.stdout).toContain('changed, proved');
  expect(readFileSync(join(folder, 'motd'), 'utf8')).toBe("It's $HOME\n");
  expect(await run('check', 'inventory.yaml', 'site.yaml')).toMatchObject({ exitCode: 0 });
  expect((await run('modules', 'message')).stdout).toContain('What is to be in it.');
});

test('the test that init writes passes', async () => {
  await run('init', '--module', 'message');
  const packages = join(folder, 'node_modules');
  mkdirSync(join(packages, 'syn-deploy'), { recursive: true });
  const exported = { name: 'syn-deploy', type: 'module', exports: resolve('src/api/index.ts') };
  write('node_modules/syn-deploy/package.json', JSON.stringify({ ...exported, exports: './index.ts' }));
  write('node_modules/syn-deploy/index.ts', `export * from ${JSON.stringify(exported.exports)};\n`);
  symlinkSync(resolve('node_modules/zod'), join(packages, 'zod'));
  const { all, exitCode } = await execa(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--test', 'modules/message.test.ts'],
    { cwd: folder, all: true, reject: false },
  );
  expect(exitCode, all).toBe(0);
  expect(all).toMatch(/pass 2/);
});

const module = (more: string): string => `
import { createAction, defineFactKind, defineModule, z } from 'syn-deploy';
const uptimes = defineFactKind({
  kind: 'uptime',
  script: () => ({ sh: 'cat /proc/uptime' }),
  parse: (output, keys) => new Map(keys.map(({ id }) => [id, output.split(' ').length])),
});
export default defineModule({
  name: 'own',
  summary: 'Tells how many numbers there are.',
  kinds: [uptimes],
  params: z.strictObject({ numbers: z.number().describe('How many.') }),
  facts: () => [{ kind: 'uptime', id: 'now' }],
  plan: ({ numbers }, facts) =>
    facts.get({ kind: 'uptime', id: 'now' }) === numbers
      ? []
      : [createAction({ summary: 'wait for more', sh: { sh: 'false' } })],
  ${more}
});
`;

test('a module in JavaScript brings a kind of fact along', async () => {
  write('modules/own.js', module(''));
  play('own: { numbers: 2 }');
  expect(await run('check', 'inventory.yaml', 'site.yaml')).toMatchObject({ exitCode: 0 });
  play('own: { numbers: 3 }');
  expect(await run('check', 'inventory.yaml', 'site.yaml')).toMatchObject({ exitCode: 8 });
  play('own: { numbers: 3, more: 1 }');
  const { exitCode, stderr } = await run('validate', 'inventory.yaml', 'site.yaml');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('site.yaml:3:26: error: unknown parameter "more" of own');
});

test('modules that are wrong are all named, before any host is contacted', async () => {
  const wrong: Readonly<Record<string, readonly [text: string, message: string]>> = {
    'nothing.js': ['export default 1;', 'it has no module as its default export'],
    'other.js': [module(''), 'its module is called "own"'],
    'own.js': [module('').replace(/params: .*/, 'params: {},'), 'its "params" are no schema'],
    'kind.js': [
      module('').replace("'uptime'", "'file'").replace("'own'", "'kind'"),
      'there is a kind of fact "file" already',
    ],
    'syntax.js': ['export default {', 'it cannot be loaded: SyntaxError'],
    'throws.ts': [
      "const text: string = 'no luck';\nthrow new Error(text);",
      'it cannot be loaded: Error: no luck',
    ],
    'apt.js': [module(''), 'there is a module "apt" already'],
  };
  for (const [name, [text]] of Object.entries(wrong)) write(`modules/${name}`, text);
  play('debug: { msg: hi }');
  const { exitCode, stderr } = await run('validate', 'inventory.yaml', 'site.yaml');
  for (const [name, [, message]] of Object.entries(wrong))
    expect(stderr).toContain(`modules/${name}: ${message}`);
  expect(stderr).not.toMatch(/\n {4}at /);
  expect(exitCode).toBe(1);
});
