import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { type Connection, type ConnectionSettings, Unreachable } from '../model/transport.ts';
import { settledWithin } from '../util/settled-within.ts';
import { renderCommandLine } from './become.ts';
import { createChannelSlots } from './channel-slots.ts';
import { createExec, type StartProcess } from './create-exec.ts';
import type { OpenLine } from './line.ts';
import type { LoginSources } from './login-attempts.ts';
import type { ShellProcess } from './shell-process.ts';
import { type LineState, startOnChannel } from './ssh-channel.ts';
import { logIn } from './ssh-login.ts';

/** Channels at once on one connection; sshd's own bound is 10 (MaxSessions). */
const mostChannels = 8;
/** Waits between tries to open a channel while no other of ours is open. */
const retryDelaysMs = [100, 200, 400, 800, 1600, 3200];
/** Time for the host to take leave. */
const farewellMs = 1000;

const watchLine = (client: Client, { host, proxy }: ConnectionSettings): LineState => {
  const through = proxy?.kind === 'jump' ? ` (through the jump host ${proxy.via.host})` : '';
  let failure: Unreachable | undefined;
  let cause: Error | undefined;
  client.on('error', (error) => {
    cause ??= error;
  });
  const lost = new Promise<Unreachable>((resolve) => {
    client.once('close', () => {
      const why = cause === undefined ? '' : `: ${cause.message}`;
      failure = new Unreachable(
        'lost',
        `the connection to ${host}${through} was lost${why}`,
        'what had begun there may still be running; run it again, and it goes on from what it finds',
        cause === undefined ? {} : { cause },
      );
      resolve(failure);
    });
  });
  return { lost, failure: () => failure };
};

const isOpenFailure = (error: unknown): boolean =>
  error instanceof Error && 'reason' in error && typeof error.reason === 'number';

/** Starts commands, each on a channel of its own, as many at once as the host allows. */
const createStart = (client: Client, line: LineState, host: string): StartProcess => {
  const slots = createChannelSlots(mostChannels);

  /** A command, with the slot that its channel holds. */
  const open = async (commandLine: string, signal: AbortSignal | undefined): Promise<ShellProcess> => {
    for (let tries = 0; ; ) {
      await slots.acquire(signal);
      try {
        return await startOnChannel(client, line, commandLine, signal);
      } catch (error) {
        const lost = line.failure();
        // Others of ours are open: one of those has to end first. Else somebody else's, and time may help.
        const isLimit = lost === undefined && isOpenFailure(error);
        const hasLearned = isLimit && slots.learnLimit();
        slots.release();
        signal?.throwIfAborted();
        if (lost !== undefined) throw lost;
        const delayMs = retryDelaysMs[tries];
        if (!isLimit || (!hasLearned && delayMs === undefined))
          throw new Unreachable(
            'login',
            `${host} refuses to run a command: ${error instanceof Error ? error.message : String(error)}`,
            'does sshd forbid sessions for this account (ForceCommand, MaxSessions, a chroot for sftp)?',
            { cause: error },
          );
        if (hasLearned) continue;
        tries += 1;
        await wait(delayMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
      }
    }
  };

  return async (words, signal) => {
    const failure = line.failure();
    if (failure !== undefined) throw failure;
    const process = await open(renderCommandLine(words), signal);
    process.closed.then(slots.release, slots.release);
    return process;
  };
};

/**
 * Connects and logs in.
 *
 * @throws Unreachable; the signal's reason once it is aborted
 */
export const connectSsh = async (
  settings: ConnectionSettings,
  sources: LoginSources,
  openLine: OpenLine,
  signal?: AbortSignal,
): Promise<Connection> => {
  const client = await logIn(settings, sources, openLine, signal);
  const line = watchLine(client, settings);
  const { exec, close } = createExec(settings.user, createStart(client, line, settings.host));
  return {
    user: settings.user,
    exec,
    async [Symbol.asyncDispose]() {
      if (line.failure() !== undefined) return;
      // sshd lets go of what a shell has not read when the client takes leave.
      await settledWithin(close(), farewellMs);
      const closed = once(client, 'close');
      client.end();
      await settledWithin(closed, farewellMs);
      client.destroy();
    },
  };
};
