import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startHost, type TestHost } from '../hosts/host.ts';
import { program } from './support/program.ts';
import { inventoryOf } from './support/syn-deploy.ts';

let host: TestHost;
let home: string;

beforeAll(async () => {
  host = await startHost({ suite: 'bookworm' });
  home = await mkdtemp(join(tmpdir(), 'syn-deploy-hostile-'));
  await mkdir(join(home, '.ssh'));
  await writeFile(join(home, '.ssh/known_hosts'), `[${host.address}]:${host.port} ${host.hostKey}\n`);
  const job = { hosts: [host], group: 'web', playbook: '' };
  await writeFile(join(home, 'inventory.yaml'), inventoryOf(job));
});

afterEach(async () => {
  await host.run('rm -rf /usr/local/sbin/* /home/admin/.bashrc /srv/*');
});

afterAll(async () => {
  await host?.stop();
  if (home !== undefined) await rm(home, { recursive: true });
});

/** Says at its end how much memory the process has had at most, in KiB. */
const hook = (file: string): string =>
  `data:text/javascript,import{writeFileSync}from'node:fs';process.on('exit',()=>writeFileSync(${JSON.stringify(file)},String(process.resourceUsage().maxRSS)))`;

/** Node has 60 MiB by itself; what a host may make of it is twice its bounds, and a report of that. */
const largestMemoryKib = 700 * 1024;

/** Runs tasks, as a user would, and holds it to its bounds. */
const deploy = async (mode: 'apply' | 'check', tasks: string, ...options: readonly string[]) => {
  const [playbook, peak] = [join(home, 'play.yaml'), join(home, 'peak')];
  await writeFile(playbook, `- hosts: all\n  tasks:\n${tasks.replaceAll(/^/gm, '    ')}\n`);
  const { stdout, stderr, exitCode } = await execa(
    process.execPath,
    [
      ...['--import', hook(peak), program, mode],
      ...[join(home, 'inventory.yaml'), playbook, '--output', 'plain', ...options],
    ],
    { env: { HOME: home }, reject: false, stdin: 'ignore', maxBuffer: 2 ** 29 },
  );
  expect(Number(await readFile(peak, 'utf8'))).toBeLessThan(largestMemoryKib);
  return { exitCode, text: stdout + stderr };
};

/** Whether anything of the name runs on the host. */
const runs = async (name: string): Promise<boolean> => (await host.exec(`pgrep -x ${name}`)).exitCode === 0;

test('a command that does not stop to print is ended, and leaves neither itself nor what it printed', async () => {
  const { exitCode, text } = await deploy('apply', '- name: Chatter\n  shell: yes');
  expect(text).toContain('"run yes" printed more than 64 MiB, and was ended');
  expect(text).not.toContain('this is a bug');
  expect(exitCode).toBe(2);
  await expect.poll(() => runs('yes'), { timeout: 60_000 }).toBe(false);
  await expect
    .poll(async () => (await host.exec('ls -d /run/syn-deploy/wave.*')).stdout, { timeout: 60_000 })
    .toBe('');
  // And the host is as good as before.
  expect((await deploy('apply', '- command: echo hello\n  changed_when: false')).exitCode).toBe(0);
});

test('a look that is answered without end is cut off', async () => {
  await host.run("printf '#!/bin/sh\\nexec yes' >/usr/local/sbin/dpkg; chmod +x /usr/local/sbin/dpkg");
  const { exitCode, text } = await deploy('check', '- apt: { name: redis }');
  expect(text).toContain('the look, at package facts, printed more than 64 MiB, and was ended');
  expect(exitCode).toBe(2);
  await expect.poll(() => runs('yes'), { timeout: 60_000 }).toBe(false);
});

test('a look that goes on for ever is ended, and named', async () => {
  await host.run(
    "printf '#!/bin/sh\\nexec yes' >/usr/local/sbin/dpkg-query; chmod +x /usr/local/sbin/dpkg-query",
  );
  const { exitCode, text } = await deploy('check', '- apt: { name: redis }', '--task-timeout', '5');
  expect(text).toContain('the look has no end after 5 s; it was at package facts (redis)');
  expect(exitCode).toBe(2);
  await expect.poll(() => runs('yes'), { timeout: 60_000 }).toBe(false);
});

test('an answer that is nonsense fails the host, and is no bug', async () => {
  await host.run(
    'printf \'#!/bin/sh\\nprintf "\\\\033[2J\\\\nmatrix: ok\\\\n"\' >/usr/local/sbin/dpkg; chmod +x /usr/local/sbin/dpkg',
  );
  const { exitCode, text } = await deploy('check', '- apt: { name: redis }');
  expect(text).toContain(
    'the host\'s answer to the look at package facts makes no sense: unexpected architecture: "\\u001b[2J"',
  );
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  expect(exitCode).toBe(2);
});

test('a login shell that does not stop to greet is hung up on', async () => {
  await host.run('echo yes >/home/admin/.bashrc');
  const { exitCode, text } = await deploy('check', '- command: echo hello\n  changed_when: false');
  expect(text).toContain('the profile of a login shell, printed more than 4 MiB');
  expect(exitCode).toBe(2);
  await expect.poll(() => runs('yes'), { timeout: 60_000 }).toBe(false);
});

test('a pipe and a device where a file is wanted, and a file that takes for ever, end with a message', async () => {
  await host.run('mkfifo /srv/pipe; ln -s /dev/zero /srv/zero');
  for (const path of ['/srv/pipe', '/srv/zero']) {
    const { exitCode, text } = await deploy('check', `- lineinfile: { path: ${path}, line: a }`);
    expect(text).toContain('not a regular file');
    expect(exitCode).toBe(2);
  }
  // A file of the kernel without an end needs rights that a container has not; to hash it is what takes for ever.
  await host.run(
    ": >/srv/plain; printf '#!/bin/sh\\nexec sleep 1000' >/usr/local/sbin/sha256sum; chmod +x /usr/local/sbin/sha256sum",
  );
  const tasks = '- lineinfile: { path: /srv/plain, line: a }';
  const { exitCode, text } = await deploy('check', tasks, '--task-timeout', '5');
  expect(text).toMatch(/the look has no end after 5 s; it was at (file|content) facts \(\/srv\/plain\)/);
  expect(exitCode).toBe(2);
  await expect.poll(() => runs('sleep'), { timeout: 60_000 }).toBe(false);
});

test('names and outputs that are made for it make up no line of a report', async () => {
  await host.run(
    `mkdir -p /srv/www; cd /srv/www; : >"$(printf 'a\\n${host.name}: changed apt: x')"; : >"$(printf 'b\\033[2J\\342\\200\\256')"; : >"$(printf 'c\\344\\377')"; : >"it's \\\\ \\"d"`,
  );
  await host.run(
    `printf '%s\\n' "printf 'x\\n${host.name}: changed apt: y\\n\\033]0;title\\007\\r\\n50%%\\r100%%\\r\\n\\302\\233z\\n'" >/srv/say`,
  );
  const folder = "- file: { path: /srv/www, state: directory, recurse: true, mode: 'u=rwX,go=' }";
  const { text: planned } = await deploy('check', folder);
  expect(planned).toContain('b\\x1b[2J\\u202e');
  expect(planned).toContain(`a\\n${host.name}: changed apt: x`);
  const { text } = await deploy(
    'apply',
    `${folder}
  ignore_errors: true
- command: sh /srv/say
  register: said
- debug: { var: said.stdout }
- shell: sh /srv/say >&2; exit 3`,
    '-vvv',
  );
  expect(planned + text).not.toMatch(/[^\P{Cc}\n\t]|[\u2028-\u202e]/u);
  const lines = [...planned.split('\n'), ...text.split('\n')];
  for (const line of lines) expect(line).not.toMatch(new RegExp(`^${host.name}: (changed apt|ok$)`));
  expect(lines).toContain(`${host.name}: | ${host.name}: changed apt: y`);
  expect(lines).toContain(`${host.name}: | 100%`);
});
