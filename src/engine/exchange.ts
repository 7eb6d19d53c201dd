import type { Action, ActionOutcome } from '../model/action.ts';
import type { Identity } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, runAs } from '../shell/sh.ts';
import { createDeadline, Overdue } from '../util/deadline.ts';
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
  readonly now: () => Date;
  readonly signal: AbortSignal | undefined;
  /** What is done may be done again: it need not go on when the line is lost. */
  readonly isRepeatable?: boolean;
  /** For an action that sets none, and for the whole look. Milliseconds. */
  readonly timeoutMs: number;
}

/** An action, or the look, took longer than allowed; the channel was closed. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** Another run has the host, or nobody can have it. */
export class Locked extends Error {
  override readonly name = 'Locked';
}

const bodyOf = <T>({ action, before, after, identity }: SentAction<T>): Sh =>
  joinSh([before, runAs(identity, action.sh), after].filter((piece) => piece !== undefined));

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
  // A look may be ended at any time.
  const deadline = createDeadline(options.timeoutMs, options.signal, acts ? undefined : stop);
  let refusal: string | undefined;
  let isStale = false;
  const onRemark = (remark: Remark, text: string): void => {
    if (remark === 'locked') {
      deadline.restart((lock?.timeoutS ?? 0) * 1000 + options.timeoutMs);
      listener.locked(text);
    } else if (remark === 'free') deadline.restart(options.timeoutMs);
    else if (remark === 'refused') refusal = `another run has this host: ${text}`;
    else if (remark === 'unlockable')
      refusal = `it cannot be made sure that no other run changes this host: ${text}`;
    else if (remark === 'stale') isStale = true;
  };
  const timed: ExchangeListener<T> = {
    ...listener,
    started(sent) {
      deadline.restart(sent.action.timeoutMs ?? options.timeoutMs);
      listener.started(sent);
    },
    observing() {
      deadline.restart(options.timeoutMs);
      listener.observing();
    },
  };
  const steps = actions.map((sent, index) => ({ index, sh: bodyOf(sent) }));
  const start = (): ScriptRun<T> => {
    const nonce = options.nonce();
    const reader = createScriptReader(nonce, actions, timed, options.now, onRemark);
    return { line, wanted, steps, nonce, reader, onRemark, signal: deadline.signal, options };
  };
  let scriptRun = start();
  try {
    if (!acts || options.isRepeatable === true) scriptRun = await runAgain(start, line);
    else if (lock === undefined || !(await runWave(scriptRun, line, lock))) await runHere(scriptRun);
  } catch (error) {
    const reason: unknown = deadline.signal.reason;
    if (!(reason instanceof Overdue)) throw error;
    throw new TimedOut(`no end after ${Math.round(reason.timeoutMs / 1000)} s`, { cause: error });
  } finally {
    deadline.stop();
  }
  if (refusal !== undefined) throw new Locked(refusal);
  const { reader } = scriptRun;
  const isCut = isStale || (acts && stop?.aborted === true);
  return {
    outcomes: reader.outcomes,
    observation: isCut ? new Map() : wanted.parse(reader.takeSections()),
    isStale,
  };
};
