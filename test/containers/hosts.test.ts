import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import ssh2, { type ClientChannel } from 'ssh2';
import { describe, expect, test } from 'vitest';
import { suites } from '../hosts/base-image.ts';
import { docker } from '../hosts/docker.ts';
import { ensureEngine } from '../hosts/engine.ts';
import { diffFingerprints, fingerprint } from '../hosts/fingerprint.ts';
import { startHost, type TestHost } from '../hosts/host.ts';
import { latencyProxy } from '../hosts/latency-proxy.ts';

interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** To be called as soon as the command is started: its exit may come in the same packet, and only once. */
async function outputOf(channel: ClientChannel, stdin: string): Promise<Output> {
  const exited = once(channel, 'exit') as Promise<[number | null]>;
  channel.end(stdin);
  const [stdout, stderr, [code]] = await Promise.all([text(channel), text(channel.stderr), exited]);
  return { code, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}

/** Runs one command over a login of its own, which accepts no key but the host's. */
async function ssh(
  host: TestHost,
  command: string,
  { username = 'admin', port = host.port, stdin = '' } = {},
) {
  const client = new ssh2.Client();
  const key = Buffer.from(host.hostKey.split(' ')[1] ?? '', 'base64');
  client.connect({
    host: host.address,
    port,
    username,
    privateKey: await readFile(host.privateKeyPath, 'utf8'),
    hostVerifier: (offered: Buffer) => offered.equals(key),
  });
  await once(client, 'ready');
  try {
    return await new Promise<Output>((resolve, reject) => {
      client.exec(command, (error, channel) => {
        if (error) reject(error);
        else outputOf(channel, stdin).then(resolve, reject);
      });
    });
  } finally {
    // An error after the end, such as a proxy's that is closed too early, would be nobody's.
    const closed = once(client, 'close');
    client.end();
    await closed;
  }
}

test('the engine gives containers a cgroup v2 tree', async () => {
  await ensureEngine();
  expect(await docker(['info', '--format', '{{.CgroupVersion}}'])).toBe('2');
});

describe.each(suites)('a bare host of %s', (suite) => {
  test('boots with systemd, takes logins by key, and has no python3', async () => {
    await using host = await startHost({ suite });
    expect(await host.run('systemctl is-system-running')).toBe('running');
    expect(await host.run('cat /proc/1/comm')).toBe('systemd');
    expect(await host.run('stat -f -c %T /sys/fs/cgroup')).toBe('cgroup2fs');
    expect((await host.exec('command -v python3')).exitCode).not.toBe(0);
    expect(await host.run('ls /var/lib/apt/lists')).toBe('');
    expect((await ssh(host, 'id -un', { username: 'root' })).stdout).toBe('root');
    expect((await ssh(host, 'id -un; sudo -n id -un')).stdout).toBe('admin\nroot');
    const knownHosts = await readFile(host.knownHostsPath, 'utf8');
    expect(knownHosts).toBe(
      `[127.0.0.1]:${host.port} ${await host.run(`cut -d ' ' -f 1,2 /etc/ssh/*.pub`)}\n`,
    );
  });
});

test('sudo asks for a password where the host has one', async () => {
  await using host = await startHost({ suite: 'trixie', sudoPassword: `it's "mine"` });
  expect((await ssh(host, 'sudo -n true')).code).toBe(1);
  expect((await ssh(host, 'sudo -S -p "" id -un', { stdin: `it's "mine"\n` })).stdout).toBe('root');
});

test('a host is reached on 127.0.0.1 only, on the ports that were asked for', async () => {
  await using host = await startHost({ ports: [80] });
  const bindings = await docker(['port', host.name]);
  expect(bindings.split('\n').sort()).toEqual(
    [`22/tcp -> 127.0.0.1:${host.port}`, `80/tcp -> 127.0.0.1:${host.publishedPort(80)}`].sort(),
  );
});

test('a fingerprint shows every change and none that a login makes', async () => {
  await using host = await startHost({ suite: 'trixie' });
  const before = await fingerprint(host, { times: true });
  await ssh(host, 'sudo true');
  expect(diffFingerprints(before, await fingerprint(host, { times: true }))).toEqual([]);
  await host.run(
    `echo new >'/etc/a b'; chmod 0600 /etc/issue; rm /etc/motd; ln -s /etc/issue /etc/link; echo other >/etc/debian_version`,
  );
  const lines = diffFingerprints(await fingerprint(host), await fingerprint(host));
  expect(lines).toEqual([]);
  const changes = diffFingerprints(before, await fingerprint(host, { times: true }));
  const paths = changes.map((line) => line.replace(/^(. \/[^:]*):.*/s, '$1'));
  expect(paths).toEqual([
    '~ /etc',
    '+ /etc/a b',
    '~ /etc/debian_version',
    '~ /etc/issue',
    '+ /etc/link',
    '- /etc/motd',
  ]);
  expect(changes[4]).toMatch(/^\+ \/etc\/link: link root:root -> \/etc\/issue changed /);
});

test('a host behind the latency proxy is a round trip away', async () => {
  await using host = await startHost();
  await using far = await latencyProxy(host.port, 100);
  const startedAt = performance.now();
  expect((await ssh(host, 'echo here', { port: far.port })).stdout).toBe('here');
  // TCP's handshake, SSH's, the login and the command are six round trips at least.
  expect(performance.now() - startedAt).toBeGreaterThan(600);
});

test('many hosts start at once, each with keys and an identity of its own', async () => {
  const hosts = await Promise.all([1, 2, 3, 4].map(() => startHost({ suite: 'trixie' })));
  try {
    const seen = await Promise.all(hosts.map((host) => host.run('cat /etc/machine-id /etc/ssh/*.pub')));
    expect(new Set(seen.flatMap((text) => text.split('\n'))).size).toBe(8);
  } finally {
    await Promise.all(hosts.map((host) => host.stop()));
  }
});
