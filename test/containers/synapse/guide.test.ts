import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { startHost, type TestHost } from '../../hosts/host.ts';
import { type PrivateNetwork, startPrivateNetwork } from '../../hosts/private-network.ts';
import { connectionVariables } from '../support/syn-deploy.ts';
import { layoutOf } from './layout-of.ts';
import { proveTraffic } from './traffic/prove-traffic.ts';

const guide = 'docs/synapse.md';

/** Fenced blocks of the guide in order: files by their first line, commands line by line. */
type Block =
  | { readonly type: 'file'; readonly path: string; readonly text: string }
  | { readonly type: 'command'; readonly command: string };

const blocksOf = (text: string): readonly Block[] =>
  [...text.matchAll(/^```(yaml|sh)\n(.*?)^```/gms)].flatMap(([, language, body = '']): Block[] => {
    if (language === 'sh')
      return body
        .trimEnd()
        .split('\n')
        .map((command) => ({ type: 'command', command }));
    const [, path = ''] = /^# (\S+)\n/.exec(body) ?? [];
    return [{ type: 'file', path, text: body }];
  });

let folder: string;
let network: PrivateNetwork;
let first: TestHost;
let second: TestHost;
/** In the same network, and of no homeserver. */
let stranger: TestHost;

/** Puts a program before the real one of the name. */
const standIn = async (name: string, script: string): Promise<void> => {
  const path = join(folder, 'bin', name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
};

/** What the guide's addresses stand for here: ssh and curl get there by the names that it has. */
const prepare = async (): Promise<void> => {
  await mkdir(join(folder, 'bin'));
  await mkdir(join(folder, '.ssh'), { mode: 0o700 });
  const config = [first, second].map(
    (host, index) => `Host 203.0.113.${10 + index}
  HostName ${host.address}
  Port ${host.port}
  IdentityFile ${host.privateKeyPath}
  UserKnownHostsFile ${host.knownHostsPath}
`,
  );
  await writeFile(join(folder, '.ssh/config'), config.join(''));
  const { stdout: real } = await execa('sh', ['-c', 'command -v ssh; command -v curl; command -v npm']);
  const [ssh = '', curl = '', npm = ''] = real.split('\n');
  await standIn('ssh', `exec ${ssh} -F ${join(folder, '.ssh/config')} "$@"`);
  await standIn(
    'curl',
    `exec ${curl} --insecure --connect-to example.org:443:127.0.0.1:${first.publishedPort(443)} "$@"`,
  );
  // The package as it is published, installed as the README says, but into a folder of the test's.
  await execa('npm', ['pack', '--silent', '--pack-destination', folder]);
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  const install = [
    'install',
    '--global',
    '--silent',
    '--no-audit',
    '--no-fund',
    '--prefix',
    join(folder, 'npm'),
  ];
  await execa('npm', [...install, join(folder, tarball)]);
  await standIn('npm', `exec ${npm} --prefix ${join(folder, 'npm')} "$@"`);
};

const run = async (command: string, cwd: string) => {
  const { stdout, stderr, exitCode } = await execa('bash', ['-c', command], {
    cwd,
    env: {
      HOME: folder,
      PATH: `${join(folder, 'bin')}:${join(folder, 'npm/bin')}:${process.env['PATH']}`,
    },
    stdin: 'ignore',
    reject: false,
  });
  expect(exitCode, `${command}\n${stdout}\n${stderr}`).toBe(0);
  return stdout;
};

/** Does what the guide says, in the order in which it says it. @returns what each command printed */
const follow = async (blocks: readonly Block[]): Promise<ReadonlyMap<string, string>> => {
  const printed = new Map<string, string>();
  let cwd = folder;
  for (const block of blocks) {
    if (block.type === 'file') {
      await mkdir(dirname(join(folder, block.path)), { recursive: true });
      await writeFile(join(folder, block.path), block.text);
      if (block.path.endsWith('inventory.yaml')) {
        await mkdir(join(folder, 'homeserver/host_vars'), { recursive: true });
        for (const [name, host] of [['matrix1', first] as const, ['matrix2', second] as const])
          await writeFile(
            join(folder, `homeserver/host_vars/${name}.yaml`),
            stringify({ ...connectionVariables(host), synapse_address: host.privateAddress }),
          );
      }
    } else if (block.command.startsWith('cd ')) cwd = join(cwd, block.command.slice(3));
    else printed.set(`${printed.size}: ${block.command}`, await run(block.command, cwd));
  }
  return printed;
};

/** Ports of the second host that the first can connect to, among those that anything listens on there. */
const reachable = async (from: TestHost, to: TestHost): Promise<readonly number[]> => {
  const listening = await to.run("ss -H -l -t -n | awk '{ print $4 }' | sed 's/.*://' | sort -un");
  const script = listening
    .split('\n')
    .map((port) => `(timeout 3 bash -c '</dev/tcp/${to.privateAddress}/${port}') 2>/dev/null && echo ${port}`)
    .join('\n');
  const { stdout } = await from.exec(script);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
};

describe('The guide, on two servers', () => {
  let printed: ReadonlyMap<string, string>;
  let variables: Record<string, unknown>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'syn-deploy-guide-'));
    network = await startPrivateNetwork();
    const options = { suite: 'bookworm', network: network.name } as const;
    [first, second, stranger] = await Promise.all([
      startHost({ ...options, flavour: 'synapse', ports: [80, 443] }),
      startHost({ ...options, flavour: 'synapse' }),
      startHost(options),
    ]);
    await prepare();
    printed = await follow(blocksOf(await readFile(guide, 'utf8')));
    const text = await readFile(join(folder, 'homeserver/group_vars/homeservers.yaml'), 'utf8');
    variables = parse(text) as Record<string, unknown>;
  });

  afterAll(async () => {
    await Promise.all([first, second, stranger].map((host) => host?.stop()));
    await network?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const outputOf = (command: string): string =>
    [...printed].filter(([key]) => key.endsWith(`: ${command}`)).at(-1)?.[1] ?? '';

  test('leads to a homeserver that an audit finds as it is wanted', () => {
    expect(outputOf('syn-deploy check inventory.yaml')).toContain('check: hosts: 2 ok');
    const [found = ''] = [...printed.keys()].filter((key) => key.includes('check') && key.includes('-eq 8'));
    expect(printed.get(found)).toMatch(/check: hosts: 2 drift/);
  });

  test('leads to one that clients and other servers find', () => {
    expect(
      outputOf('curl --fail --silent --show-error https://example.org/_matrix/client/versions'),
    ).toContain('v1.11');
    expect(outputOf('curl --fail --silent --show-error https://example.org/.well-known/matrix/server')).toBe(
      '{"m.server":"example.org:443"}',
    );
  });

  test('has each worker where it is placed, and a client’s whole traffic goes through them', async () => {
    const placed = { ...variables, synapse_main_host: 'matrix1' };
    const layout = layoutOf({ ...placed, synapse_address: '10.0.0.1' }, 'matrix1').concat(
      layoutOf({ ...placed, synapse_address: '10.0.0.2' }, 'matrix2'),
    );
    expect(layout).toHaveLength(16);
    const hostOf = (name: string): TestHost =>
      layout.find((worker) => worker.name === name)?.host === 'matrix2' ? second : first;
    const proof = await proveTraffic({
      base: `http://127.0.0.1:${first.publishedPort(80)}`,
      layout,
      hostOf,
    });
    expect(proof.requests).toBeGreaterThan(40);
  });

  test('talks over sockets within a machine, and over TCP between them only', async () => {
    const isLocal = (address: string): boolean => /^(?:127\.|\[::1\]:)/.test(address);
    /** Where anything but sshd and nginx listens to other machines. */
    const addresses = async (host: TestHost): Promise<readonly string[]> => {
      const listeners = (await host.run('ss -H -l -t -n -p')).split('\n');
      return listeners
        .filter((line) => !/"(?:sshd|nginx)"/.test(line))
        .flatMap((line) => line.split(/\s+/)[3] ?? [])
        .filter((address) => !isLocal(address));
    };
    for (const host of [first, second]) {
      const elsewhere = (await addresses(host)).filter(
        (address) => !address.startsWith(`${host.privateAddress}:`),
      );
      expect(elsewhere).toEqual([]);
    }
    // The sync workers, the user directory and the like are asked by nginx; the writers of streams are on the first machine.
    expect((await addresses(second)).length).toBe(6);
  });

  test('is closed to all others in the same network', async () => {
    expect(await reachable(stranger, first)).toEqual([22, 80, 443]);
    expect(await reachable(stranger, second)).toEqual([22]);
    expect(await reachable(second, first)).toEqual(expect.arrayContaining([5432, 6379, 9093]));
    expect((await reachable(first, second)).length).toBe(7);
    // And without a password it is no use to come from the right machine.
    const redis = await second.exec(
      `exec 3<>/dev/tcp/${first.privateAddress}/6379; printf 'PING\\r\\n' >&3; head -n 1 <&3`,
    );
    expect(redis.stdout + redis.stderr).not.toContain('PONG');
  });

  test('has closed its ports before anything listens, after a restart of the machine’s rules too', async () => {
    await first.run('nft flush ruleset');
    const checked = await execa(join(folder, 'npm/bin/syn-deploy'), ['check', 'inventory.yaml'], {
      cwd: join(folder, 'homeserver'),
      env: { HOME: folder },
      reject: false,
    });
    expect(checked.exitCode).toBe(8);
    expect(checked.stdout).toContain('The kernel has the rules');
    await run('syn-deploy apply inventory.yaml', join(folder, 'homeserver'));
    expect(await reachable(stranger, first)).toEqual([22, 80, 443]);
  });

  test('is looked after on both machines by the playbooks for that', async () => {
    const operate = (name: string, options = '') =>
      run(
        `syn-deploy apply inventory.yaml playbooks/synapse-${name}.yaml ${options}`,
        join(folder, 'homeserver'),
      );
    const health = await operate('health');
    for (const host of ['matrix1', 'matrix2'])
      for (const row of ['units', 'logs']) expect(health).toMatch(new RegExp(`${host}: +OK +${row} `));
    expect(health).toMatch(/matrix1: +OK +redis +17 of 17/);
    expect(await first.run('cat /root/matrix-alice.password')).toMatch(/^[0-9a-f]{32}$/);

    await operate('backup');
    const backup = await first.run('ls -d /var/backups/matrix-synapse/*Z');
    const started = () =>
      second.run("systemctl show -p MainPID --value 'matrix-synapse-worker@*.service' | sort -n");
    const before = await started();
    // No process may go on that knows the old database, wherever it runs.
    const restored = await operate('restore', `-e restore_from=${backup} -e restore_force=true`);
    expect(restored).toMatch(/matrix2: changed shell: Nothing of Synapse runs while it is restored/);
    expect(restored).toContain('apply: hosts: 2 changed');
    const after = await started();
    for (const pid of after.split('\n').filter((line) => line !== ''))
      expect(before.split('\n')).not.toContain(pid);
    expect(await operate('restore', `-e restore_from=${backup}`)).toContain('apply: hosts: 2 ok');
    expect(await operate('upgrade')).toContain('apply: hosts: 2 ok');
    expect(await started()).toBe(after);
  });
});
