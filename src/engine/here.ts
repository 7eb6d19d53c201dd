import type { ActionOutcome, HereStep } from '../model/action.ts';
import type { Sh } from '../model/sh.ts';
import { type Become, BecomeFailure, Unreachable } from '../model/transport.ts';
import { sh } from '../shell/sh.ts';
import { bytesOfBase64 } from '../util/bytes-of-base64.ts';
import { sha256 } from '../util/sha256.ts';
import type { Line } from './line.ts';
import type { Questions } from './questions.ts';
import type { RunOptions } from './run-options.ts';

/** What steps that are done here may use. */
export interface HereWorld {
  readonly line: Line;
  readonly become: Become | undefined;
  readonly options: RunOptions;
  readonly questions: Questions;
  /** Of the task and its item: a question of it is asked once. */
  readonly id: string;
  /** Tells that something is waited for. */
  waitFor(detail: string): void;
}

type Said = Pick<ActionOutcome, 'exitStatus' | 'stdout' | 'stderr'>;

const done: Said = { exitStatus: 0, stdout: '', stderr: '' };

const failed = (stderr: string): Said => ({ exitStatus: 1, stdout: '', stderr });

/** Between tries to log in to a host that restarts. Milliseconds. */
const restartPauseMs = 2000;

const decode = (chunks: readonly Uint8Array[]): string => new TextDecoder().decode(Buffer.concat(chunks));

/** A piece of sh by itself, as the account that scripts run as. @throws Unreachable, BecomeFailure */
const runAlone = async (piece: Sh, { line, become, options }: HereWorld): Promise<Said> => {
  const [stdout, stderr]: [Uint8Array[], Uint8Array[]] = [[], []];
  const { exitStatus } = await line.exec({
    script: [`(\n${piece.sh}\n) </dev/null\nexit $?\n`],
    become,
    onStdout: (chunk) => void stdout.push(chunk),
    onStderr: (chunk) => void stderr.push(chunk),
    signal: options.signal,
  });
  return { exitStatus: exitStatus ?? 255, stdout: decode(stdout), stderr: decode(stderr) };
};

const wait = async (seconds: number, { options, waitFor }: HereWorld): Promise<Said> => {
  waitFor(`${seconds} s`);
  await options.sleep(seconds * 1000);
  return done;
};

/** Nobody to ask is no failure: who starts runs by a timer has left the answer open. */
const ask = async (
  { question, hidden }: HereStep & { readonly type: 'ask' },
  { questions, id, waitFor }: HereWorld,
): Promise<Said> => {
  waitFor('an answer');
  return { ...done, stdout: (await questions.ask(id, question, { hidden })) ?? '' };
};

const fetchFile = async (
  { path, to, sha256: wanted }: HereStep & { readonly type: 'fetch' },
  world: HereWorld,
): Promise<Said> => {
  const { machine } = world.options;
  if (machine === undefined) return failed('nothing may be written on this machine');
  const said = await runAlone(sh`base64 -w 0 <${path}`, world);
  if (said.exitStatus !== 0) return said;
  const bytes = bytesOfBase64(said.stdout);
  if (wanted !== undefined && sha256(bytes) !== wanted)
    return failed(`${path} has changed while it was fetched: its checksum is another`);
  try {
    await machine.write(to, bytes);
  } catch (error) {
    return failed(`cannot write ${to}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return done;
};

const reconnect = async (
  { delaySeconds, sleepSeconds, timeoutSeconds }: HereStep & { readonly type: 'reconnect' },
  { line, options, waitFor }: HereWorld,
): Promise<Said> => {
  waitFor('the host to be reached');
  await options.sleep(delaySeconds * 1000);
  try {
    await line.reopen(options.now().getTime() + timeoutSeconds * 1000, sleepSeconds * 1000);
    return done;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return failed(`timed out waiting for the host to be reached: ${error.message}`);
  }
};

/** What the piece says, '' while the host is not there. */
const askAgain = async (piece: Sh, world: HereWorld): Promise<Said> => {
  try {
    return await runAlone(piece, world);
  } catch (error) {
    if (error instanceof Unreachable || error instanceof BecomeFailure) return failed(error.message);
    throw error;
  }
};

/** Logs in and asks, until the answer is right. @returns false: time is up */
const until = async (
  isRight: (said: Said) => boolean,
  piece: Sh,
  deadline: number,
  world: HereWorld,
): Promise<boolean> => {
  const { line, options } = world;
  for (;;) {
    try {
      await line.reopen(deadline, restartPauseMs);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      return false;
    }
    if (isRight(await askAgain(piece, world))) return true;
    if (options.now().getTime() >= deadline) return false;
    await options.sleep(restartPauseMs);
  }
};

/** The lowest exit status of a command that a signal has ended. */
const bySignal = 128;

/**
 * Has the host restarted. The line may go down under the command, or the command with the host: what it was to do is then done.
 *
 * @returns why it has not begun to; undefined: it has
 */
const refusalOf = async (command: Sh, world: HereWorld): Promise<string | undefined> => {
  try {
    const { exitStatus, stdout, stderr } = await runAlone(command, world);
    if (exitStatus === 0 || exitStatus >= bySignal) return undefined;
    return [`Exit status ${exitStatus}`, stderr.trim(), stdout.trim()]
      .filter((text) => text !== '')
      .join(': ');
  } catch (error) {
    if (error instanceof Unreachable || error instanceof BecomeFailure) return undefined;
    throw error;
  }
};

const reboot = async (
  { command, bootId, test, afterSeconds, timeoutSeconds }: HereStep & { readonly type: 'reboot' },
  world: HereWorld,
): Promise<Said> => {
  const { options, waitFor } = world;
  const before = await runAlone(bootId, world);
  if (before.exitStatus !== 0)
    return failed(`what tells one start of the host from another could not be read: ${before.stderr.trim()}`);
  const refusal = await refusalOf(command, world);
  if (refusal !== undefined) return failed(`Reboot command failed. ${refusal}`);
  waitFor('the host to restart');
  await options.sleep(afterSeconds * 1000);
  const restarted = await until(
    ({ exitStatus, stdout }) => exitStatus === 0 && stdout !== before.stdout,
    bootId,
    options.now().getTime() + timeoutSeconds * 1000,
    world,
  );
  if (!restarted) return failed(`Timed out waiting for last boot time check (timeout=${timeoutSeconds})`);
  waitFor('the host to be ready');
  const ready = await until(
    ({ exitStatus }) => exitStatus === 0,
    test,
    options.now().getTime() + timeoutSeconds * 1000,
    world,
  );
  return ready ? done : failed(`Timed out waiting for post-reboot test command (timeout=${timeoutSeconds})`);
};

const carryOut = (step: HereStep, world: HereWorld): Promise<Said> => {
  switch (step.type) {
    case 'wait':
      return wait(step.seconds, world);
    case 'ask':
      return ask(step, world);
    case 'fetch':
      return fetchFile(step, world);
    case 'reconnect':
      return reconnect(step, world);
    case 'reboot':
      return reboot(step, world);
  }
};

/** Does what an action says that is done here. @throws Unreachable, BecomeFailure */
export const doHere = async (step: HereStep, world: HereWorld): Promise<ActionOutcome> => {
  const startedAt = world.options.now();
  const said = await carryOut(step, world);
  return { ...said, startedAt, durationMs: world.options.now().getTime() - startedAt.getTime() };
};
