import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { StartedTestContainer } from 'testcontainers';
import type { Suite } from './base-image.ts';
import { machineCertificates } from './certificates.ts';
import { docker } from './docker.ts';
import { ensureEngine } from './engine.ts';
import { HostContainer } from './host-container.ts';
import { hostFiles, writeHostFiles } from './host-files.ts';
import { waitUntilBooted, waitUntilGreeted } from './host-ready.ts';
import { ensureImage, type Flavour } from './image.ts';
import { type KeyPair, makeKeyPair } from './keys.ts';
import { ownerId, ownerLabel, startReaper } from './reaper.ts';
import { shQuote } from './sh-quote.ts';

/** How a host is to be; everything has a default. */
export interface HostOptions {
  /** default `bookworm` */
  readonly suite?: Suite;
  /** default `bare` */
  readonly flavour?: Flavour;
  /** of the container and its hostname; default a random one */
  readonly name?: string;
  /** who `user` says to log in as; both accounts take the key. Default `admin` */
  readonly user?: 'root' | 'admin';
  /** the password that admin's sudo asks for; without one, it asks for none */
  readonly sudoPassword?: string;
  /** ports of the host, apart from 22, to publish on 127.0.0.1 */
  readonly ports?: readonly number[];
  /** leaves the host running when this process ends; a host of the same name is replaced. Default false */
  readonly keep?: boolean;
}

/** What a command printed and how it ended. */
export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** A running Debian with systemd and sshd. `await using` stops it. */
export interface TestHost extends AsyncDisposable {
  readonly name: string;
  readonly suite: Suite;
  readonly flavour: Flavour;
  readonly address: '127.0.0.1';
  /** where sshd is reached at `address` */
  readonly port: number;
  readonly user: 'root' | 'admin';
  /** `ssh-ed25519 AAAA…`: the host's only key */
  readonly hostKey: string;
  readonly privateKeyPath: string;
  readonly knownHostsPath: string;
  /** the port on 127.0.0.1 of a port asked for in `ports` */
  publishedPort(port: number): number;
  /** Runs a sh command line on the host as root, past ssh, for looking at the host and for making drift. */
  exec(command: string): Promise<ExecResult>;
  /** As `exec`, but gives its stdout without the last newline, and throws unless it exits with 0. */
  run(command: string): Promise<string>;
  stop(): Promise<void>;
}

// The line before a certificate's last is the end of its signature: it tells whether the image knows it already.
const trustCertificates = `for c in /usr/local/share/ca-certificates/*.crt; do
  tail -n 2 "$c" | head -n 1 | grep -q -F -x -f - /etc/ssl/certs/ca-certificates.crt || {
    update-ca-certificates >/dev/null 2>&1
    break
  }
done`;
const hostKeyFile = '/etc/ssh/ssh_host_ed25519_key';

/**
 * Starts a host (about a second once its image is there) and waits until systemd is `running` and sshd greets.
 *
 * It is stopped when this process ends, however it ends, unless `keep` is set. Many may be started at once.
 *
 * @throws Error that names the failed units when systemd comes up degraded
 */
export async function startHost(options: HostOptions = {}): Promise<TestHost> {
  const { suite = 'bookworm', flavour = 'bare', keep = false } = options;
  const name = options.name ?? `syn-${suite}-${randomBytes(4).toString('hex')}`;
  const image = await ensureImage(suite, flavour);
  if (keep) await removeHost(name);
  else startReaper();
  const login = makeKeyPair();
  const hostKey = makeKeyPair();
  const container = await (await describe(image, name, login, hostKey, options)).start();
  try {
    const port = container.getMappedPort(22);
    const files = hostFiles(name);
    await writeHostFiles(files, login, hostKey.publicKey, port);
    await Promise.all([waitUntilBooted(container), waitUntilGreeted(port)]);
    const { privateKeyPath, knownHostsPath } = files;
    const user = options.user ?? 'admin';
    const facts = {
      name,
      suite,
      flavour,
      user,
      port,
      hostKey: hostKey.publicKey,
      privateKeyPath,
      knownHostsPath,
    };
    return { ...facts, address: '127.0.0.1', ...actions(container, name) };
  } catch (error) {
    await container.stop();
    throw error;
  }
}

/** Removes the host of this name, which another process may have started, and its files; nothing if there is none. */
export async function removeHost(name: string): Promise<void> {
  await ensureEngine();
  const id = await docker([
    'ps',
    '--all',
    '--quiet',
    '--filter',
    `name=^/${name}$`,
    '--filter',
    'label=syn-deploy-test.host',
  ]);
  if (id !== '') await docker(['rm', '--force', '--volumes', id]);
  await rm(hostFiles(name).dir, { recursive: true, force: true });
}

async function describe(
  image: string,
  name: string,
  login: KeyPair,
  hostKey: KeyPair,
  { sudoPassword, ports = [], keep = false }: HostOptions,
): Promise<HostContainer> {
  const sudoers = `admin ALL=(ALL:ALL) ${sudoPassword === undefined ? 'NOPASSWD: ' : ''}ALL\n`;
  const certificates = await machineCertificates();
  const boot = [
    'chown -R admin: /home/admin',
    ...(sudoPassword === undefined ? [] : [`echo ${shQuote(`admin:${sudoPassword}`)} | chpasswd`]),
    ...(certificates.length === 0 ? [] : [trustCertificates]),
  ];
  const container = new HostContainer(image, boot.join('\n'));
  container
    .withName(name)
    .withHostname(name)
    .withLabels({ 'syn-deploy-test.host': name, ...(keep ? {} : { [ownerLabel]: ownerId }) })
    .withExposedPorts(22, ...ports)
    .withCopyContentToContainer([
      { target: hostKeyFile, content: hostKey.privateKey, mode: 0o600 },
      { target: `${hostKeyFile}.pub`, content: `${hostKey.publicKey}\n`, mode: 0o644 },
      { target: '/root/.ssh/authorized_keys', content: `${login.publicKey}\n`, mode: 0o600 },
      { target: '/home/admin/.ssh/authorized_keys', content: `${login.publicKey}\n`, mode: 0o600 },
      { target: '/etc/sudoers.d/admin', content: sudoers, mode: 0o440 },
      // With an identity it is not a first boot, on which systemd would turn on every unit that is installed.
      { target: '/etc/machine-id', content: `${randomBytes(16).toString('hex')}\n`, mode: 0o444 },
      ...certificates.map((ca) => ({
        target: `/usr/local/share/ca-certificates/${ca.name}`,
        content: ca.content,
        mode: 0o644,
      })),
    ]);
  return container;
}

function actions(container: StartedTestContainer, name: string) {
  const exec = (command: string): Promise<ExecResult> => container.exec(['sh', '-c', command]);
  const stop = async (): Promise<void> => {
    await container.stop();
    await rm(hostFiles(name).dir, { recursive: true, force: true });
  };
  return {
    exec,
    stop,
    publishedPort: (port: number): number => container.getMappedPort(port),
    [Symbol.asyncDispose]: stop,
    run: async (command: string): Promise<string> => {
      const { exitCode, stdout, stderr } = await exec(command);
      if (exitCode !== 0)
        throw new Error(`${name}: ${command}: exit status ${exitCode}\n${stderr || stdout}`);
      return stdout.replace(/\n$/, '');
    },
  };
}
