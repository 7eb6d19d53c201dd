import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { AuthHandlerMiddleware, Client } from 'ssh2';
import { type ConnectionSettings, Unreachable } from '../model/transport.ts';
import { settledWithin } from '../util/settled-within.ts';
import { renameSignatures } from './certificates.ts';
import { type ConnectPhase, connectFailure, connectTimeout } from './connect-failure.ts';
import { type HostKeyAlgorithm, isPlain, takeCertificates } from './exchange-certificates.ts';
import type { OpenLine } from './line.ts';
import { loadSsh2 } from './load-ssh2.ts';

/** What is decided while a connection is made. */
export interface ConnectChoices {
  /** For hosts that are not connected to straight. */
  readonly openLine: OpenLine;
  /** SSH_AUTH_SOCK, for a host that may use the agent. */
  readonly agentSocket?: string | undefined;
  /** In the order in which they are offered; at least one is of plain keys. */
  readonly hostKeyAlgorithms: readonly HostKeyAlgorithm[];
  /** Called with the host's key, or the certificate of it, in wire format. @throws Unreachable to refuse it */
  verifyHostKey(key: Buffer): void;
  /** Undefined: the connection ends once the host has proved its key, before any login. */
  readonly login: LoginChoices | undefined;
}

export interface LoginChoices {
  /** The next way to log in; undefined: there is none left. `allowed` is what the host takes, once it has said so. */
  next(
    allowed: readonly string[] | undefined,
  ): Promise<Parameters<Parameters<AuthHandlerMiddleware>[2]>[0] | undefined>;
  /** The failure to report when all were refused. */
  refused(): Unreachable;
}

/** A host that says nothing for this long, times the count, is lost; where ssh's configuration says nothing else. */
const defaultKeepalive: NonNullable<ConnectionSettings['keepalive']> = { intervalMs: 15_000, count: 4 };
/** Time for a line that has ended to say why. */
const lastWordsMs = 1000;

// Node's own AES-GCM is as fast as any here (1.2 to 1.6 GiB/s a core, measured), and needs no native part of ssh2. Only
// what has no known weakness: no SHA-1, no CBC; ssh2 speaks strict key exchange, which ChaCha20 and EtM need (CVE-2023-48795).
const algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} as const;

/** The address of the family that is wanted, else whatever the name stands for. @throws Unreachable */
const addressOf = async (settings: ConnectionSettings): Promise<string> => {
  const { address, addressFamily: family } = settings;
  if (family === undefined) return address;
  const literal = isIP(address);
  if (literal !== 0 && literal !== family)
    throw new Unreachable(
      'connect',
      `cannot connect to ${settings.host}: ${address} is no IPv${family} address`,
      "AddressFamily of ssh's configuration wants one",
    );
  try {
    return (await lookup(address, { family })).address;
  } catch (error) {
    throw connectFailure(settings, 'tcp', error instanceof Error ? error : new Error(String(error)));
  }
};

/** The agent that a host may use. @returns undefined: none, or there is none to use */
const forwardedAgent = (
  { forwardAgent, agentSocket: own }: ConnectionSettings,
  agentSocket: string | undefined,
): string | undefined => {
  if (forwardAgent === undefined || forwardAgent === false) return undefined;
  return forwardAgent === true ? (own ?? agentSocket) : forwardAgent;
};

/**
 * Connects and, where asked to, logs in.
 *
 * @throws Unreachable; the signal's reason once it is aborted
 */
export const openClient = async (
  settings: ConnectionSettings,
  { openLine, agentSocket, hostKeyAlgorithms, verifyHostKey, login }: ConnectChoices,
  signal: AbortSignal | undefined,
): Promise<Client> => {
  signal?.throwIfAborted();
  const { Client } = await loadSsh2();
  const line = await openLine(settings, signal);
  const address = line === undefined ? await addressOf(settings) : settings.address;
  const agent = login === undefined ? undefined : forwardedAgent(settings, agentSocket);
  const keepalive = settings.keepalive ?? defaultKeepalive;
  const client = new Client();
  let phase: ConnectPhase = 'tcp';
  let failure: unknown;
  let timer: NodeJS.Timeout | undefined;
  let acceptedKey: Buffer | undefined;

  return await new Promise<Client>((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error: unknown): void => {
      failure ??= error;
      settle();
      client.destroy();
      line?.socket.destroy();
      reject(failure);
    };
    /** The line may know better why it ended than who was at its end. */
    const failWith = (error: Unreachable): void => {
      if (line === undefined || phase === 'login' || failure !== undefined) {
        fail(error);
        return;
      }
      const known = line.ended.then((reason) => fail(reason ?? error));
      void settledWithin(known, lastWordsMs).then(() => fail(error));
    };
    const onAbort = (): void => fail(signal?.reason);
    const expectAnswer = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => fail(connectTimeout(settings, phase)), settings.connectTimeoutMs);
    };
    const authHandler: AuthHandlerMiddleware = (allowed, _partial, next) => {
      clearTimeout(timer);
      login?.next(allowed ?? undefined).then((method) => {
        if (method === undefined) return fail(login.refused());
        expectAnswer();
        next(method);
      }, fail);
    };

    signal?.addEventListener('abort', onAbort, { once: true });
    expectAnswer();
    client.on('connect', () => {
      phase = 'handshake';
      client.setNoDelay(true);
      expectAnswer();
    });
    client.on('handshake', () => {
      if (phase === 'login') return;
      phase = 'login';
      if (login !== undefined) {
        renameSignatures(client);
        expectAnswer();
        return;
      }
      settle();
      resolve(client);
      client.end();
    });
    client.on('error', (error) => {
      // The agent's refusal ends one attempt; the library goes on with the next.
      if (error.level === 'agent') return;
      if (error.level === 'client-authentication' && login !== undefined) fail(login.refused());
      else if (failure === undefined) failWith(connectFailure(settings, phase, error));
      else fail(failure);
    });
    client.on('change password', (prompt) =>
      fail(
        new Unreachable(
          'login',
          `the password of ${settings.user} on ${settings.host} has expired: ${prompt.trim()}`,
          'log in once by hand and change it',
        ),
      ),
    );
    client.on('close', () =>
      failWith(connectFailure(settings, phase, new Error('it closed the connection'))),
    );
    client.on('ready', () => {
      settle();
      resolve(client);
    });
    client.connect({
      host: address,
      port: settings.port,
      username: settings.user,
      ...(line === undefined ? {} : { sock: line.socket }),
      ...(settings.bindAddress === undefined ? {} : { localAddress: settings.bindAddress }),
      ...(agent === undefined ? {} : { agent, agentForward: true }),
      readyTimeout: 0,
      keepaliveInterval: keepalive.intervalMs,
      keepaliveCountMax: keepalive.count,
      algorithms: {
        kex: [...algorithms.kex],
        cipher: [...algorithms.cipher],
        hmac: [...algorithms.hmac],
        compress: [...algorithms.compress],
        serverHostKey: hostKeyAlgorithms.filter(isPlain),
      },
      authHandler,
      hostVerifier: (key: Buffer): boolean => {
        // Called again at every later key exchange: the host must show the same key.
        if (acceptedKey !== undefined) return acceptedKey.equals(key);
        try {
          verifyHostKey(key);
          acceptedKey = Buffer.from(key);
          return true;
        } catch (error) {
          failure ??= error;
          return false;
        }
      },
    });
    if (!hostKeyAlgorithms.every(isPlain)) takeCertificates(client, hostKeyAlgorithms);
  });
};
