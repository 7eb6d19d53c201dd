import type { Client, ClientChannel } from 'ssh2';
import type { ExecResult, Unreachable } from '../model/transport.ts';
import { settledWithin } from '../util/settled-within.ts';
import type { ShellProcess } from './shell-process.ts';

/** A line that may be lost: resolves, once, with why. Never rejects. */
export interface LineState {
  readonly lost: Promise<Unreachable>;
  /** The same, where it has happened already. */
  readonly failure: () => Unreachable | undefined;
}

/** Time for a channel to say how it ended once the line is lost. */
const lastWordsMs = 1000;

/** The parts of ssh2's client that send a signal after the end of standard input, where its channel refuses to. */
interface SignalSender {
  readonly _protocol?: { signal?(channel: number, name: string): void };
}

const sendSignal = (client: Client, channel: ClientChannel, name: string): void => {
  const { outgoing } = channel as unknown as { outgoing: { id: number; state: string } };
  if (outgoing.state !== 'open' && outgoing.state !== 'eof') return;
  (client as unknown as SignalSender)._protocol?.signal?.(outgoing.id, name);
};

/** A channel, as a process. */
const channelProcess = (client: Client, channel: ClientChannel, line: LineState): ShellProcess => {
  let isClosed = false;
  const exited = new Promise<void>((resolve) => {
    channel.once('exit', () => resolve());
    channel.once('close', () => resolve());
  });
  const ended = new Promise<ExecResult>((resolve, reject) => {
    channel.once('close', (code?: number | null, signal?: string | null) => {
      isClosed = true;
      const failure = line.failure();
      if (code === undefined && failure !== undefined) reject(failure);
      else resolve({ exitStatus: code ?? null, signal: signal ?? null });
    });
  });
  const lost = async (): Promise<never> => {
    const failure = await line.lost;
    await settledWithin(ended, lastWordsMs);
    throw failure;
  };
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    exited,
    closed: Promise.race([ended, lost()]),
    end(): void {
      if (isClosed) return;
      sendSignal(client, channel, 'TERM');
      channel.close();
    },
    release(): void {
      if (!isClosed) channel.close();
    },
  };
};

/**
 * Starts a command on a channel of its own.
 *
 * It is listened to before this returns to the library: how a short command exited may stand in the same packet as that
 * it was started, and is not told twice.
 *
 * @throws the library's error, with a numeric `reason` where no channel is to be had; the signal's reason
 */
export const startOnChannel = (
  client: Client,
  line: LineState,
  commandLine: string,
  signal: AbortSignal | undefined,
): Promise<ShellProcess> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    client.exec(commandLine, (error, channel) => {
      signal?.removeEventListener('abort', onAbort);
      if (error !== undefined && error !== null) reject(error);
      else if (signal?.aborted === true) channel.close();
      else resolve(channelProcess(client, channel, line));
    });
  });
