import type { Action, ActionOutcome } from '../model/action.ts';
import type { Identity } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { runAs } from '../shell/run-as.ts';
import { joinSh, rawSh } from '../shell/sh.ts';
import { createDeadline, Overdue } from '../util/deadline.ts';
import { BrokenScript } from './broken-script.ts';
import type { Line } from './line.ts';
import type { WantedFacts } from './observe.ts';
import type { Observation } from './overlay.ts';
import { createScriptReader, type Remark } from './script-reader.ts';
import { runAgain, runHere, type ScriptOptions, type ScriptRun } from './script-run.ts';
import { runWave } from './wave-run.ts';

/** An action of a task, ready to be sent. */
export interface SentAction<T> {
  readonly task: T;
  readonly action: Action;
  /** Bookkeeping that belongs to the change: run before it (a debt) and after it, as the script's own account. */
  readonly before?: Sh | undefined;
  readonly after?: Sh | undefined;
  readonly identity: Identity;
}

/** What the caller hears while the script runs. */
export interface ExchangeListener<T> {
  started(sent: SentAction<T>): void;
  printed(sent: SentAction<T>, stream: 'stdout' | 'stderr', text: string): void;
  ended(sent: SentAction<T>, outcome: ActionOutcome): void;
  /** The look after the actions began. */
  observing(): void;
  /** Another run has the host, and is waited for. @param holder  what it says of itself */
  locked(holder: string): void;
}

export interface ExchangeResult {
  /** Outcomes of the actions that ran, in order; the last one may have failed, those after it did not run. */
  readonly outcomes: readonly ActionOutcome[];
  readonly observation: Observation;
  /** Nothing was done, since what the actions were planned by may be of yesterday: another run may have changed it. */
  readonly isStale: boolean;
}

export interface ExchangeOptions extends ScriptOptions {
  /** Name of the machine, where it is not the host that it is done for. */
  readonly on?: string | undefined;
  readonly now: () => Date;
  readonly signal: AbortSignal | undefined;
  /** What is done may be done again: it need not go on when the line is lost. */
  readonly isRepeatable?: boolean;
  /** For an action that sets none, and for the whole look. Milliseconds. */
  readonly timeoutMs: number;
  /** For a look that says nothing. Milliseconds. Default: ten minutes. */
  readonly silenceMs?: number | undefined;
}

/**
 * A look that says nothing for so long reads what has no end (a kernel's file, a mount that hangs). A file of 60 GB takes so long to be
 * hashed, pip half as long to ask its index at most. Milliseconds.
 */
const longestSilenceMs = 600_000;

/** What a lock has to say, by far; a host that says more is none of ours. */
const mostRemarks = 200;

/** What to do where the folder of the lock cannot be made or written to. */
const whereLockIs =
  "the lock lies in ~/.local/state/syn-deploy of the account, root's in /run/syn-deploy: let the account write there (ls -ld ~ ~/.local), or become root";

const inSeconds = (ms: number): number => Math.round(ms / 1000);

/** An action, or the look, took longer than allowed, or the look said nothing for too long; the channel was closed. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** Another run has the host, or nobody can have it. */
export class Locked extends Error {
  override readonly name = 'Locked';
}

/** A shell of another account knows nothing of the `set -e` around it. */
const actionSh = <T>({ action, identity }: SentAction<T>): Sh =>
  identity.user === undefined ? action.sh : joinSh([rawSh('set -e'), action.sh]);

const bodyOf = <T>(sent: SentAction<T>): Sh =>
  joinSh(
    [sent.before, runAs(sent.identity, actionSh(sent)), sent.after].filter((piece) => piece !== undefined),
  );

const describeOverdue = <T>(
  { timeoutMs }: Overdue,
  { reader, wanted }: ScriptRun<T>,
  isSilence: boolean,
  running: Action | undefined,
): string => {
  const time = `${inSeconds(timeoutMs)} s`;
  if (running !== undefined)
    return `ended after ${time}${running.timeoutMs === undefined ? ' (--task-timeout)' : ''}`;
  const kind = reader.openSection();
  if (kind === undefined) return `the script has not begun after ${time}`;
  const what = `${kind} facts (${wanted.describe(kind)})`;
  return isSilence
    ? `nothing was heard for ${time} of the look at ${what}; is it something that has no end, or a file system that hangs?`
    : `the look has no end after ${time}; it was at ${what}`;
};

/**
 * One exec: the actions in order, none after the first that fails, then a look at the wanted facts. Where a lock is given, the actions
 * go on when the line is lost, and are found again.
 *
 * @throws Unreachable, BecomeFailure from the transport; TimedOut; BrokenScript; Locked
 */
export const exchange = async <T>(
  line: Line,
  actions: readonly SentAction<T>[],
  wanted: WantedFacts,
  listener: ExchangeListener<T>,
  options: ExchangeOptions,
): Promise<ExchangeResult> => {
  const { lock, stop } = options;
  const acts = actions.length > 0;
  const silenceMs = options.silenceMs ?? longestSilenceMs;
  const silence = createDeadline(silenceMs);
  if (acts) silence.stop();
  // A look may be ended at any time.
  const deadline = createDeadline(options.timeoutMs, options.signal, silence.signal, acts ? undefined : stop);
  let trouble: BrokenScript | undefined;
  let refusal: string | undefined;
  let isStale = false;
  let remarks = 0;
  const onRefused = (error: BrokenScript): void => {
    trouble ??= error;
    deadline.abort(error);
  };
  const onRemark = (remark: Remark, text: string): void => {
    remarks += 1;
    if (remarks > mostRemarks) onRefused(new BrokenScript('the host does not stop to talk of its lock'));
    else if (remark === 'locked') {
      const lockMs = (lock?.timeoutS ?? 0) * 1000;
      deadline.restart(lockMs + options.timeoutMs);
      if (!acts) silence.restart(lockMs + silenceMs);
      listener.locked(text);
    } else if (remark === 'free') deadline.restart(options.timeoutMs);
    else if (remark === 'refused') refusal = `another run has ${options.on ?? 'this host'}: ${text}`;
    else if (remark === 'unlockable')
      refusal = `it cannot be made sure that no other run changes ${options.on ?? 'this host'}: ${text}\n${whereLockIs}`;
    else if (remark === 'stale') isStale = true;
  };
  let running: Action | undefined;
  const timed: ExchangeListener<T> = {
    ...listener,
    started(sent) {
      running = sent.action;
      const { timeoutMs = options.timeoutMs, pauseMs = 0 } = sent.action;
      deadline.restart(timeoutMs + pauseMs);
      listener.started(sent);
    },
    ended(sent, outcome) {
      // One stream may tell of the next action before the other has come to the end of this one.
      if (running === sent.action) running = undefined;
      listener.ended(sent, outcome);
    },
    observing() {
      deadline.restart(options.timeoutMs);
      silence.restart(silenceMs);
      listener.observing();
    },
  };
  const steps = actions.map((sent, index) => ({ index, sh: bodyOf(sent) }));
  let scriptRun: ScriptRun<T>;
  const start = (): ScriptRun<T> => {
    const nonce = options.nonce();
    const kinds = wanted.kinds();
    const reader = createScriptReader(nonce, {
      ...{ actions, kinds, listener: timed, now: options.now, onRemark, onRefused },
    });
    const onHeard = (): void => {
      if (!acts || reader.openSection() !== undefined) silence.restart(silenceMs);
    };
    const { signal } = deadline;
    scriptRun = { line, wanted, steps, nonce, reader, onRemark, onHeard, signal, options };
    return scriptRun;
  };
  scriptRun = start();
  try {
    if (!acts || options.isRepeatable === true) scriptRun = await runAgain(start, line);
    else if (lock === undefined || !(await runWave(scriptRun, line, lock))) await runHere(scriptRun);
  } catch (error) {
    if (trouble !== undefined) throw trouble;
    const reason: unknown = deadline.signal.reason;
    if (!(reason instanceof Overdue)) throw error;
    throw new TimedOut(describeOverdue(reason, scriptRun, silence.signal.aborted, running), { cause: error });
  } finally {
    deadline.stop();
    silence.stop();
  }
  if (trouble !== undefined) throw trouble;
  if (refusal !== undefined) throw new Locked(refusal);
  const { reader } = scriptRun;
  const isCut = isStale || (acts && stop?.aborted === true);
  return {
    outcomes: reader.outcomes,
    observation: isCut ? new Map() : wanted.parse(reader.takeSections()),
    isStale,
  };
};
