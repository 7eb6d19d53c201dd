import { once } from 'node:events';
import type { Client, ClientChannel } from 'ssh2';
import { type ConnectionSettings, Unreachable } from '../model/transport.ts';
import { settledWithin } from '../util/settled-within.ts';
import { placeOf } from './connect-failure.ts';
import type { Line, OpenLine } from './line.ts';
import type { LoginSources } from './login-attempts.ts';
import { startProxyCommand } from './proxy-command.ts';
import { logIn } from './ssh-login.ts';

/** The ways to hosts that are not connected to straight. Disposing ends the connections to jump hosts. */
export interface JumpHosts extends AsyncDisposable {
  readonly open: OpenLine;
}

/** RFC 4254, 5.1: what a host says that opens no channel. */
const prohibited = 1;
const connectFailed = 2;
/** A jump host that cannot be reached is not tried again for so long. */
const failureLastsMs = 5000;
/** Time for a jump host to take leave. */
const farewellMs = 1000;

const hintsByReason: Readonly<Record<number, string>> = {
  [prohibited]: 'does its sshd forbid to pass lines on (AllowTcpForwarding, PermitOpen)?',
  [connectFailed]: 'is the host up, is sshd running there, and can the jump host reach it?',
};

const forwardFailure = (settings: ConnectionSettings, via: string, error: Error): Unreachable => {
  const reason = 'reason' in error && typeof error.reason === 'number' ? error.reason : 0;
  return new Unreachable(
    'connect',
    `the jump host ${via} opens no line to ${placeOf(settings)}: ${error.message.replace(/^.*?open failure: /, '')}`,
    hintsByReason[reason],
    { cause: error },
  );
};

/** Has a jump host connect to the address; the name is looked up there. */
const forward = (
  client: Client,
  settings: ConnectionSettings,
  via: string,
  signal: AbortSignal | undefined,
): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      const text = `the jump host ${via} has no line to ${placeOf(settings)} within ${settings.connectTimeoutMs / 1000} s`;
      done(() =>
        reject(new Unreachable('timeout', text, 'is the host up, and does a firewall let it through?')),
      );
    }, settings.connectTimeoutMs);
    const onAbort = (): void => done(() => reject(signal?.reason));
    let isDone = false;
    const done = (settle: () => void): void => {
      isDone = true;
      clearTimeout(late);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    client.forwardOut('127.0.0.1', 0, settings.address, settings.port, (error, channel) => {
      if (isDone) channel?.destroy();
      else if (error === undefined || error === null) done(() => resolve(channel));
      else done(() => reject(forwardFailure(settings, via, error)));
    });
  });

const behind = (host: string, via: ConnectionSettings, error: Unreachable): Unreachable =>
  new Unreachable(
    error.reason,
    `cannot reach ${host} through the jump host ${via.host}: ${error.message}`,
    error.hint,
    { cause: error },
  );

const abortable = <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
};

/**
 * Connects to each jump host once, for all hosts behind it; one that was lost is connected to again, one that could not be
 * reached is not tried again for some time: not by each host behind it, but by those that wait for it to come back.
 */
export const createJumpHosts = (sources: LoginSources): JumpHosts => {
  const clients = new Map<string, Promise<Client>>();
  const stopped = new AbortController();

  const clientOf = (via: ConnectionSettings): Promise<Client> => {
    const key = JSON.stringify(via);
    const known = clients.get(key);
    if (known !== undefined) return known;
    const made = logIn(via, sources, open, stopped.signal);
    clients.set(key, made);
    made.then(
      (client) => {
        client.on('error', () => undefined);
        client.once('close', () => clients.delete(key));
      },
      () => setTimeout(() => clients.delete(key), failureLastsMs).unref(),
    );
    return made;
  };

  const open: OpenLine = async (settings, signal): Promise<Line | undefined> => {
    const { proxy, host } = settings;
    if (proxy === undefined) return undefined;
    if (proxy.kind === 'command') return startProxyCommand(settings, proxy.command);
    const { via } = proxy;
    const client = await abortable(clientOf(via), signal).catch((error: unknown) => {
      throw error instanceof Unreachable ? behind(host, via, error) : error;
    });
    return { socket: await forward(client, settings, via.host, signal), ended: Promise.resolve(undefined) };
  };

  return {
    open,
    async [Symbol.asyncDispose]() {
      stopped.abort(new Error('the run is over'));
      const ends = [...clients.values()].map(async (made) => {
        const client = await made.catch(() => undefined);
        if (client === undefined) return;
        const closed = once(client, 'close');
        client.end();
        await settledWithin(closed, farewellMs);
        client.destroy();
      });
      await Promise.all(ends);
    },
  };
};
