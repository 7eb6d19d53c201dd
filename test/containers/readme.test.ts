import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { startHost, type TestHost } from '../hosts/host.ts';
import { connectionVariables } from './support/syn-deploy.ts';

let host: TestHost;
let folder: string;
let readme: string;
let tool: string;

/** Fenced blocks of a language, in order. */
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);

/** Commands of the console blocks with what they print. */
const sessions = (): readonly { command: string; output: string }[] =>
  blocks('console')
    .flatMap((block) => block.split(/^\$ /m).slice(1))
    .map((part) => {
      const [command = '', ...lines] = part.trimEnd().split('\n');
      return { command, output: lines.join('\n') };
    });

const withoutTimes = (text: string): string => text.trimEnd().replaceAll(/\d+\.\d s\b/g, 'T s');

/** The package as it is published, installed where nothing else is. @returns its command */
const install = async (): Promise<string> => {
  await execa('npm', ['pack', '--silent', '--pack-destination', folder]);
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await execa('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', 'tool', `./${tarball}`], {
    cwd: folder,
  });
  return join(folder, 'tool/node_modules/.bin/syn-deploy');
};

const run = async (command: string): Promise<string> => {
  const [name, ...args] = command.split(' ');
  expect(name).toBe('syn-deploy');
  const { stdout, stderr } = await execa(tool, args, { cwd: folder, env: { HOME: folder }, reject: false });
  expect(stderr).toBe('');
  return stdout;
};

beforeAll(async () => {
  readme = await readFile('README.md', 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'syn-deploy-readme-'));
  tool = await install();
  host = await startHost({ suite: 'trixie' });
  for (const text of blocks('yaml')) {
    const name = /^# (\S+)\n/.exec(text)?.[1];
    await writeFile(join(folder, name ?? ''), text);
  }
  // The address of the README stands for one that is really there.
  await mkdir(join(folder, 'host_vars'));
  await writeFile(join(folder, 'host_vars/web1.yaml'), stringify(connectionVariables(host)));
  await mkdir(join(folder, '.ssh'));
  await writeFile(join(folder, '.ssh/known_hosts'), await readFile(host.knownHostsPath));
});

afterAll(async () => {
  await host?.stop();
  await rm(folder, { recursive: true });
});

test('the package runs in a folder of its own', async () => {
  expect(await run('syn-deploy --version')).toMatch(/^syn-deploy \d+\.\d+\.\d+/);
  expect(await run('syn-deploy init fresh')).toContain('wrote fresh/inventory.yaml');
  expect(await run('syn-deploy apply fresh/inventory.yaml')).toContain('apply: hosts: 1 changed');
});

test('the README shows what these files and commands really print', async () => {
  const [check, apply, again, audit] = sessions();
  for (const session of [check, apply, again])
    expect(withoutTimes(await run(session?.command ?? ''))).toBe(withoutTimes(session?.output ?? ''));
  await host.run('echo "client_max_body_size 1M;" >/etc/nginx/conf.d/uploads.conf; systemctl stop nginx');
  expect(withoutTimes(await run(audit?.command ?? ''))).toBe(withoutTimes(audit?.output ?? ''));
  expect(sessions()).toHaveLength(4);
});

test('the package runs a module of a project, and its test', async () => {
  expect(await run('syn-deploy init --module message fresh')).toContain('wrote fresh/modules/message.ts');
  const play = { hosts: 'all', tasks: [{ message: { path: join(folder, 'motd'), text: 'Welcome' } }] };
  await writeFile(join(folder, 'fresh/own.yaml'), stringify([play]));
  expect(await run('syn-deploy apply fresh/inventory.yaml fresh/own.yaml')).toContain('changed, proved');
  expect(await readFile(join(folder, 'motd'), 'utf8')).toBe('Welcome\n');
});
