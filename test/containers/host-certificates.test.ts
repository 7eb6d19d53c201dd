import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectionSettings } from '../../src/model/transport.ts';
import { createTransports } from '../../src/transport/transports.ts';
import { startHost, type TestHost } from '../hosts/host.ts';
import { program } from './support/program.ts';

// All answers to what known_hosts says of a host: known, changed and revoked keys, authorities, hashed names, patterns, ports and
// aliases. Each is the real ssh's answer too.

let host: TestHost;
let home: string;
/** `TYPE KEY` of authorities and of the host's keys, by the name of their file. */
const keys = new Map<string, string>();

const keyOf = (name: string): string => {
  const found = keys.get(name);
  if (found === undefined) throw new Error(`there is no key ${name}`);
  return found;
};

beforeAll(async () => {
  host = await startHost({ suite: 'trixie' });
  home = await mkdtemp(join(tmpdir(), 'syn-deploy-certificates-'));
  await mkdir(join(home, '.ssh'));
  await writeFile(join(home, '.ssh/key'), await readFile(host.privateKeyPath), { mode: 0o600 });
  await host.run(`mkdir /root/c; cd /root/c
for name in ca ca2; do ssh-keygen -q -t ed25519 -N '' -C '' -f $name; done
ssh-keygen -q -t rsa -N '' -C '' -f ca-rsa
ssh-keygen -q -t ecdsa -b 384 -N '' -C '' -f ca-ecdsa
ssh-keygen -q -t ed25519 -N '' -C '' -f other
for bits in 256 384 521; do ssh-keygen -q -t ecdsa -b $bits -N '' -C '' -f ecdsa-$bits; done
ssh-keygen -q -t rsa -N '' -C '' -f rsa
cp /etc/ssh/ssh_host_ed25519_key ed25519; cp /etc/ssh/ssh_host_ed25519_key.pub ed25519.pub`);
  const lines = await host.run(
    'cd /root/c; for f in *.pub; do echo "$(basename $f .pub) $(cut -d\' \' -f1,2 $f)"; done',
  );
  for (const line of lines.split('\n')) {
    const [name = '', type, key] = line.split(' ');
    keys.set(name, `${type} ${key}`);
  }
});

afterAll(async () => {
  await host?.stop();
  await rm(home, { recursive: true });
});

/** systemd would refuse so many restarts. */
const restart = 'systemctl reset-failed ssh; systemctl restart ssh';

/** Has sshd show a certificate of a key, and no other key. @param options  of ssh-keygen -s; undefined: no certificate */
const show = async (key: string, options: string | undefined): Promise<void> => {
  const certificate = `cd /root/c; ssh-keygen -q -I id ${options} ${key}.pub`;
  const config = `HostKey /root/c/${key}\\n${options === undefined ? '' : `HostCertificate /root/c/${key}-cert.pub\\n`}`;
  await host.run(`${options === undefined ? 'true' : certificate}
printf '${config}' >/etc/ssh/sshd_config.d/00-test.conf; ${restart}`);
};

const good = '-s ca -h -n 127.0.0.1,gate';

/** PORT is the host's. */
const know = (...lines: readonly string[]): Promise<void> =>
  writeFile(
    join(home, '.ssh/known_hosts'),
    lines.map((line) => `${line.replaceAll('PORT', String(host.port))}\n`).join(''),
  );

const authority = (names: string, ca = 'ca'): string => `@cert-authority ${names} ${keyOf(ca)}`;

const transport = createTransports({ identityFiles: [] });

/** What is said of it, or `connected`. */
const connect = async (hostKeyAlias?: string): Promise<string> => {
  const settings: ConnectionSettings = {
    kind: 'ssh',
    host: 'h1',
    address: host.address,
    port: host.port,
    user: 'admin',
    hostKeyAlias,
    privateKeyFile: join(home, '.ssh/key'),
    knownHostsFiles: [join(home, '.ssh/known_hosts')],
    acceptNewHostKeys: false,
    connectTimeoutMs: 20_000,
  };
  try {
    await using connection = await transport.connect(settings);
    return connection.user === 'admin' ? 'connected' : connection.user;
  } catch (error) {
    return String(error);
  }
};

/** The real ssh's answer to the same. */
const sshConnects = async (hostKeyAlias?: string): Promise<boolean> => {
  const alias = hostKeyAlias === undefined ? [] : ['-o', `HostKeyAlias=${hostKeyAlias}`];
  const options = [
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${home}/.ssh/known_hosts`,
    'GlobalKnownHostsFile=none',
  ];
  const { exitCode } = await execa(
    'ssh',
    [
      '-F',
      'none',
      ...options.flatMap((one) => ['-o', one]),
      ...alias,
      '-i',
      join(home, '.ssh/key'),
      '-p',
      String(host.port),
      'admin@127.0.0.1',
      'true',
    ],
    { reject: false, stdin: 'ignore', env: { SSH_AUTH_SOCK: '' } },
  );
  return exitCode === 0;
};

const expectAsSsh = async (said: RegExp, alias?: string): Promise<void> => {
  const answer = await connect(alias);
  expect(answer).toMatch(said);
  expect(await sshConnects(alias), answer).toBe(answer === 'connected');
};

const connected = /^connected$/;

describe('a host is reached by the line of its authority alone', () => {
  beforeEach(() => know(authority('[127.0.0.1]:PORT')));

  test.each(['ed25519', 'ecdsa-256', 'ecdsa-384', 'ecdsa-521', 'rsa'])(
    'with a certificate of its key: %s',
    async (key) => {
      await show(key, good);
      await expectAsSsh(connected);
    },
  );

  test.each([
    ['ca-ecdsa', ''],
    ['ca-rsa', '-t rsa-sha2-256'],
    ['ca-rsa', '-t rsa-sha2-512'],
  ])('with one that was signed by %s %s', async (ca, type) => {
    await know(authority('*', ca));
    await show('ed25519', `-s ${ca} -h -n 127.0.0.1 ${type}`);
    await expectAsSsh(connected);
  });

  test('with an RSA key where sshd has the shorter hash only', async () => {
    await show('rsa', good);
    await host.run(
      `echo 'HostKeyAlgorithms rsa-sha2-256-cert-v01@openssh.com,rsa-sha2-256' >>/etc/ssh/sshd_config.d/00-test.conf; ${restart}`,
    );
    await expectAsSsh(connected);
  });

  test('and stays connected when keys are exchanged anew', async () => {
    await show('ed25519', good);
    await host.run(`echo 'RekeyLimit 1M\nLogLevel DEBUG1' >>/etc/ssh/sshd_config.d/00-test.conf; ${restart}`);
    const exchanges = async (): Promise<number> =>
      Number(await host.run("journalctl -u ssh -o cat | grep -c 'SSH2_MSG_NEWKEYS received' || true"));
    const before = await exchanges();
    const command = ['shell', '--', 'head -c 6M /dev/zero | base64; echo done'];
    const { exitCode, said } = await synDeploy('run', 'inventory.yaml', ...command);
    expect(said).toMatch(/A{20}\W[\s\S]*done/);
    expect(exitCode).toBe(0);
    expect(await exchanges()).toBeGreaterThan(before + 3);
  });

  test('until it has a new key, and again when that is signed', async () => {
    await show('other', undefined);
    await expectAsSsh(
      /is known only by a certificate authority at \S+:1 \(ED25519\); it shows no certificate/,
    );
    await show('other', good);
    await expectAsSsh(connected);
  });
});

// What is known of a host that shows a good certificate, and the answer to it.
test.each<[title: string, lines: () => readonly string[], said: RegExp, alias?: string]>([
  ['all hosts', () => [authority('*')], connected],
  ['a pattern', () => [authority('127.0.0.?')], connected],
  ['a pattern that leaves it out', () => [authority('127.0.0.*,!127.0.0.1')], /is not known/],
  ['its port', () => [authority('[127.0.0.1]:PORT')], connected],
  ['another port', () => [authority('[127.0.0.1]:1')], /is not known/],
  ['another host', () => [authority('127.0.0.2')], /is not known/],
  ['its alias', () => [authority('gate')], connected, 'gate'],
  ['its address, looked for by its alias', () => [authority('127.0.0.1')], /is not known/, 'gate'],
  [
    'an alias that the certificate does not name',
    () => [authority('*')],
    /it is one for 127\.0\.0\.1, gate, not for door/,
    'door',
  ],
  ['another authority', () => [authority('*', 'ca2')], /it is signed by the ED25519 key/],
  ['two authorities', () => [authority('*', 'ca2'), authority('*')], connected],
  ['its own key', () => [`[127.0.0.1]:PORT ${keyOf('ed25519')}`], connected],
  [
    'its own key and another authority',
    () => [`[127.0.0.1]:PORT ${keyOf('ed25519')}`, authority('*', 'ca2')],
    connected,
  ],
  ['another key', () => [`[127.0.0.1]:PORT ${keyOf('other')}`], /is not the known one/],
  ['another key and its authority', () => [`[127.0.0.1]:PORT ${keyOf('other')}`, authority('*')], connected],
  [
    'another key and another authority',
    () => [`[127.0.0.1]:PORT ${keyOf('other')}`, authority('*', 'ca2')],
    /is not the known one.*its certificate does not count/,
  ],
  ['the authority as a key', () => [`[127.0.0.1]:PORT ${keyOf('ca')}`], /is not the known one/],
  ['its revoked key', () => [authority('*'), `@revoked * ${keyOf('ed25519')}`], /which is revoked at \S+:2/],
  [
    'its revoked authority',
    () => [authority('*'), `@revoked * ${keyOf('ca')}`],
    /an authority that is revoked at \S+:2/,
  ],
  ['another revoked key', () => [authority('*'), `@revoked * ${keyOf('other')}`], connected],
  ['nothing', () => [], /is not known/],
])('known_hosts has %s', async (_, lines, said, alias) => {
  await show('ed25519', good);
  await know(...lines());
  await expectAsSsh(said, alias);
});

// The same of a host that shows its key alone.
test.each<[title: string, lines: () => readonly string[], said: RegExp, alias?: string]>([
  ['its name and port', () => [`[127.0.0.1]:PORT ${keyOf('ed25519')}`], connected],
  ['its name without the port', () => [`127.0.0.1 ${keyOf('ed25519')}`], connected],
  ['another port', () => [`[127.0.0.1]:1 ${keyOf('ed25519')}`], /is not known/],
  ['a pattern', () => [`other,[127.0.0.*]:* ${keyOf('ed25519')}`], connected],
  ['a pattern that leaves it out', () => [`[127.0.0.*]:*,!*:PORT ${keyOf('ed25519')}`], /is not known/],
  ['its alias', () => [`gate ${keyOf('ed25519')}`], connected, 'gate'],
  ['its address, looked for by its alias', () => [`127.0.0.1 ${keyOf('ed25519')}`], /is not known/, 'gate'],
  ['another key', () => [`[127.0.0.1]:PORT ${keyOf('other')}`], /is not the known one/],
  ['a key of another type', () => [`[127.0.0.1]:PORT ${keyOf('rsa')}`], /is not the known one/],
  [
    'two keys',
    () => [`[127.0.0.1]:PORT ${keyOf('other')}`, `[127.0.0.1]:PORT ${keyOf('ed25519')}`],
    connected,
  ],
  [
    'its revoked key',
    () => [`[127.0.0.1]:PORT ${keyOf('ed25519')}`, `@revoked * ${keyOf('ed25519')}`],
    /which is revoked at \S+:2/,
  ],
  [
    'an authority',
    () => [authority('*')],
    /is known only by a certificate authority at \S+:1 \(ED25519\); it shows no certificate/,
  ],
  ['an authority that has its key', () => [authority('*', 'ed25519')], /it shows no certificate/],
  ['an authority and its key', () => [authority('*'), `[127.0.0.1]:PORT ${keyOf('ed25519')}`], connected],
  ['nothing', () => [], /is not known/],
])('of a host without a certificate, known_hosts has %s', async (_, lines, said, alias) => {
  await show('ed25519', undefined);
  await know(...lines());
  await expectAsSsh(said, alias);
});

test.each(['key', 'authority'])('known_hosts has its %s by a hashed name', async (what) => {
  await show('ed25519', what === 'key' ? undefined : good);
  await know(`[127.0.0.1]:PORT ${keyOf(what === 'key' ? 'ed25519' : 'ca')}`);
  const file = join(home, '.ssh/known_hosts');
  // It leaves lines with a marker alone.
  await execa('ssh-keygen', ['-H', '-f', file]);
  const hashed = await readFile(file, 'utf8');
  expect(hashed).toMatch(/^\|1\|/);
  await writeFile(file, what === 'key' ? hashed : `@cert-authority ${hashed}`);
  await expectAsSsh(connected);
});

test.each([
  ['for another host', '-s ca -h -n other', /it is one for other, not for 127\.0\.0\.1/],
  ['that has expired', '-s ca -h -n 127.0.0.1 -V 20200101:20200201', /it was valid until 2020-0/],
  ['that is not valid yet', '-s ca -h -n 127.0.0.1 -V 20900101:20910101', /it is valid only from 20/],
  ['of a user', '-s ca -n 127.0.0.1', /it is not one of a host|shows no certificate/],
  ['with a critical option', '-s ca -h -n 127.0.0.1 -O critical:x=1', /its critical option x/],
  ['with an extension', '-s ca -h -n 127.0.0.1 -O extension:x=1', connected],
])('it shows a certificate %s', async (_, options, said) => {
  await show('ed25519', options);
  await know(authority('*'));
  await expectAsSsh(said);
  // With its key the host is known, whatever its certificate says.
  await know(authority('*'), `[127.0.0.1]:PORT ${keyOf('ed25519')}`);
  await expectAsSsh(connected);
});

// The two cases that the real ssh only answers so since OpenSSH 10.3.
test.each([
  ['without names, which older ones take for one of any host', '-s ca -h', /it names no host/],
  ['by a pattern, in which older ones see no pattern', "-s ca -h -n '127.0.?.*'", connected],
])('it shows a certificate %s', async (_, options, said) => {
  await show('ed25519', options);
  await know(authority('*'));
  expect(await connect()).toMatch(said);
});

test('it shows a certificate with a signature by SHA-1', async () => {
  await know(authority('*', 'ca-rsa'));
  await show('ed25519', '-s ca-rsa -h -n 127.0.0.1 -t ssh-rsa');
  await expectAsSsh(/its signature is not one of the authority|shows no certificate/);
});

const synDeploy = async (...args: readonly string[]) => {
  const vars = {
    ansible_host: host.address,
    ansible_port: host.port,
    ansible_user: 'admin',
    ansible_ssh_private_key_file: join(home, '.ssh/key'),
  };
  await writeFile(join(home, 'inventory.yaml'), JSON.stringify({ all: { hosts: { h1: vars } } }));
  const ran = await execa(process.execPath, [program, ...args], {
    cwd: home,
    env: { HOME: home, SSH_AUTH_SOCK: '' },
    reject: false,
    stdin: 'ignore',
  });
  return { exitCode: ran.exitCode, said: `${ran.stdout}\n${ran.stderr}` };
};

describe('trust', () => {
  test('does not ask for a host with a certificate, and adds nothing', async () => {
    await show('ed25519', good);
    await know(authority('*'));
    const { exitCode, said } = await synDeploy('trust', 'inventory.yaml');
    expect(said).toContain('1 of 1 host is known');
    expect(exitCode).toBe(0);
    expect(await readFile(join(home, '.ssh/known_hosts'), 'utf8')).toBe(`${authority('*')}\n`);
    expect((await synDeploy('run', 'inventory.yaml', 'shell', '--', 'true')).exitCode).toBe(0);
  });

  test('shows the key of a host whose certificate does not count, says why, and adds the key', async () => {
    await show('ed25519', '-s ca -h -n other');
    await know(authority('*'));
    const asked = await synDeploy('trust', 'inventory.yaml');
    expect(asked.said).toContain(
      'warning: the certificate of h1 does not count: it is one for other, not for 127.0.0.1',
    );
    expect(
      (await synDeploy('run', 'inventory.yaml', 'shell', '--accept-new-host-keys', '--', 'true')).exitCode,
    ).toBe(4);
    const { exitCode, said } = await synDeploy('trust', 'inventory.yaml', '--yes');
    expect(said).toContain('added 1 to');
    expect(exitCode).toBe(0);
    expect(await readFile(join(home, '.ssh/known_hosts'), 'utf8')).toContain(
      `[127.0.0.1]:${host.port} ${keyOf('ed25519')}\n`,
    );
    expect((await synDeploy('run', 'inventory.yaml', 'shell', '--', 'true')).exitCode).toBe(0);
  });

  test('refuses what a revoked authority has signed', async () => {
    await show('ed25519', good);
    await know(authority('*'), `@revoked * ${keyOf('ca')}`);
    const { exitCode, said } = await synDeploy('trust', 'inventory.yaml', '--yes');
    expect(said).toMatch(/certified by an authority that ~\/\.ssh\/known_hosts:2 revokes/);
    expect(exitCode).toBe(4);
  });
});
