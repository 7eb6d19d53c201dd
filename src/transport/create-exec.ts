import type { Become, Connection, Exec } from '../model/transport.ts';
import { deferred } from '../util/deferred.ts';
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
/** Time for the shell of another account to say its number, before it is given up on. */
const shellNameMs = 1000;

/**
 * `exec` of a connection, over a way to start processes.
 *
 * A script that has to end early while it runs as another account is out of reach for the account that was logged in
 * as (sudo passes a signal on to the shell only, not to what the shell waits for): a second, small script ends it.
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
    const shell = deferred<string | undefined>();
    let isKnown = false;
    const endAs = async (become: Become): Promise<void> => {
      // Without a prompt the script runs at once, and its output may overtake the word on standard error of whose it is.
      const patience = setTimeout(() => shell.resolve(undefined), shellNameMs);
      const found = await shell.promise;
      clearTimeout(patience);
      if (found !== undefined) await stop(become, found);
    };
    const end = (): void => {
      const hasBegun = command !== undefined && (isKnown || command.prompt === undefined);
      if (exec.become === undefined || !hasBegun) process.end();
      // Best effort: the error that is thrown is what ended the script.
      else endAs(exec.become).then(process.end, process.end);
    };
    return await runScript({ ...process, end }, exec, {
      become: command,
      onBecome(found) {
        isKnown = true;
        shell.resolve(found);
      },
    });
  };
};
