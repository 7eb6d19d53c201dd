import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { BecomeFailure, type Connection, type ExecResult } from '../model/transport.ts';
import { createExec } from './create-exec.ts';
import type { ShellProcess } from './shell-process.ts';

/** Time for a script to end by SIGTERM before it is killed. */
const graceMs = 2000;

const start = (words: readonly string[]): ShellProcess => {
  const [command = '', ...args] = words;
  // A process group of its own: a script and all it started can be ended together, and Ctrl-C is ours alone.
  const child = spawn(command, args, { stdio: 'pipe', detached: true });
  const started = once(child, 'spawn').then(() => undefined);
  const kill = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Nothing of the group is left, or it belongs to another account (sudo's child): closing the pipes must do.
    }
  };
  const closed = async (): Promise<ExecResult> => {
    try {
      await started;
    } catch (error) {
      if (command !== 'sudo') throw error;
      throw new BecomeFailure('sudo is not installed on this machine', { cause: error });
    }
    const [exitStatus, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { exitStatus, signal };
  };
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const result = closed();
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    closed: result,
    release(): void {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
    end(): void {
      kill('SIGTERM');
      const timer = setTimeout(
        () => {
          kill('SIGKILL');
          for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
        },
        child.exitCode === null && child.signalCode === null ? graceMs : 0,
      );
      timer.unref();
      child.once('close', () => clearTimeout(timer));
    },
  };
};

/** A container may run us as a number that has no account; nobody can be named that. */
const accountName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
};

/** The machine that syn-deploy runs on, as the account that runs it. Scripts start in the current folder. */
export const connectLocal = (): Connection => {
  const username = accountName();
  const { exec, close } = createExec(username, async (words) => start(words));
  return { user: username, exec, [Symbol.asyncDispose]: close };
};
