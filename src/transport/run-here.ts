import { spawn, spawnSync } from 'node:child_process';

/** What a program on this machine came to. */
export interface RanHere {
  /** null: it could not be started, or was ended by a signal. */
  readonly exitStatus: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: string;
  /** Why there is no exit status, in words; undefined where there is one. */
  readonly trouble: string | undefined;
}

/** Of what a program prints; it is kept in memory. Bytes. */
const largestOutput = 64 * 1024 * 1024;

const troubleOf = (error: NodeJS.ErrnoException | undefined, signal: string | null): string | undefined => {
  if (error !== undefined) return error.code === 'ENOENT' ? 'there is no such program' : error.message;
  return signal === null ? undefined : `ended by ${signal}`;
};

/**
 * Runs a program on this machine, with nothing on its standard input, and waits for its end: for what has to be known while files
 * are read.
 */
export const runHere = (
  program: string,
  args: readonly string[],
  options: {
    readonly folder?: string | undefined;
    readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  } = {},
): RanHere => {
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    cwd: options.folder,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: largestOutput,
  });
  const trouble = troubleOf(error, signal);
  return {
    exitStatus: trouble === undefined ? status : null,
    stdout: stdout ?? new Uint8Array(),
    stderr: stderr?.toString() ?? '',
    trouble,
  };
};

/** Gives the terminal to a program until it ends. @returns its exit status; null where it has none */
export const runOnTerminal = async (program: string, args: readonly string[]): Promise<number | null> =>
  await new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.once('error', () => resolve(null));
    child.once('exit', (status) => resolve(status));
  });
