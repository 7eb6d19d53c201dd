import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHost, type TestHost } from '../hosts/host.ts';
import { program } from './support/program.ts';
import { inventoryOf } from './support/syn-deploy.ts';

let host: TestHost;
let home: string;

beforeAll(async () => {
  host = await startHost({ suite: 'trixie' });
  home = await mkdtemp(join(tmpdir(), 'syn-deploy-trust-'));
  await mkdir(join(home, '.ssh'));
  const job = { hosts: [host], group: 'web', playbook: 'play.yaml' };
  await writeFile(join(home, 'inventory.yaml'), inventoryOf(job));
  await writeFile(join(home, 'play.yaml'), '- hosts: all\n  tasks: []\n');
});

afterAll(async () => {
  await host?.stop();
  await rm(home, { recursive: true });
});

const synDeploy = (...args: readonly string[]) =>
  execa(process.execPath, [program, ...args], {
    cwd: home,
    env: { HOME: home },
    reject: false,
    stdin: 'ignore',
  });

test('a host whose key is not known is refused, shown by trust, and reached once the key was added', async () => {
  const refused = await synDeploy('check', 'inventory.yaml', 'play.yaml');
  expect(refused.exitCode).toBe(4);
  expect(refused.stdout).toContain('syn-deploy trust');

  const shown = await synDeploy('trust', 'inventory.yaml');
  expect(shown.exitCode).toBe(1);
  expect(shown.stderr).toContain('--yes adds them');
  const [, fingerprint = ''] = (await host.run('ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub')).split(
    ' ',
  );
  expect(shown.stdout).toContain(fingerprint);

  const added = await synDeploy('trust', 'inventory.yaml', '--yes');
  expect(added.exitCode).toBe(0);
  expect(await readFile(join(home, '.ssh/known_hosts'), 'utf8')).toContain(host.hostKey);
  expect((await synDeploy('trust', 'inventory.yaml')).stdout).toBe('1 of 1 host is known');
  expect((await synDeploy('check', 'inventory.yaml', 'play.yaml')).exitCode).toBe(0);
});

test('a key that has changed is refused by all commands, with the line that has the other', async () => {
  const known = join(home, '.ssh/known_hosts');
  const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIGL0xw2GZwPCIzH0AxHAKhdIRvGmLVvYbvlDIWlxNY9r';
  await writeFile(known, `[127.0.0.1]:${host.port} ssh-ed25519 ${key}\n`);
  const trusted = await synDeploy('trust', 'inventory.yaml', '--yes');
  expect(trusted.exitCode).toBe(4);
  expect(trusted.stderr).toContain('known_hosts:1 has another key');
  const checked = await synDeploy('check', 'inventory.yaml', 'play.yaml', '--accept-new-host-keys');
  expect(checked.exitCode).toBe(4);
  expect(await readFile(known, 'utf8')).not.toContain(host.hostKey);
});
