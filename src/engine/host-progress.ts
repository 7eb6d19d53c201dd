import type { ActionOutcome } from '../model/action.ts';
import type { Handler, Play } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import type { TaskReport } from '../model/report.ts';
import { findUnknown } from '../template/values.ts';
import { isCaught, isRescued } from './blocks.ts';
import type { Debts } from './debts.ts';
import type { SentAction } from './exchange.ts';
import type { Dynamic } from './host-variables.ts';
import type { Accounts } from './identity.ts';
import type { Actor } from './known-causes.ts';
import { judge, type Verdict } from './outcome.ts';
import type { Progress } from './pass-options.ts';
import type { PassResult } from './pass-result.ts';
import { isUnprovable, type PlannedTask, type Settled } from './planned.ts';
import { provenByRunning } from './proven-by-running.ts';
import type { Registered } from './results.ts';
import type { HostWork } from './run-options.ts';
import { type Step, sequenceOf } from './sequence.ts';
import type { TaskReports } from './task-reports.ts';

/** A task that did not make it, and whether it may be tried again. */
export interface Unsettled {
  readonly planned: PlannedTask;
  readonly message: string;
  readonly again: boolean;
  /** What it came to; undefined: it was not even tried. */
  readonly registered: Registered | undefined;
}

type Outcomes = ReadonlyMap<PlannedTask, readonly ActionOutcome[]>;

/** What a pass had to do went out so. */
interface Wave {
  readonly sent: readonly SentAction<PlannedTask>[];
  readonly causes: ReadonlyMap<PlannedTask, TaskReport['cause']>;
}

/** What a host has behind it, and what of it is final. */
export class HostProgress {
  readonly #reports: TaskReports;
  readonly #debts: Debts;
  readonly #setBefore: Dynamic;
  readonly #accounts: Accounts;
  readonly #steps: Step[];
  readonly #settled = new Map<string, Settled>();
  readonly #notified = new Map<Play, Set<Handler>>();
  readonly #passedSteps = new Set<Step>();
  readonly #attempts = new Map<string, number>();
  #unprovable = false;
  /** The last pass went through all steps, and what it had to do was done. */
  #isThrough = false;

  /** @param setBefore  what tasks have set in earlier batches */
  constructor(work: HostWork, reports: TaskReports, debts: Debts, setBefore: Dynamic, accounts: Accounts) {
    this.#reports = reports;
    this.#debts = debts;
    this.#setBefore = setBefore;
    this.#accounts = accounts;
    this.#steps = sequenceOf(work);
  }

  get firstStep(): Step | undefined {
    return this.#steps[0];
  }

  /** Something was done that nobody can look at. */
  get isUnprovable(): boolean {
    return this.#unprovable;
  }

  /** Nothing is left to be come to: no task, and no handler that is owed. */
  get isAtEnd(): boolean {
    return this.#isThrough && this.debtText() === '';
  }

  /** What a pass goes on from. */
  get forPass(): Progress {
    return {
      steps: this.#steps,
      settled: this.#settled,
      notified: this.#notified,
      passedSteps: this.#passedSteps,
      hasTriesLeft: ({ instance, ref, isOver }) =>
        isOver !== true &&
        instance?.task.until !== undefined &&
        (this.#attempts.get(ref.id) ?? 0) < instance.task.retries,
      debts: this.#debts,
      setBefore: this.#setBefore,
    };
  }

  /** What a pass goes on from that looks at everything anew. */
  get forProof(): Progress {
    return {
      ...this.forPass,
      steps: [...this.#steps],
      settled: provenByRunning(this.#settled),
      passedSteps: new Set(),
    };
  }

  /** The play that the step stands for has begun. */
  begin(step: Step): void {
    this.#passedSteps.add(step);
  }

  /** Reports the tasks that were never come to. */
  reportUnattempted(): void {
    this.#reports.unattempted(this.#steps, this.#passedSteps);
  }

  /** Why a task failed after which the host went on. */
  failureOf({ ref }: PlannedTask): string | undefined {
    return this.#settled.get(ref.id)?.failure;
  }

  /** The project's files as a task that is over was decided by them: it is proved by the same ones. */
  filesOf(id: string): ProjectFiles | undefined {
    return this.#settled.get(id)?.planned.files;
  }

  /** Which try of the task, by its id, the next one is; 1: the first. */
  attemptOf(id: string): number {
    return (this.#attempts.get(id) ?? 0) + 1;
  }

  /** One more try of a task with `until`. @returns which one; undefined: there are none left */
  nextAttempt({ instance, ref, isOver }: PlannedTask): number | undefined {
    const task = instance?.task;
    if (task?.until === undefined || isOver === true) return undefined;
    const attempts = (this.#attempts.get(ref.id) ?? 0) + 1;
    this.#attempts.set(ref.id, attempts);
    return attempts > task.retries ? undefined : attempts;
  }

  /** Handlers that do not come to run, for people. */
  debtText(): string {
    const owed = [...this.#notified.values()].flatMap((handlers) =>
      [...handlers].map((handler) => handler.name?.text ?? handler.id),
    );
    return owed.length === 0 ? '' : `\nowed, and run by the next apply: ${[...new Set(owed)].join(', ')}`;
  }

  /** Makes decisions final, in order, as far as their actions succeeded. */
  commit(pass: PassResult, outcomes: Outcomes, wave?: Wave): Unsettled | undefined {
    const end = this.#commitLog(pass, outcomes, wave);
    this.#isThrough = end === undefined && pass.stop === undefined;
    return end === 'cut' ? undefined : end;
  }

  /** @returns what ended it early; `cut`: a task that went wrong and has not failed, behind which nothing was done */
  #commitLog(
    { log }: PassResult,
    outcomes: Outcomes,
    { sent, causes }: Wave = { sent: [], causes: new Map() },
  ): Unsettled | 'cut' | undefined {
    const asked = new Set(sent.map(({ task }) => task));
    for (const entry of log) {
      if (entry.type === 'step') this.#passStep(entry.step);
      else if (entry.type === 'end') this.#end(entry.step, entry.of);
      else {
        const { planned } = entry;
        const mine = outcomes.get(planned) ?? [];
        if (asked.has(planned) && mine.length === 0)
          return { planned, message: 'not attempted', again: false, registered: undefined };
        // What it found hangs on something that was done with it: only the next look tells.
        const isOpen =
          sent.length > 0 && !asked.has(planned) && findUnknown(planned.registered) !== undefined;
        if (planned.plan.actions.length === 0) {
          if (!isOpen) this.#settleQuiet(planned, asked.has(planned));
        } else {
          const unsettled = this.#settleActed(planned, mine, causes.get(planned) ?? null);
          if (unsettled !== undefined) return unsettled;
        }
      }
    }
    return undefined;
  }

  #settleQuiet(planned: PlannedTask, hadDebts: boolean): void {
    if (hadDebts) this.#settleDebts(planned);
    const { registered, error, outcome } = planned;
    if (outcome === 'failed') {
      this.settleFailed({ planned, message: error?.message ?? '', registered });
      return;
    }
    this.#settle(planned, { registered, changed: registered['changed'] === true });
    this.#reports.quiet(planned);
  }

  #actorOf({ delegated, identity }: PlannedTask): Actor | undefined {
    if (delegated !== undefined) return undefined;
    const account = identity.user ?? this.#accounts.exec;
    return { account, isLogin: account === this.#accounts.login };
  }

  #settleActed(
    planned: PlannedTask,
    outcomes: readonly ActionOutcome[],
    cause: TaskReport['cause'],
  ): Unsettled | 'cut' | undefined {
    const verdict = judge(planned, outcomes, this.attemptOf(planned.ref.id), this.#actorOf(planned));
    const { failure, overruled } = verdict;
    const isCut = outcomes.length < planned.plan.actions.length && overruled === undefined;
    if (failure !== undefined || verdict.again || isCut) {
      const message = failure ?? 'until is not true';
      const isLast = verdict.again && !this.forPass.hasTriesLeft(planned);
      const task = planned.instance?.task;
      const counted = isLast && task !== undefined ? { attempts: task.retries } : {};
      const registered = { ...verdict.registered, ...counted, failed: true };
      // By its `failed_when` it has not failed, whatever its `until` says.
      if (isLast && task?.failedWhen !== undefined && failure === undefined)
        return this.#settleDone(planned, { ...verdict, registered }, cause);
      return { planned, message, again: verdict.again, registered };
    }
    return this.#settleDone(planned, verdict, cause);
  }

  #settleDone(planned: PlannedTask, verdict: Verdict, cause: TaskReport['cause']): 'cut' | undefined {
    this.#settle(planned, verdict);
    // The note of what is done stands behind the action, and is not come to when that fails.
    this.#settleDebts(planned, verdict.overruled === undefined);
    if (isUnprovable(planned)) this.#unprovable ||= !planned.ref.handler;
    this.#reports.acted(planned, verdict, cause);
    return verdict.overruled === undefined ? undefined : 'cut';
  }

  /**
   * A task has failed for good.
   *
   * @returns whether the host goes on: its failures are ignored, or a block around it has something for that case
   */
  settleFailed({ planned, message, registered }: Omit<Unsettled, 'again'>): boolean {
    const { ignoreErrors, within } = planned;
    if (registered === undefined || !(ignoreErrors || isCaught(within))) {
      this.#reports.failed(planned, message, registered);
      return false;
    }
    // As by Ansible whatever failed says why, in `msg`.
    this.#settle(planned, { registered: { msg: message, ...registered }, changed: false }, message);
    if (ignoreErrors) this.#reports.ignored(planned, message);
    else if (isRescued(within)) this.#reports.rescued(planned, message);
    else this.#reports.failed(planned, message);
    return true;
  }

  /** The rest of the play, or of all plays, is not for this host. */
  #end(step: Step, of: 'play' | 'host'): void {
    const from = this.#steps.indexOf(step) + 1;
    const end = this.#steps.findIndex(({ type, play }) => type === 'play-end' && play === step.play);
    this.#steps.splice(from, (of === 'play' ? end : this.#steps.length) - from);
  }

  /** NOTE: later passes go through it again: what was notified since is not that flush's. */
  #passStep(step: Step): void {
    if (this.#passedSteps.has(step)) return;
    if (step.type === 'flush') this.#notified.delete(step.play);
    if (step.type !== 'entry') this.#passedSteps.add(step);
  }

  #settle(
    planned: PlannedTask,
    { registered, changed, overruled }: Pick<Verdict, 'registered' | 'changed' | 'overruled'>,
    failure?: string,
  ): void {
    const task = planned.instance?.task;
    // Of tries that were all in vain Ansible counts the retries.
    const attempts = failure === undefined ? this.attemptOf(planned.ref.id) : Math.max(1, task?.retries ?? 1);
    const noted = task?.until === undefined ? registered : { ...registered, attempts };
    this.#settled.set(planned.ref.id, { planned, registered: noted, changed, failure, overruled });
    if (!changed) return;
    for (const { play, handler } of planned.notifies) {
      const known = this.#notified.get(play) ?? new Set<Handler>();
      known.add(handler);
      this.#notified.set(play, known);
    }
  }

  #settleDebts({ settles }: PlannedTask, isNoted = true): void {
    for (const id of settles) this.#debts.settle(id, isNoted);
  }
}
