import type { Become, Connection, Exec, ExecResult } from '../model/transport.ts';
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

/** A shell that has run a script to its end, and takes another. */
interface KeptShell {
  readonly process: ShellProcess;
  /** Undefined: it runs as the account that was logged in as. */
  readonly become: Become | undefined;
  /** What was said of it when it was ready. */
  readonly shell: string | undefined;
  /** It may have been told something behind its script, which it has to read. */
  readonly isTold: boolean;
}

/**
 * `exec` of a connection, over a way to start processes.
 *
 * A script that has to end early while it runs as another account is out of reach for the account that was logged in
 * as (sudo passes a signal on to the shell only, not to what the shell waits for): a second, small script ends it.
 *
 * @param user  the account that processes are started as; to become it takes no sudo
 * @returns also `close`, which lets the shell go that was kept for a next script, and resolves when it has read everything
 */
export const createExec = (
  user: string,
  start: StartProcess,
): { readonly exec: Connection['exec']; close(): Promise<void> } => {
  let kept: KeptShell | undefined;

  const becomeOf = ({ become }: Exec): Become | undefined =>
    become === undefined || become.user === user ? undefined : become;

  /** The kept shell, if it is the account's and there still. */
  const takeKept = (become: Become | undefined): KeptShell | undefined => {
    const found = kept?.become?.user === become?.user ? kept : undefined;
    if (found !== undefined) kept = undefined;
    return found;
  };

  const keep = (shell: KeptShell): void => {
    kept?.process.stdin.end();
    kept = shell;
    const forget = (): void => {
      if (kept === shell) kept = undefined;
    };
    shell.process.closed.then(forget, forget);
  };

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

  const exec = async (given: Exec): Promise<ExecResult> => {
    given.signal?.throwIfAborted();
    const become = becomeOf(given);
    const before = takeKept(become);
    // To become the account is behind a shell that was kept.
    const command = before === undefined && become !== undefined ? becomeCommand(become) : undefined;
    const process = before?.process ?? (await start(command?.words ?? shellWords, given.signal));
    const shell = deferred<string | undefined>();
    let found = before?.shell;
    if (found !== undefined) shell.resolve(found);
    const endAs = async (account: Become): Promise<void> => {
      // Without a prompt the script runs at once, and its output may overtake the word on standard error of whose it is.
      const patience = setTimeout(() => shell.resolve(undefined), shellNameMs);
      const name = await shell.promise;
      clearTimeout(patience);
      if (name !== undefined) await stop(account, name);
    };
    const end = (): void => {
      const hasBegun = found !== undefined || (command !== undefined && command.prompt === undefined);
      if (become === undefined || !hasBegun) process.end();
      // Best effort: the error that is thrown is what ended the script.
      else endAs(become).then(process.end, process.end);
    };
    const { isKept, ...result } = await runScript({ ...process, end }, given, {
      become: command,
      onBecome(name) {
        found = name;
        shell.resolve(name);
      },
    });
    if (isKept) keep({ process, become, shell: found, isTold: given.onStarted !== undefined });
    return result;
  };
  const close = async (): Promise<void> => {
    const shell = kept;
    shell?.process.stdin.end();
    if (shell?.isTold === true) await shell.process.closed.catch(() => undefined);
  };
  return { exec, close };
};
