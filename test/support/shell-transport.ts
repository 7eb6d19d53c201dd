import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Connection, Exec, ExecResult, Transport } from '../../src/model/transport.ts';
import { Unreachable } from '../../src/model/transport.ts';

export interface ShellTransportOptions {
  /** Folder that is the account's home; what a host remembers lies below it. */
  readonly home: string;
  /** Called with the number of the exec, from 1, before it runs; true: the line is lost. */
  readonly loses?: (exec: number) => boolean;
}

/**
 * A host that is this machine's `sh` with a home folder of its own and an account that is not root: scripts run
 * for real, and no network is needed.
 */
export const createShellTransport = ({
  home,
  loses,
}: ShellTransportOptions): Transport & { readonly scripts: string[] } => {
  const scripts: string[] = [];
  const exec = async ({ script, onStdout, onStderr }: Exec): Promise<ExecResult> => {
    const pieces: string[] = [];
    for await (const piece of script) pieces.push(piece);
    scripts.push(pieces.join(''));
    if (loses?.(scripts.length) === true) throw new Unreachable('lost', 'the line was lost');
    const child = spawn('sh', ['-s'], {
      env: { HOME: home, PATH: process.env['PATH'] ?? '' },
      stdio: 'pipe',
    });
    child.stdout.on('data', onStdout);
    child.stderr.on('data', onStderr);
    const ended = new Promise<ExecResult>((resolve) => {
      child.on('close', (exitStatus, signal) => resolve({ exitStatus, signal }));
    });
    await pipeline(Readable.from(pieces), child.stdin);
    return await ended;
  };
  const connection: Connection = { user: 'tester', exec, [Symbol.asyncDispose]: async () => {} };
  return { scripts, connect: async () => connection };
};
