import type { ManifestEntry } from '../facts/memory.ts';
import type { ActionOutcome } from '../model/action.ts';
import type { HostReport, HostStatus } from '../model/report.ts';
import { describePlace } from './describe-place.ts';
import type { SentAction } from './exchange.ts';
import { Guests } from './guests.ts';
import { HostActs } from './host-acts.ts';
import { HostCompany, type OtherHosts } from './host-company.ts';
import { HostFailed, mostRounds } from './host-failed.ts';
import { HostLooks } from './host-looks.ts';
import { HostProgress, type Unsettled } from './host-progress.ts';
import { HostSession, type Login } from './host-session.ts';
import type { ManagedBefore } from './managed-before.ts';
import { isLeft, notConverged } from './not-converged.ts';
import type { PassResult } from './pass-result.ts';
import type { PlannedTask } from './planned.ts';
import { prepareActions } from './prepare-actions.ts';
import { isPrunable, noOrphans } from './prune.ts';
import { planRemembering } from './remember-run.ts';
import type { HostWork, RunOptions } from './run-options.ts';
import { isPartial } from './selection.ts';
import type { Step } from './sequence.ts';
import { systemFactsLater } from './system-variables.ts';
import { TaskReports, type UntimedReport } from './task-reports.ts';

/** What ended a host in the middle of it. */
export interface CutShort {
  readonly error: string | undefined;
  readonly cut: string;
  /** In place of `error`, where nothing was left to do when it ended. */
  readonly errorAtEnd?: string;
}

/** One host's run: observe, then plan and act in waves until nothing is left, then prove. */
export class HostRun {
  readonly #work: HostWork;
  readonly #options: RunOptions;
  readonly #managed: ManagedBefore;
  readonly #company: HostCompany;
  readonly #session: HostSession;
  readonly #reports: TaskReports;
  readonly #progress: HostProgress;
  readonly #looks: HostLooks;
  readonly #guests: Guests;
  readonly #acts: HostActs;
  #acted = false;

  constructor(work: HostWork, options: RunOptions, login: Login, others: OtherHosts) {
    this.#work = work;
    this.#options = options;
    this.#managed = others.managed;
    this.#session = new HostSession(work, options, login, others.results);
    this.#company = new HostCompany(this.#session, others);
    this.#reports = new TaskReports(this.#session);
    const setBefore = others.results.setBefore(work.host.name);
    this.#progress = new HostProgress(
      work,
      this.#reports,
      this.#session.debts,
      setBefore,
      this.#session.accounts,
    );
    this.#guests = new Guests(this.#session, others.machines, work.access.settings.kind === 'local');
    this.#session.countWith(this.#guests);
    this.#acts = new HostActs(this.#session, this.#company, this.#guests, options);
    const before = this.#managed.of(work.host.name);
    this.#looks = new HostLooks(this.#session, this.#company, this.#progress, this.#guests, before);
  }

  /** @throws Unreachable, BecomeFailure, TimedOut, BrokenScript; everything else is in the report */
  async run(): Promise<UntimedReport> {
    try {
      await this.#looks.first();
      return this.#options.mode === 'check' ? await this.#check() : await this.#apply();
    } catch (error) {
      if (!(error instanceof HostFailed)) throw error;
      return this.#reports.ofHost('failed', { error: error.message, proved: false, ...noOrphans });
    }
  }

  /** Execs that changed something. */
  get waves(): number {
    return this.#session.waves;
  }

  /**
   * What has become of the host so far, for a report when the line is lost.
   *
   * @param cut  what is known of a task that was begun; that alone ended the host: there is no `error`
   */
  partialReport(status: HostStatus, { error, cut, errorAtEnd }: CutShort): UntimedReport {
    const { running } = this.#session;
    if (running !== undefined) this.#reports.failed(running, cut);
    this.#progress.reportUnattempted();
    const isAtEnd = running === undefined && this.waves > 0 && this.#progress.isAtEnd;
    const atEnd = isAtEnd ? errorAtEnd : undefined;
    const why = atEnd ?? error ?? (running === undefined ? cut : this.#failureText(running, cut));
    return this.#reports.ofHost(status, { error: why, proved: false, ...noOrphans });
  }

  async #check(): Promise<UntimedReport> {
    const result = await this.#planChecked();
    for (const planned of tasksOf(result)) this.#reports.decided(planned);
    const isFailed = this.#reports.has('failed');
    this.#managed.add(this.#work.host.name, result.claims, result.hasGaps);
    return this.#reports.ofHost(isFailed ? 'failed' : this.#reports.has('drift') ? 'drift' : 'ok', {
      error: this.#reports.firstFailure,
      proved: false,
      ...this.#orphansIn(result),
    });
  }

  /** The plan of a host, by everything that other hosts can tell by theirs. */
  async #planChecked(): Promise<PassResult> {
    for (;;) {
      const result = await this.#looks.planWhole('check', 'observe');
      const awaited = [...result.waits].filter((because) => this.#company.isAwaited(because));
      await this.#company.tell(result);
      if (awaited.length === 0) return result;
      await this.#company.waitForValues(awaited);
    }
  }

  async #apply(): Promise<UntimedReport> {
    const { firstStep: first } = this.#progress;
    if (first !== undefined) await this.#begin(first);
    for (let round = 0; round < mostRounds; ) {
      this.#options.stop?.throwIfAborted();
      const pass = this.#looks.pass('apply', this.#session.newWanted());
      const went = await this.#goOn(pass);
      if (went === 'at its end') {
        if (!this.#looks.isOutdated) return this.#prove();
        await this.#looks.again();
        round += 1;
      }
      // There is an end to waiting: every value is waited for once.
      if (went === 'on') round += 1;
    }
    throw new HostFailed(`still not at rest after ${mostRounds} rounds`);
  }

  /** Does what a pass has planned; where nothing is to be done, settles that, and deals with what stopped the pass. */
  async #goOn(pass: PassResult): Promise<'on' | 'after a wait' | 'at its end'> {
    const sent = prepareActions(this.#session, tasksOf(pass));
    if (sent.length > 0) {
      this.#refuseWhenStopped();
      await this.#act(pass, sent);
      return 'on';
    }
    this.#progress.commit(pass, new Map());
    const { stop } = pass;
    // Asked before anything else is waited for: what is told meanwhile is news to the pass all the same.
    const awaited = stop?.reason === 'blocked' && this.#company.isAwaited(stop.because) ? [stop.because] : [];
    await this.#company.tell(pass);
    if (awaited.length > 0) {
      await this.#company.waitForValues(awaited);
      this.#refuseWhenStopped();
      return 'after a wait';
    }
    if (stop === undefined && !this.#looks.lacksSystemFacts(pass)) return 'at its end';
    await this.#clearWay(pass);
    return 'on';
  }

  /** Deals with what stopped a pass that has nothing to do. */
  async #clearWay(pass: PassResult): Promise<void> {
    const { stop } = pass;
    if (stop === undefined) await this.#looks.again();
    else if (stop.reason === 'play-start') await this.#begin(stop.step);
    else if (stop.reason === 'failed') {
      const { planned } = stop;
      const message = planned.error?.message ?? 'failed';
      if (stop.isOver === true) this.#giveUp(planned, this.#progress.failureOf(planned) ?? message);
      await this.#retryOrFail({ planned, message, again: true, registered: planned.registered });
    } else {
      if (stop.reason === 'blocked' && stop.because !== systemFactsLater)
        throw new HostFailed(`cannot go on: a task waits for ${stop.because}, which has nothing left to do`);
      await this.#looks.lookAt(this.#looks.wantedAfter(pass));
    }
  }

  /** Begins a play once the other hosts have come to the end of those before it; looks again where they did something. */
  async #begin(step: Step): Promise<void> {
    await this.#company.begin(step.play);
    this.#refuseWhenStopped();
    this.#progress.begin(step);
    if (this.#company.othersActed) await this.#looks.again();
  }

  /** Ends here what the failures of other hosts have ended. */
  #refuseWhenStopped(): void {
    const because = this.#company.stoppedBy;
    if (because === undefined) return;
    this.#progress.reportUnattempted();
    throw new HostFailed(`stopped, since ${because}${this.#progress.debtText()}`);
  }

  /** A look or a command that says no: again while `retries` are left, else the task has failed. */
  async #retryOrFail(unsettled: Unsettled): Promise<void> {
    const { planned, message, again } = unsettled;
    const attempt = again ? this.#progress.nextAttempt(planned) : undefined;
    if (attempt !== undefined) {
      await this.#waitToRetry(planned, attempt);
      await this.#looks.again();
      return;
    }
    if (!this.#progress.settleFailed(unsettled)) this.#giveUp(planned, message);
  }

  #giveUp(planned: PlannedTask, message: string): never {
    const task = planned.instance?.task;
    this.#company.setFatal(task?.runOnce === true ? true : task?.anyErrorsFatal);
    this.#progress.reportUnattempted();
    throw new HostFailed(this.#failureText(planned, message));
  }

  async #waitToRetry({ instance, ref }: PlannedTask, attempt: number): Promise<void> {
    this.#company.hold();
    this.#session.waitFor(`${ref.name}: try ${attempt} of ${instance?.task.retries}`);
    await this.#options.sleep(instance?.task.delayMs ?? 0);
  }

  #failureText({ ref, secret }: PlannedTask, message: string): string {
    const said = secret ? '(hidden: no_log)' : message;
    return `${describePlace(ref, this.#options)}: ${said}${this.#progress.debtText()}`;
  }

  async #act(pass: PassResult, sent: readonly SentAction<PlannedTask>[]): Promise<void> {
    const wanted = this.#looks.wantedForProof();
    wanted.add(this.#looks.wantedAfter(pass).keys());
    const causes = new Map(sent.map(({ task }) => [task, this.#reports.causeOf(task)] as const));
    this.#acted = true;
    const byTask = new Map<PlannedTask, ActionOutcome[]>();
    const note = (task: PlannedTask, outcome: ActionOutcome): void => {
      byTask.set(task, [...(byTask.get(task) ?? []), outcome]);
    };
    this.#company.hold();
    let hasActed = false;
    const giveBack = await this.#company.takePlaces(sent.map(({ task }) => task));
    try {
      hasActed = await this.#acts.send(sent, wanted, note);
    } catch (error) {
      // What was done before the line was lost, or somebody had enough, is done.
      this.#progress.commit(pass, byTask, { sent, causes });
      throw error;
    } finally {
      giveBack();
      this.#company.acted();
    }
    if (!hasActed) {
      await this.#looks.again();
      return;
    }
    const unsettled = this.#progress.commit(pass, byTask, { sent, causes });
    this.#options.stop?.throwIfAborted();
    if (unsettled !== undefined) await this.#retryOrFail(unsettled);
  }

  async #prove(): Promise<UntimedReport> {
    const result = await this.#looks.planWhole('prove', 'prove');
    const left = tasksOf(result).filter(isLeft);
    const orphans = this.#orphansIn(result);
    if (left.length > 0)
      return this.#reports.ofHost('failed', {
        error: notConverged(left, this.#options),
        proved: false,
        ...orphans,
      });
    await this.#remember(result);
    this.#managed.add(this.#work.host.name, result.claims, result.hasGaps);
    const status = this.#reports.has('changed') ? 'changed' : 'ok';
    return this.#reports.ofHost(status, { error: null, proved: !this.#progress.isUnprovable, ...orphans });
  }

  /** What is there and declared no more, while that can be told. */
  #orphansIn({ orphans, hasGaps }: PassResult): Pick<HostReport, 'orphans' | 'prunable'> {
    if (hasGaps) return noOrphans;
    const all = [...orphans.values()].flat();
    const { removals } = this.#options;
    return { orphans: all.map(nameOf), prunable: all.filter((one) => isPrunable(one, removals)).map(nameOf) };
  }

  async #remember(result: PassResult): Promise<void> {
    const before = this.#managed.of(this.#work.host.name);
    if (isPartial(this.#options.selection) || result.hasGaps || before.hasGaps) return;
    // The host keeps the names of tasks, which may have secrets in them.
    const reports = this.#session.mask.value(this.#reports.all);
    const action = planRemembering(this.#session, this.#work, result, {
      acted: this.#acted,
      reports,
      before,
    });
    if (action !== undefined) await this.#session.bookkeep(action);
  }
}

const nameOf = ({ resource }: ManifestEntry): string => resource;

const tasksOf = ({ log }: PassResult): readonly PlannedTask[] =>
  log.flatMap((entry) => (entry.type === 'task' ? [entry.planned] : []));
