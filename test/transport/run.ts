import type { Become, Connection, Exec, ExecResult } from '../../src/model/transport.ts';

/** What a script printed and how it ended. */
export interface Ran extends ExecResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script on a connection and collects what it prints. */
export const run = async (
  connection: Connection,
  script: string | Exec['script'],
  become?: Become,
  signal?: AbortSignal,
): Promise<Ran> => {
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  const result = await connection.exec({
    script: typeof script === 'string' ? [script] : script,
    become,
    signal,
    onStdout: (chunk) => void stdout.push(Uint8Array.from(chunk)),
    onStderr: (chunk) => void stderr.push(Uint8Array.from(chunk)),
  });
  return {
    ...result,
    stdout: Buffer.concat(stdout).toString('utf8'),
    stderr: Buffer.concat(stderr).toString('utf8'),
  };
};
