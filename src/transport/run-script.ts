import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { BecomeFailure, type Exec, type ExecResult } from '../model/transport.ts';
import type { BecomeCommand } from './become.ts';
import { createBecomeGate } from './become-gate.ts';
import type { ShellProcess } from './shell-process.ts';

/** Pieces of a script are sent together up to this size. UTF-16 code units. */
const pieceSize = 64 * 1024;
/** Quiet time after the command's end, after which whoever holds its outputs open (a daemon it left) is not waited for. */
const leftoverMs = 5000;
/** Time for a process that was told to end, after which its end is no longer waited for (the line may be dead). */
const farewellMs = 5000;
/** How long sudo may be silent without asking in our words; a question of another kind (a one-time code) is not answered. */
const becomeSilenceMs = 60_000;

async function* inLargePieces(script: Exec['script'], prologue: string): AsyncGenerator<string> {
  let text = prologue;
  for await (const piece of script) {
    text += piece;
    if (text.length < pieceSize) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** Writes the script and ends it. Returns early when `closed` aborts: a shell that has exited reads no more. */
const sendScript = async (
  stdin: Writable,
  script: Exec['script'],
  prologue: string,
  closed: AbortSignal,
): Promise<void> => {
  for await (const piece of inLargePieces(script, prologue)) {
    if (closed.aborted) return;
    if (stdin.write(piece)) continue;
    try {
      await once(stdin, 'drain', { signal: closed });
    } catch {
      // Closed, or an error that the process's own end tells about.
      return;
    }
  }
  if (!closed.aborted) stdin.end();
};

/** Gives `closed`, or lets go of the process when it has ended and is quiet, though somebody holds its outputs. */
const settled = async (process: ShellProcess, isBusy: () => boolean): Promise<ExecResult> => {
  const leftover = async (): Promise<void> => {
    await process.exited;
    do await wait(leftoverMs, undefined, { ref: false });
    while (isBusy());
    process.release();
  };
  leftover().catch(() => undefined);
  return await process.closed;
};

const lastLines = (text: string, count = 5): string => text.split('\n').slice(-count).join('\n');

const refusal = (said: string, { exitStatus, signal }: ExecResult, hasPassword: boolean): BecomeFailure => {
  const end = signal === null ? `exit status ${exitStatus ?? 'unknown'}` : `signal ${signal}`;
  const words = said === '' ? `sudo started no shell (${end})` : lastLines(said);
  if (exitStatus === 127) return new BecomeFailure(`sudo could not be run; is it installed there? ${words}`);
  const hint = hasPassword ? '' : '; if sudo asks for a password there, give it with -K/--ask-become-pass or ansible_become_password';
  return new BecomeFailure(`${words}${hint}`);
};

/**
 * Runs a script in a started shell: streams it to standard input, its outputs to the callbacks, and takes the steps of
 * becoming another account before it.
 *
 * @param become  undefined: the shell already runs as the wanted account
 * @throws BecomeFailure; Unreachable from the process; the signal's reason once it is aborted
 */
export const runScript = async (
  process: ShellProcess,
  exec: Exec,
  become: BecomeCommand | undefined,
): Promise<ExecResult> => {
  const over = new AbortController();
  let abandon: (reason: unknown) => void = () => undefined;
  const abandoned = new Promise<never>((_resolve, reject) => {
    abandon = reject;
  });
  let farewell: NodeJS.Timeout | undefined;
  let heardSinceLook = false;
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    over.abort();
    process.end();
    farewell ??= setTimeout(() => abandon(failure), farewellMs);
  };
  const onAbort = (): void => fail(exec.signal?.reason);
  const send = (prologue: string): void => {
    sendScript(process.stdin, exec.script, prologue, over.signal).catch(fail);
  };
  const isBusy = (): boolean => {
    const was = heardSinceLook;
    heardSinceLook = false;
    return was;
  };

  let isReady = become === undefined;
  let strayOutput = '';
  const silence = become?.prompt === undefined ? undefined : setTimeout(() => {
    if (!isReady) fail(new BecomeFailure(`sudo does not ask for a password in a way that is known: ${lastLines(gate?.said() ?? '')}`));
  }, becomeSilenceMs);
  const gate = become === undefined ? undefined : createBecomeGate(become, {
    answer: () => void process.stdin.write(`${exec.become?.password ?? ''}\n`),
    onRefused: fail,
    onPassed(rest) {
      isReady = true;
      clearTimeout(silence);
      if (rest.length > 0) exec.onStderr(rest);
      if (become.prompt !== undefined) send(become.prologue);
    },
  });

  process.stdout.on('data', (chunk: Uint8Array) => {
    heardSinceLook = true;
    if (!isReady) strayOutput = (strayOutput + Buffer.from(chunk).toString('utf8')).slice(-2000);
    exec.onStdout(chunk);
  });
  process.stderr.on('data', (chunk: Uint8Array) => {
    heardSinceLook = true;
    if (gate === undefined || isReady) exec.onStderr(chunk);
    else gate.feed(chunk);
  });
  // A shell that exits before it has read everything closes the pipe: that is its right, and its status says why.
  process.stdin.on('error', () => undefined);

  exec.signal?.addEventListener('abort', onAbort, { once: true });
  if (exec.signal?.aborted === true) onAbort();
  else if (become?.prompt === undefined) send(become?.prologue ?? '');
  try {
    const result = await Promise.race([settled(process, isBusy), abandoned]);
    if (failure !== undefined) throw failure;
    if (!isReady && gate !== undefined)
      throw refusal([gate.said(), strayOutput.trim()].filter((text) => text !== '').join('\n'), result, exec.become?.password !== undefined);
    return result;
  } catch (error) {
    throw failure ?? error;
  } finally {
    over.abort();
    clearTimeout(silence);
    clearTimeout(farewell);
    exec.signal?.removeEventListener('abort', onAbort);
  }
};
