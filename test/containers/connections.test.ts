import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startHost, type TestHost } from '../hosts/host.ts';
import { makeKeys } from '../hosts/keys.ts';
import { type PrivateNetwork, startPrivateNetwork } from '../hosts/private-network.ts';
import { program } from './support/program.ts';

/** Reached from here; the others by their names, which only the one before them knows. */
/** systemd starts no unit more often than five times in ten seconds, which tests may. */
const restart = 'systemctl reset-failed ssh; systemctl restart ssh';

let outer: TestHost;
let middle: TestHost;
let inner: TestHost;
let network: PrivateNetwork;
let home: string;

beforeAll(async () => {
  network = await startPrivateNetwork();
  [outer, middle, inner] = await Promise.all([
    startHost({ suite: 'trixie', network: network.name }),
    startHost({ suite: 'bookworm', network: network.name }),
    startHost({ suite: 'trixie', network: network.name }),
  ]);
  const hostsLine = (host: TestHost, name: string): string =>
    `echo ${host.privateAddress} ${name} >>/etc/hosts`;
  await Promise.all([
    outer.run(`${hostsLine(middle, 'middle')}; ${hostsLine(inner, 'inner')}`),
    middle.run(hostsLine(inner, 'inner')),
  ]);
  home = await mkdtemp(join(tmpdir(), 'syn-deploy-connections-'));
  await mkdir(join(home, '.ssh'));
  await Promise.all(
    [outer, middle, inner].map(async (host, index) =>
      writeFile(join(home, '.ssh', `key${index}`), await readFile(host.privateKeyPath), { mode: 0o600 }),
    ),
  );
});

afterAll(async () => {
  await Promise.all([outer, middle, inner].map((host) => host?.stop()));
  await network?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

const known = (): string =>
  [
    `[127.0.0.1]:${outer.port} ${outer.hostKey}`,
    `middle ${middle.hostKey}`,
    `inner,inner2 ${inner.hostKey}`,
    '',
  ].join('\n');

/** The lines of ~/.ssh/config that all tests have, after their own. */
const config = (): string => `
Host outer
  HostName 127.0.0.1
  Port ${outer.port}
  IdentityFile ~/.ssh/key0
Host middle
  IdentityFile ~/.ssh/key1
  ProxyJump outer
Host inner*
  HostName inner
  IdentityFile ~/.ssh/key2
Host *
  User admin
  IdentitiesOnly yes
`;

beforeEach(async () => {
  await writeFile(join(home, '.ssh/known_hosts'), known());
});

interface Job {
  /** Before what all have. */
  readonly config?: string;
  readonly hosts?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly command?: readonly string[];
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const synDeploy = async ({
  config: own = '',
  hosts = { inner: {} },
  command,
  options = [],
  env = {},
}: Job) => {
  await writeFile(join(home, '.ssh/config'), own + config(), { mode: 0o600 });
  await writeFile(join(home, 'inventory.yaml'), JSON.stringify({ all: { hosts } }));
  const args = command ?? ['run', 'inventory.yaml', 'shell', ...options, '--', 'echo "from $SSH_CONNECTION"'];
  const ran = await execa(process.execPath, [program, ...args], {
    cwd: home,
    env: { HOME: home, SSH_AUTH_SOCK: '', ...env },
    reject: false,
    stdin: 'ignore',
  });
  return { exitCode: ran.exitCode, said: `${ran.stdout}\n${ran.stderr}` };
};

const logins = async (host: TestHost): Promise<number> =>
  Number(await host.run("journalctl -u ssh -o cat | grep -c '^Accepted' || true"));

test('a host is reached through the jump host of ~/.ssh/config, which is connected to once', async () => {
  const before = await logins(outer);
  const { exitCode, said } = await synDeploy({
    config: 'Host inner*\n  ProxyJump outer\n',
    hosts: { inner: {}, inner2: {} },
  });
  expect(said).toContain(`from ${outer.privateAddress}`);
  expect(exitCode).toBe(0);
  expect(await logins(outer)).toBe(before + 1);
});

test.each([
  ['as ~/.ssh/config says', { config: 'Host inner\n  ProxyJump middle\n' }],
  [
    'as one line of it says',
    { config: 'Host inner\n  ProxyJump outer,middle\nHost middle\n  ProxyJump none\n' },
  ],
  ['as the inventory says', { hosts: { inner: { ansible_ssh_common_args: '-J outer,middle' } } }],
  ['as a command says', { config: 'Host inner\n  ProxyCommand ssh -F ~/.ssh/config -W %h:%p middle\n' }],
] satisfies [string, Job][])('two hops lead to a host, %s', async (_title, job) => {
  const own = job as Job;
  // The real ssh of a ProxyCommand looks for known hosts where the account's own are.
  const files = `Host *\n  UserKnownHostsFile ${home}/.ssh/known_hosts\n`;
  const { exitCode, said } = await synDeploy({
    ...own,
    config: `${own.config?.replaceAll('~/', `${home}/`) ?? ''}${files}${config().replaceAll('~/', `${home}/`)}`,
  });
  expect(said).toContain(`from ${middle.privateAddress}`);
  expect(exitCode).toBe(0);
});

test('what goes wrong on the way names the hop and what is to be done', async () => {
  const viaOuter = 'Host inner\n  ProxyJump outer\n';
  const failure = async (job: Job): Promise<string> => {
    const { exitCode, said } = await synDeploy(job);
    expect(exitCode).toBe(4);
    return said;
  };
  await writeFile(join(home, '.ssh/known_hosts'), `inner ${inner.hostKey}\n`);
  expect(await failure({ config: viaOuter })).toContain(
    `cannot reach inner through the jump host outer: the host key of outer ([127.0.0.1]:${outer.port}) is not known`,
  );
  await writeFile(join(home, '.ssh/known_hosts'), known());
  expect(await failure({ config: `${viaOuter}Host outer\n  Port 1\n` })).toMatch(
    /through the jump host outer: cannot connect to outer \(127\.0\.0\.1 port 1; HostName at ~\/\.ssh\/config:\d+; Port at ~\/\.ssh\/config:4\): nothing listens/,
  );
  expect(await failure({ config: `${viaOuter}Host outer\n  User nobody-here\n` })).toContain(
    'through the jump host outer: outer refused the login of nobody-here (User at ~/.ssh/config:4)',
  );
  expect(await failure({ config: viaOuter, hosts: { inner: { ansible_port: 9 } } })).toMatch(
    /the jump host outer opens no line to inner port 9: Connection refused/,
  );
  expect(await failure({ config: 'Host inner\n  ProxyCommand echo no way >&2; exit 3\n' })).toMatch(
    /the ProxyCommand of inner ended with exit status \d+: .*no way/,
  );
  expect(
    await failure({ config: 'Host inner\n  ProxyCommand sleep 60\n', options: ['--timeout', '1'] }),
  ).toMatch(/does not answer as SSH within 1 s/);
  await outer.run(`echo 'AllowTcpForwarding no' >/etc/ssh/sshd_config.d/00-test.conf; ${restart}`);
  expect(await failure({ config: viaOuter })).toContain('AllowTcpForwarding');
  await outer.run(`rm /etc/ssh/sshd_config.d/00-test.conf; ${restart}`);
});

test('trust shows jump hosts first, then who is behind them', async () => {
  await writeFile(join(home, '.ssh/known_hosts'), '');
  const job = { config: 'Host inner\n  ProxyJump middle\n' };
  const { exitCode, said } = await synDeploy({ ...job, command: ['trust', 'inventory.yaml', '--yes'] });
  expect(said.match(/added 1 to/g)).toHaveLength(3);
  expect(exitCode).toBe(0);
  const added = await readFile(join(home, '.ssh/known_hosts'), 'utf8');
  for (const host of [outer, middle, inner]) expect(added).toContain(host.hostKey);
  expect((await synDeploy(job)).exitCode).toBe(0);
});

test('a host is known by its HostKeyAlias, and by that alone', async () => {
  const job = { config: 'Host outer\n  HostKeyAlias Gate\n', hosts: { outer: {} } };
  expect((await synDeploy(job)).said).toContain('the host key of outer (gate) is not known');
  await writeFile(join(home, '.ssh/known_hosts'), `gate ${outer.hostKey}\n`);
  expect((await synDeploy(job)).exitCode).toBe(0);
});

test.each(['ed25519', 'ecdsa', 'rsa'])('a certificate of a key lets its holder in: %s', async (type) => {
  const key = join(home, '.ssh', `certified_${type}`);
  await execa('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', key]);
  await outer.run(`rm -f /tmp/user-ca*; ssh-keygen -q -t ed25519 -N '' -f /tmp/user-ca
cp /tmp/user-ca.pub /etc/ssh/user-ca.pub
echo 'TrustedUserCAKeys /etc/ssh/user-ca.pub' >/etc/ssh/sshd_config.d/00-test.conf; ${restart}`);
  const job = {
    config: `Host outer\n  HostName 127.0.0.1\n  Port ${outer.port}\n  User admin\nMatch all\n  IdentityFile ${key}\nHost none\n`,
    hosts: { outer: { ansible_ssh_private_key_file: key } },
    options: ['--ssh-config', 'with-certificate'],
  };
  await writeFile(join(home, 'with-certificate'), job.config);
  expect((await synDeploy(job)).said).toContain(
    `tried: key ~/.ssh/certified_${type}; the host takes: publickey`,
  );
  const publicKey = await readFile(`${key}.pub`, 'utf8');
  const certificate = await outer.run(
    `echo '${publicKey.trim()}' >/tmp/u.pub; ssh-keygen -q -s /tmp/user-ca -I someone -n admin /tmp/u.pub; cat /tmp/u-cert.pub`,
  );
  await writeFile(join(home, 'elsewhere.pub'), `${certificate}\n`);
  await writeFile(join(home, 'with-certificate'), `CertificateFile ${home}/elsewhere.pub\n${job.config}`);
  expect((await synDeploy(job)).exitCode).toBe(0);
  await writeFile(`${key}-cert.pub`, `${certificate}\n`);
  await writeFile(join(home, 'with-certificate'), job.config);
  expect((await synDeploy(job)).exitCode).toBe(0);
  await outer.run(`rm /etc/ssh/sshd_config.d/00-test.conf; ${restart}`);
});

test('what the configuration says of host keys is followed, but never so far that they are not checked', async () => {
  await writeFile(join(home, '.ssh/known_hosts'), '');
  const off = await synDeploy({ config: 'Host *\n  StrictHostKeyChecking no\n', hosts: { outer: {} } });
  expect(off.exitCode).toBe(4);
  expect(off.said).toContain('"StrictHostKeyChecking=no" has no effect: host keys are always checked');
  expect(off.said).toContain('.ssh/config:2:3');
  const accept = { config: 'Host *\n  StrictHostKeyChecking accept-new\n', hosts: { outer: {} } };
  expect((await synDeploy(accept)).exitCode).toBe(0);
  expect(await readFile(join(home, '.ssh/known_hosts'), 'utf8')).toContain(outer.hostKey);
});

test('a configuration is chosen, or none', async () => {
  const hosts = { outer: { ansible_host: '127.0.0.1', ansible_port: outer.port, ansible_user: 'admin' } };
  const none = await synDeploy({ hosts, options: ['--ssh-config', 'none'] });
  expect(none.said).toContain('there is no key at');
  await writeFile(join(home, 'other'), `Host 127.0.0.1\n  IdentityFile ${home}/.ssh/key0\n`);
  expect((await synDeploy({ hosts, options: ['--ssh-config', 'other'] })).exitCode).toBe(0);
  const missing = await synDeploy({ hosts, options: ['--ssh-config', 'not-there'] });
  expect(missing.exitCode).toBe(1);
  expect(missing.said).toContain('there is no configuration of ssh at not-there');
});

test('mistakes in the configuration are told at their places, before any host is contacted', async () => {
  const { exitCode, said } = await synDeploy({ config: 'Host inner\n  Port many\n  ProxyJmup outer\n' });
  expect(exitCode).toBe(1);
  expect(said).toMatch(/\.ssh\/config:2:3: error: "Port" wants a port from 1 to 65535; found "many"/);
  expect(said).toMatch(/\.ssh\/config:3:3: warning: unknown option "ProxyJmup" of ssh: it is not followed/);
  expect(said).toContain('did you mean "proxyjump"?');
});

test('the agent is there on the host only where ForwardAgent says so', async () => {
  const agent = await execa('ssh-agent', ['-s']);
  const socket = /SSH_AUTH_SOCK=([^;]+)/.exec(agent.stdout)?.[1] ?? '';
  const pid = /SSH_AGENT_PID=(\d+)/.exec(agent.stdout)?.[1] ?? '';
  const job = { hosts: { outer: {} }, env: { SSH_AUTH_SOCK: socket } };
  const command = ['run', 'inventory.yaml', 'shell', '--', 'echo "socket:$SSH_AUTH_SOCK:"'];
  expect((await synDeploy({ ...job, command })).said).toContain('socket::');
  const forwarded = await synDeploy({ ...job, command, config: 'Host outer\n  ForwardAgent yes\n' });
  process.kill(Number(pid));
  expect(forwarded.said).toMatch(/socket:\/tmp\/.*:/);
});

test('keys of security keys are refused with a word', async () => {
  const key = makeKeys('ed25519').private;
  const bytes = Buffer.from(key.replace(/-----.*-----/g, '').replaceAll('\n', ''), 'base64');
  const type = 'sk-ssh-ed25519@openssh.com';
  const at = bytes.indexOf(Buffer.from('\0\0\0\x0bssh-ed25519'));
  const name = Buffer.concat([Buffer.from([0, 0, 0, type.length]), Buffer.from(type)]);
  const changed = Buffer.concat([bytes.subarray(0, at), name, bytes.subarray(at + 15)]);
  changed.writeUInt32BE(bytes.readUInt32BE(at - 4) + type.length - 11, at - 4);
  const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${changed.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
  await writeFile(join(home, '.ssh/sk'), text, { mode: 0o600 });
  const { said } = await synDeploy({
    config: 'Host outer\n  IdentityFile ~/.ssh/sk\n',
    hosts: { outer: {} },
  });
  expect(said).toContain('from ');
  const alone = await synDeploy({
    hosts: { outer: { ansible_ssh_private_key_file: join(home, '.ssh/sk') } },
  });
  expect(alone.exitCode).toBe(1);
  expect(alone.said).toContain('is one of a security key (FIDO), which cannot be used');
});
