import type { ActionOutcome } from '../model/action.ts';
import type { Handler, Play } from '../model/play.ts';
import type { TaskReport } from '../model/report.ts';
import type { Debts } from './debts.ts';
import type { SentAction } from './exchange.ts';
import type { Dynamic } from './host-variables.ts';
import { judge, type Verdict } from './outcome.ts';
import type { Progress } from './pass-options.ts';
import type { PassResult } from './pass-result.ts';
import { isUnprovable, type PlannedTask, type Settled } from './planned.ts';
import type { HostWork } from './run-options.ts';
import { type Step, sequenceOf } from './sequence.ts';
import type { TaskReports } from './task-reports.ts';

/** A task that did not make it, and whether it may be tried again. */
export interface Unsettled {
  readonly planned: PlannedTask;
  readonly message: string;
  readonly again: boolean;
}

/** What a host has behind it, and what of it is final. */
export class HostProgress {
  readonly #reports: TaskReports;
  readonly #debts: Debts;
  readonly #setBefore: Dynamic;
  readonly #steps: Step[];
  readonly #settled = new Map<string, Settled>();
  readonly #notified = new Map<Play, Set<Handler>>();
  readonly #passedSteps = new Set<Step>();
  readonly #attempts = new Map<string, number>();
  #unprovable = false;

  /** @param setBefore  what tasks have set in earlier batches */
  constructor(work: HostWork, reports: TaskReports, debts: Debts, setBefore: Dynamic) {
    this.#reports = reports;
    this.#debts = debts;
    this.#setBefore = setBefore;
    this.#steps = sequenceOf(work);
  }

  get firstStep(): Step | undefined {
    return this.#steps[0];
  }

  /** Something was done that nobody can look at. */
  get isUnprovable(): boolean {
    return this.#unprovable;
  }

  /** What a pass goes on from. */
  get forPass(): Progress {
    return {
      steps: this.#steps,
      settled: this.#settled,
      notified: this.#notified,
      passedSteps: this.#passedSteps,
      debts: this.#debts,
      setBefore: this.#setBefore,
    };
  }

  /** What a pass goes on from that looks at everything anew. */
  get forProof(): Progress {
    return {
      ...this.forPass,
      steps: [...this.#steps],
      settled: this.#provenByRunning(),
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

  /** One more try of a task with `until`. @returns which one; undefined: there are none left */
  nextAttempt({ instance, ref }: PlannedTask): number | undefined {
    const task = instance?.task;
    if (task?.until === undefined) return undefined;
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
  commit(
    { log }: PassResult,
    outcomes: ReadonlyMap<PlannedTask, readonly ActionOutcome[]>,
    {
      sent,
      causes,
    }: {
      readonly sent: readonly SentAction<PlannedTask>[];
      readonly causes: ReadonlyMap<PlannedTask, TaskReport['cause']>;
    } = { sent: [], causes: new Map() },
  ): Unsettled | undefined {
    const asked = new Set(sent.map(({ task }) => task));
    for (const entry of log) {
      if (entry.type === 'step') {
        this.#passStep(entry.step);
        continue;
      }
      const { planned } = entry;
      const { plan, registered } = planned;
      const mine = outcomes.get(planned) ?? [];
      if (asked.has(planned) && mine.length === 0) return { planned, message: 'not attempted', again: false };
      if (plan.actions.length === 0) {
        if (asked.has(planned)) this.#settleDebts(planned);
        this.#settle(planned, { registered, changed: registered['changed'] === true });
        this.#reports.quiet(planned);
        continue;
      }
      const verdict = judge(planned, mine);
      if (verdict.failure !== undefined || verdict.again || mine.length < plan.actions.length) {
        const message = verdict.failure ?? 'until is not true';
        if (!planned.ignoreErrors || verdict.again) return { planned, message, again: verdict.again };
        this.#settle(planned, { ...verdict, changed: false });
        this.#reports.ignored(planned, message);
        return undefined;
      }
      this.#settle(planned, verdict);
      this.#settleDebts(planned);
      if (isUnprovable(planned)) this.#unprovable ||= !planned.ref.handler;
      this.#reports.acted(planned, verdict, causes.get(planned) ?? null);
    }
    return undefined;
  }

  /** NOTE: later passes go through it again: what was notified since is not that flush's. */
  #passStep(step: Step): void {
    if (this.#passedSteps.has(step)) return;
    if (step.type === 'flush') this.#notified.delete(step.play);
    if (step.type !== 'entry') this.#passedSteps.add(step);
  }

  #settle(planned: PlannedTask, verdict: Pick<Verdict, 'registered' | 'changed'>): void {
    this.#settled.set(planned.ref.id, {
      planned,
      registered: verdict.registered,
      changed: verdict.changed,
      failed: false,
    });
    if (!verdict.changed) return;
    for (const { play, handler } of planned.notifies) {
      const known = this.#notified.get(play) ?? new Set<Handler>();
      known.add(handler);
      this.#notified.set(play, known);
    }
  }

  #settleDebts({ settles }: PlannedTask): void {
    for (const id of settles) this.#debts.settle(id);
  }

  /** Tasks whose doing is all the proof there is: their results stand. */
  #provenByRunning(): ReadonlyMap<string, Settled> {
    return new Map([...this.#settled].filter(([, { planned }]) => isUnprovable(planned)));
  }
}
