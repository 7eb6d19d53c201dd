import type { Action, ActionOutcome } from '../model/action.ts';
import type { Identity } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import type { Become, Connection, ExecResult } from '../model/transport.ts';
import { renderScript } from '../shell/script.ts';
import { joinSh, runAs } from '../shell/sh.ts';
import { createDeadline, Overdue } from '../util/deadline.ts';
import type { WantedFacts } from './observe.ts';
import type { Observation } from './overlay.ts';
import { createScriptReader } from './script-reader.ts';

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
}

export interface ExchangeResult {
  /** Outcomes of the actions that ran, in order; the last one may have failed, those after it did not run. */
  readonly outcomes: readonly ActionOutcome[];
  readonly observation: Observation;
}

export interface ExchangeOptions {
  readonly become: Become | undefined;
  /** New for every exec, and not to be guessed. */
  readonly nonce: string;
  readonly now: () => Date;
  readonly signal: AbortSignal | undefined;
  /** For an action that sets none, and for the whole look. Milliseconds. */
  readonly timeoutMs: number;
}

/** An action, or the look, took longer than allowed; the channel was closed. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** The script ended without its last mark: no POSIX sh, a forced command, a killed script. */
export class BrokenScript extends Error {
  override readonly name = 'BrokenScript';
}

const bodyOf = <T>({ action, before, after, identity }: SentAction<T>): Sh =>
  joinSh([before, runAs(identity, action.sh), after].filter((piece) => piece !== undefined));

const describeEnd = ({ exitStatus, signal }: ExecResult): string =>
  signal === null ? `status ${exitStatus ?? 'unknown'}` : `signal ${signal}`;

/**
 * One exec: the actions in order, none after the first that fails, then a look at the wanted facts.
 *
 * @throws Unreachable, BecomeFailure from the transport; TimedOut; BrokenScript
 */
export const exchange = async <T>(
  connection: Connection,
  actions: readonly SentAction<T>[],
  wanted: WantedFacts,
  listener: ExchangeListener<T>,
  options: ExchangeOptions,
): Promise<ExchangeResult> => {
  const deadline = createDeadline(options.timeoutMs, options.signal);
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
  const reader = createScriptReader(options.nonce, actions, timed, options.now);
  const steps = actions.map((sent, index) => ({ index, sh: bodyOf(sent) }));
  try {
    const end = await connection.exec({
      script: renderScript(options.nonce, steps, wanted.sections()),
      become: options.become,
      onStdout: reader.stdout.feed,
      onStderr: reader.stderr.feed,
      isOver: reader.isDone,
      signal: deadline.signal,
    });
    reader.stdout.end();
    reader.stderr.end();
    if (!reader.isDone()) {
      const said = reader.strayText().trim().slice(-500);
      throw new BrokenScript(
        `the script did not come to its end (${describeEnd(end)})${said === '' ? '' : `: ${said}`}`,
      );
    }
  } catch (error) {
    const reason: unknown = deadline.signal.reason;
    if (!(reason instanceof Overdue)) throw error;
    throw new TimedOut(`no end after ${Math.round(reason.timeoutMs / 1000)} s`, { cause: error });
  } finally {
    deadline.stop();
  }
  return { outcomes: reader.outcomes, observation: wanted.parse(reader.takeSections()) };
};
