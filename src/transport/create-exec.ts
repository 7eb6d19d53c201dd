import type { Become, Connection, Exec } from '../model/transport.ts';
import { becomeCommand, shellWords, stopScript } from './become.ts';
import { runScript } from './run-script.ts';
import type { ShellProcess } from './shell-process.ts';

/** Starts the words as a command. Rejects with the signal's reason, or Unreachable. */
export type StartProcess = (
  words: readonly string[],
  signal: AbortSignal | undefined,
) => Promise<ShellProcess>;

/** Bound on ending what a script left running as another account. */
const stopMs = 10_000;

/**
 * `exec` of a connection, over a way to start processes.
 *
 * A script that is aborted while it runs as another account is not reached by the signals of the account that was logged in
 * as: it is ended by a second, small script as that account.
 *
 * @param user  the account that processes are started as; to become it takes no sudo
 */
export const createExec = (user: string, start: StartProcess): Connection['exec'] => {
  const commandFor = (become: Become | undefined) =>
    become === undefined || become.user === user ? undefined : becomeCommand(become);

  const stop = async (become: Become, shell: string): Promise<void> => {
    const signal = AbortSignal.timeout(stopMs);
    const command = becomeCommand(become);
    const exec: Exec = {
      script: [stopScript(shell)],
      become,
      onStdout: () => undefined,
      onStderr: () => undefined,
      signal,
    };
    await runScript(await start(command.words, signal), exec, { become: command });
  };
  return async (exec) => {
    exec.signal?.throwIfAborted();
    const command = commandFor(exec.become);
    const process = await start(command?.words ?? shellWords, exec.signal);
    let shell: string | undefined;
    try {
      return await runScript(process, exec, {
        become: command,
        onBecome(found) {
          shell = found;
        },
      });
    } catch (error) {
      // Best effort: the error that is thrown is the one that matters.
      if (exec.signal?.aborted === true && exec.become !== undefined && shell !== undefined)
        await stop(exec.become, shell).catch(() => undefined);
      throw error;
    }
  };
};
