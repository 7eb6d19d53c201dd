import type { Exec, ExecResult } from '../model/transport.ts';
import { deferred } from '../util/deferred.ts';
import { settledWithin } from '../util/settled-within.ts';
import type { BecomeCommand } from './become.ts';
import { createBecomeGate } from './become-gate.ts';
import { sendScript } from './send-script.ts';
import type { ShellProcess } from './shell-process.ts';

/** Quiet time after the command's end, after which whoever holds its outputs open (a daemon it left) is not waited for. */
const leftoverMs = 5000;
/** Time for a process that was told to end, after which its end is no longer waited for (the line may be dead). */
const farewellMs = 5000;

/** What `runScript` needs besides the script. */
export interface RunScriptOptions {
  /** Undefined: the shell already runs as the wanted account. */
  readonly become: BecomeCommand | undefined;
  /** The account's shell is there. @param shell  see `BecomeCommand.ready` */
  onBecome?(shell: string): void;
}

/** How a script came to its end: with its shell, or in one that goes on. */
export interface RunScriptResult extends ExecResult {
  readonly isKept: boolean;
}

/** Ends a process on the first failure, which it keeps. `abandoned` rejects when the process's end is waited for no longer. */
const createFailure = (process: ShellProcess) => {
  let first: { readonly reason: unknown } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let abandon: (reason: unknown) => void = () => undefined;
  const abandoned = new Promise<never>((_resolve, reject) => {
    abandon = reject;
  });
  return {
    abandoned,
    of: () => first,
    fail(reason: unknown): void {
      if (first !== undefined) return;
      first = { reason };
      process.end();
      timer = setTimeout(() => abandon(reason), farewellMs);
    },
    stop: (): void => clearTimeout(timer),
  };
};

/** Whether something came since it was last asked. Apart from the script that hears, which is gone before its process is. */
const createEar = () => {
  let heard = false;
  return {
    hear(): void {
      heard = true;
    },
    hasHeard(): boolean {
      const was = heard;
      heard = false;
      return was;
    },
  };
};

/** Lets go of a process that has ended and is quiet, though somebody still holds its outputs. */
const releaseLeftover = async (process: ShellProcess, hasHeard: () => boolean): Promise<void> => {
  await process.exited;
  hasHeard();
  do await settledWithin(process.closed, leftoverMs);
  while (hasHeard());
  process.release();
};

/** Holds nothing, as a function that is made with a script would. */
const ignore = (): void => undefined;

/** Why a script is given up that nobody reads any longer. One for all: each of its own would hold the stack it came from. */
const nobodyReads = new Error('nobody reads the script any longer');

/**
 * Runs a script in a started shell, or in one that was kept: streams it to standard input, its outputs to the callbacks,
 * and takes the steps of becoming another account before it.
 *
 * @throws BecomeFailure; Unreachable from the process; the signal's reason once it is aborted; what a callback throws
 */
export const runScript = async (
  process: ShellProcess,
  exec: Exec,
  { become, onBecome }: RunScriptOptions,
): Promise<RunScriptResult> => {
  const over = new AbortController();
  const failure = createFailure(process);
  const fail = (reason: unknown): void => {
    over.abort(nobodyReads);
    failure.fail(reason);
  };
  const send = (prologue = ''): void => {
    sendScript(process.stdin, exec.script, {
      prologue,
      over: over.signal,
      ends: exec.isOver === undefined,
    }).catch(fail);
  };
  const gate =
    become === undefined
      ? undefined
      : createBecomeGate(become, {
          onPrompt() {
            if (failure.of() === undefined) process.stdin.write(`${exec.become?.password ?? ''}\n`);
          },
          onRefused: fail,
          onPassed(rest, shell) {
            onBecome?.(shell);
            if (failure.of() !== undefined) return;
            if (rest.length > 0) exec.onStderr(rest);
            if (become.prompt !== undefined) send(become.prologue);
          },
        });
  const kept = deferred<RunScriptResult>();
  const ear = createEar();
  const hear = (take: (chunk: Uint8Array) => void) => (chunk: Uint8Array) => {
    ear.hear();
    // After a failure only the gate goes on: the shell that is to be ended may have yet to say its number.
    if (failure.of() !== undefined && gate?.isPassed() !== false) return;
    try {
      take(chunk);
    } catch (error) {
      fail(error);
    }
    if (failure.of() === undefined && exec.isOver?.() === true)
      kept.resolve({ exitStatus: 0, signal: null, isKept: true });
  };
  const onStdout = hear((chunk) => {
    if (gate?.isPassed() === false) gate.readStdout(chunk);
    if (failure.of() === undefined) exec.onStdout(chunk);
  });
  const onStderr = hear((chunk) => {
    if (gate?.isPassed() === false) gate.readStderr(chunk);
    else exec.onStderr(chunk);
  });
  process.stdout.on('data', onStdout);
  process.stderr.on('data', onStderr);
  // A shell that exits before it has read everything closes the pipe: that is its right, and its status says why. Nobody else
  // listens between two scripts: an end that comes then is found out by the next one. Once, however many scripts a shell takes.
  process.stdin.off('error', ignore).on('error', ignore);
  exec.onStarted?.((text) => process.stdin.write(text));

  const onAbort = (): void => fail(exec.signal?.reason);
  exec.signal?.addEventListener('abort', onAbort, { once: true });
  if (exec.signal?.aborted === true) onAbort();
  // A sudo that asks for a password would take the script for it.
  else if (become?.prompt === undefined) send(become?.prologue);
  releaseLeftover(process, ear.hasHeard).catch(failure.fail);
  try {
    const result = await Promise.race([kept.promise, process.closed, failure.abandoned]);
    if (failure.of() === undefined && gate?.isPassed() === false) throw gate.refusal(result);
    if (failure.of() === undefined) return { isKept: false, ...result };
  } catch (error) {
    if (failure.of() === undefined) throw error;
  } finally {
    over.abort(nobodyReads);
    gate?.stop();
    failure.stop();
    exec.signal?.removeEventListener('abort', onAbort);
    process.stdout.off('data', onStdout);
    process.stderr.off('data', onStderr);
  }
  throw failure.of()?.reason;
};
