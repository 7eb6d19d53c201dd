import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { execa } from 'execa';
import type { Suite } from './base-image.ts';
import { describeHost, hostLabel } from './describe-host.ts';
import { docker } from './docker.ts';
import { ensureEngine } from './engine.ts';
import { hostFiles, writeHostFiles } from './host-files.ts';
import { waitUntilBooted, waitUntilGreeted } from './host-ready.ts';
import { ensureImage, type Flavour } from './image.ts';
import { makeKeyPair } from './keys.ts';
import { joinPrivateNetwork, privateAddressOf } from './private-network.ts';
import { startReaper } from './reaper.ts';

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
  /** a private network (`startPrivateNetwork`) that it is in, too; its root may then set up a firewall */
  readonly network?: string;
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
  /** its address in the private network; empty without one */
  readonly privateAddress: string;
  /** the port on 127.0.0.1 of a port asked for in `ports` */
  publishedPort(port: number): number;
  /** Runs a sh command line on the host as root, past ssh, for looking at the host and for making drift. */
  exec(command: string): Promise<ExecResult>;
  /** As `exec`, but gives its stdout without the last newline, and throws unless it exits with 0. */
  run(command: string): Promise<string>;
  stop(): Promise<void>;
}

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
  const container = await (await describeHost(image, name, { login, hostKey }, options)).start();
  try {
    const port = container.getMappedPort(22);
    await writeHostFiles(hostFiles(name), login, hostKey.publicKey, port);
    if (options.network !== undefined) await joinPrivateNetwork(options.network, name);
    await Promise.all([waitUntilBooted(container), waitUntilGreeted(port)]);
    return await findHost(name, options);
  } catch (error) {
    await container.stop();
    throw error;
  }
}

/**
 * A running host by its name, which another process may have started.
 *
 * @throws ExecaError when there is none
 */
export async function findHost(
  name: string,
  { suite = 'bookworm', flavour = 'bare', user = 'admin', network }: HostOptions = {},
): Promise<TestHost> {
  await ensureEngine();
  const ports = await publishedPorts(name);
  const publishedPort = (port: number): number => {
    const found = ports.get(port);
    if (found === undefined) throw new Error(`port ${port} of ${name} is not published`);
    return found;
  };
  const privateAddress = network === undefined ? '' : await privateAddressOf(network, name);
  const { privateKeyPath, knownHostsPath } = hostFiles(name);
  const hostKey = (await readFile(knownHostsPath, 'utf8')).trim().split(' ').slice(1).join(' ');
  const exec = async (command: string): Promise<ExecResult> => {
    const { stdout, stderr, exitCode } = await execa('docker', ['exec', name, 'sh', '-c', command], {
      stdin: 'ignore',
      reject: false,
      stripFinalNewline: false,
      maxBuffer: 2 ** 30,
    });
    return { stdout, stderr, exitCode: exitCode ?? 255 };
  };
  const run = async (command: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await exec(command);
    if (exitCode !== 0) throw new Error(`${name}: ${command}: exit status ${exitCode}\n${stderr || stdout}`);
    return stdout.replace(/\n$/, '');
  };
  const stop = (): Promise<void> => removeHost(name);
  return {
    ...{ name, suite, flavour, user, address: '127.0.0.1', port: publishedPort(22), hostKey },
    ...{ privateAddress, privateKeyPath, knownHostsPath, publishedPort, exec, run, stop },
    [Symbol.asyncDispose]: stop,
  };
}

/** Ports of a host → where they are on 127.0.0.1. `docker port` prints `80/tcp -> 127.0.0.1:32768` lines. */
async function publishedPorts(name: string): Promise<ReadonlyMap<number, number>> {
  const lines = (await docker(['port', name])).split('\n');
  return new Map(
    lines.flatMap((line): [number, number][] => {
      const [, inside, outside] = /^(\d+)\/tcp -> 127\.0\.0\.1:(\d+)$/.exec(line) ?? [];
      return inside === undefined ? [] : [[Number(inside), Number(outside)]];
    }),
  );
}

/** Removes the host of this name, which another process may have started, and its files; nothing if there is none. */
export async function removeHost(name: string): Promise<void> {
  await ensureEngine();
  const id = await docker(['ps', '--all', '--quiet', '--filter', `label=${hostLabel}=${name}`]);
  if (id !== '') await docker(['rm', '--force', '--volumes', id]);
  await rm(hostFiles(name).dir, { recursive: true, force: true });
}
