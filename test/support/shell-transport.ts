import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Connection, Exec, ExecResult, Transport } from '../../src/model/transport.ts';
import { Unreachable } from '../../src/model/transport.ts';

export interface ShellTransportOptions {
  /** Folder that is the account's home on the host; what a host remembers lies below it. Made where it is not there. */
  readonly homeOf: (host: string) => string;
  /** Called with the number of the exec, from 1, before it runs; true: the line is lost. */
  readonly loses?: ((exec: number, host: string) => boolean) | undefined;
}

/**
 * Hosts that are this machine's `sh` with home folders of their own and an account that is not root: scripts run
 * for real, and no network is needed.
 */
export const createShellTransport = ({
  homeOf,
  loses,
}: ShellTransportOptions): Transport & { readonly scripts: string[] } => {
  const scripts: string[] = [];
  const exec = async (host: string, { script, onStdout, onStderr, signal }: Exec): Promise<ExecResult> => {
    const pieces: string[] = [];
    for await (const piece of script) pieces.push(piece);
    scripts.push(pieces.join(''));
    if (loses?.(scripts.length, host) === true) throw new Unreachable('lost', 'the line was lost');
    const child = spawn('sh', ['-s'], {
      env: { HOME: homeOf(host), PATH: process.env['PATH'] ?? '' },
      stdio: 'pipe',
      // A group of its own: what it has started is ended with it.
      detached: true,
    });
    child.stdout.on('data', onStdout);
    child.stderr.on('data', onStderr);
    const ended = new Promise<ExecResult>((resolve) => {
      child.on('close', (exitStatus, by) => resolve({ exitStatus, signal: by }));
    });
    const end = (): boolean => process.kill(-(child.pid as number), 'SIGKILL');
    signal?.addEventListener('abort', end, { once: true });
    await pipeline(Readable.from(pieces), child.stdin);
    const result = await ended;
    signal?.removeEventListener('abort', end);
    signal?.throwIfAborted();
    return result;
  };
  return {
    scripts,
    connect: async ({ host }): Promise<Connection> => {
      mkdirSync(homeOf(host), { recursive: true });
      return { user: 'tester', exec: (one) => exec(host, one), [Symbol.asyncDispose]: async () => {} };
    },
  };
};
