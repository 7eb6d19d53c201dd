import { system } from '../facts/system.ts';
import type { ActionOutcome } from '../model/action.ts';
import type { Handler, Play } from '../model/play.ts';
import type { HostStatus, TaskReport } from '../model/report.ts';
import type { SentAction } from './exchange.ts';
import { HostCompany, type OtherHosts } from './host-company.ts';
import { HostSession, type Login } from './host-session.ts';
import type { Dynamic } from './host-variables.ts';
import type { WantedFacts } from './observe.ts';
import { judge, type Verdict } from './outcome.ts';
import { factName, Overlay } from './overlay.ts';
import { type PassOptions, type Progress, unseenOf } from './pass-options.ts';
import type { PassResult } from './pass-result.ts';
import { isUnprovable, type PlannedTask, type Settled } from './planned.ts';
import { Pass } from './planning.ts';
import { prepareActions } from './prepare-actions.ts';
import { orphansOf, planPruning } from './prune.ts';
import { planRemembering } from './remember-run.ts';
import type { HostWork, RunOptions } from './run-options.ts';
import { isPartial } from './selection.ts';
import { type Step, sequenceOf } from './sequence.ts';
import { systemFactsLater } from './system-variables.ts';
import { TaskReports, type UntimedReport } from './task-reports.ts';

/** Looks and waves after which a host is given up: a playbook that never comes to rest. */
const mostRounds = 200;

/** The host cannot go on; `message` says why, to people. */
class HostFailed extends Error {
  override readonly name = 'HostFailed';
}

/** A task that did not make it, and whether it may be tried again. */
interface Unsettled {
  readonly planned: PlannedTask;
  readonly message: string;
  readonly again: boolean;
}

/** One host's run: observe, then plan and act in waves until nothing is left, then prove. */
export class HostRun {
  readonly #plays: readonly Play[];
  readonly #options: RunOptions;
  readonly #company: HostCompany;
  readonly #session: HostSession;
  readonly #reports: TaskReports;
  readonly #steps: Step[];
  readonly #setBefore: Dynamic;
  readonly #settled = new Map<string, Settled>();
  readonly #notified = new Map<Play, Set<Handler>>();
  readonly #passedSteps = new Set<Step>();
  readonly #attempts = new Map<string, number>();
  #acted = false;
  #unprovable = false;

  constructor(work: HostWork, options: RunOptions, login: Login, others: OtherHosts) {
    this.#plays = work.plays;
    this.#options = options;
    this.#session = new HostSession(work, options, login, others.results);
    this.#company = new HostCompany(this.#session, others);
    this.#reports = new TaskReports(this.#session);
    this.#steps = sequenceOf(work);
    this.#setBefore = others.results.setBefore(work.host.name);
  }

  /** @throws Unreachable, BecomeFailure, TimedOut, BrokenScript; everything else is in the report */
  async run(): Promise<UntimedReport> {
    try {
      await this.#look();
      return this.#options.mode === 'check' ? await this.#check() : await this.#apply();
    } catch (error) {
      if (!(error instanceof HostFailed)) throw error;
      return this.#reports.ofHost('failed', { error: error.message, proved: false, orphans: [] });
    }
  }

  /** Execs that changed something. */
  get waves(): number {
    return this.#session.waves;
  }

  /** What has become of the host so far, for a report when the line is lost. */
  partialReport(status: HostStatus, error: string): UntimedReport {
    this.#reports.unattempted(this.#steps, this.#passedSteps);
    return this.#reports.ofHost(status, { error, proved: false, orphans: [] });
  }

  #pass(mode: PassOptions['mode'], wanted: WantedFacts, unseen?: string): PassResult {
    const { accounts, debts, mask, observation, variables } = this.#session;
    const { files, removals, selection } = this.#options;
    const overlay = new Overlay(observation, { blockOnTaint: mode === 'apply' });
    const isProof = mode === 'prove';
    const progress: Progress = {
      steps: isProof ? [...this.#steps] : this.#steps,
      settled: isProof ? this.#provenByRunning() : this.#settled,
      notified: this.#notified,
      passedSteps: isProof ? new Set() : this.#passedSteps,
      debts,
      setBefore: this.#setBefore,
    };
    const want: WantedFacts['add'] = (keys) => wanted.add(keys);
    return new Pass(progress, {
      variables,
      environment: {
        overlay,
        accounts,
        files,
        checkMode: this.#options.mode === 'check',
        want,
        hide: (secret) => mask.add(secret),
        isAwaited: (because) => this.#company.isAwaited(because),
      },
      selection,
      mode,
      unseen,
      planPrune: (play, claims) =>
        isPartial(selection)
          ? { left: [], pruning: undefined }
          : planPruning(
              play,
              orphansOf(this.#session.manifest(play.playbook), claims),
              removals,
              overlay,
              want,
            ),
    }).run();
  }

  /** Tasks whose doing is all the proof there is: their results stand. */
  #provenByRunning(): ReadonlyMap<string, Settled> {
    return new Map([...this.#settled].filter(([, { planned }]) => isUnprovable(planned)));
  }

  /** The first look, and as many more as facts turn up that hang on facts. */
  async #look(): Promise<void> {
    const wanted = await this.#wantedAtFirst();
    wanted.add([this.#session.memoryKey]);
    await this.#lookAt(wanted);
  }

  /**
   * What the first look is to ask for. Where that hangs on what another host will tell as soon as it has been looked at (a path,
   * the items of a loop, a command), that is waited for: it is then asked for in the same look, and not in another after it.
   */
  async #wantedAtFirst(): Promise<WantedFacts> {
    for (;;) {
      const { wanted, pass } = this.#collect(unseenOf(this.#session.accounts, this.#options.mode));
      if (!(await this.#company.putFirstLookOff(pass))) return wanted;
    }
  }

  async #lookAgain(): Promise<void> {
    await this.#lookAt(this.#wantedNow());
  }

  /** @param wanted  with everything that is still to be decided */
  async #lookAt(wanted: WantedFacts): Promise<void> {
    this.#company.looks();
    await this.#session.exchange([], wanted, 'observe');
  }

  /** Whether something hangs on the facts of the system, and nobody has looked at them. */
  #lacksSystemFacts({ waits }: PassResult): boolean {
    return waits.has(systemFactsLater) && !this.#session.variables.hasSystemFacts;
  }

  /** Everything that is still to be decided, as far as it can be told. */
  #wantedNow(): WantedFacts {
    return this.#collect().wanted;
  }

  /** @param unseen  see `PassOptions` */
  #collect(unseen?: string): { readonly wanted: WantedFacts; readonly pass: PassResult } {
    const wanted = this.#session.newWanted();
    const pass = this.#pass('collect', wanted, unseen);
    if (this.#lacksSystemFacts(pass) || this.#company.owesSystemFacts) wanted.add([system]);
    return { wanted, pass };
  }

  /** Plans without acting, looking again while facts are missing. */
  async #planWhole(mode: 'check' | 'prove', stage: 'observe' | 'prove'): Promise<PassResult> {
    for (let round = 0; round < mostRounds; round += 1) {
      const wanted = this.#session.newWanted();
      const result = this.#pass(mode, wanted);
      const needsSystem = this.#lacksSystemFacts(result);
      if (result.stop?.reason !== 'not-observed' && !needsSystem) return result;
      const missing = this.#session.newWanted();
      missing.add(wanted.keys().filter((key) => !this.#session.observation.has(factName(key))));
      // Those that a plan turned out to need are in no list of what its task asks for beforehand.
      if (result.stop?.reason === 'not-observed') missing.add(result.stop.keys);
      if (needsSystem) missing.add([system]);
      if (missing.size === 0) return result;
      await this.#session.exchange([], missing, stage);
    }
    throw new HostFailed('facts turn up without end');
  }

  async #check(): Promise<UntimedReport> {
    const result = await this.#planChecked();
    for (const planned of tasksOf(result)) this.#reports.decided(planned);
    const isFailed = this.#reports.has('failed');
    return this.#reports.ofHost(isFailed ? 'failed' : this.#reports.has('drift') ? 'drift' : 'ok', {
      error: this.#reports.firstFailure,
      proved: false,
      orphans: orphanNames(result),
    });
  }

  /** The plan of a host, by everything that other hosts can tell by theirs. */
  async #planChecked(): Promise<PassResult> {
    for (;;) {
      const result = await this.#planWhole('check', 'observe');
      const awaited = [...result.waits].filter((because) => this.#company.isAwaited(because));
      await this.#company.tell(result);
      if (awaited.length === 0) return result;
      await this.#company.waitForValues(awaited);
    }
  }

  async #apply(): Promise<UntimedReport> {
    const [first] = this.#steps;
    if (first !== undefined) await this.#begin(first);
    for (let round = 0; round < mostRounds; ) {
      this.#options.stop?.throwIfAborted();
      const pass = this.#pass('apply', this.#session.newWanted());
      const went = await this.#goOn(pass);
      if (went === 'at its end') return this.#prove();
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
    this.#commit(pass, new Map());
    const { stop } = pass;
    // Asked before anything else is waited for: what is told meanwhile is news to the pass all the same.
    const awaited = stop?.reason === 'blocked' && this.#company.isAwaited(stop.because) ? [stop.because] : [];
    await this.#company.tell(pass);
    if (awaited.length > 0) {
      await this.#company.waitForValues(awaited);
      this.#refuseWhenStopped();
      return 'after a wait';
    }
    if (stop === undefined && !this.#lacksSystemFacts(pass)) return 'at its end';
    await this.#clearWay(pass);
    return 'on';
  }

  /** Deals with what stopped a pass that has nothing to do. */
  async #clearWay(pass: PassResult): Promise<void> {
    const { stop } = pass;
    if (stop === undefined) await this.#lookAgain();
    else if (stop.reason === 'play-start') await this.#begin(stop.step);
    else if (stop.reason === 'failed') {
      const { planned } = stop;
      await this.#retryOrFail({ planned, message: planned.error?.message ?? 'failed', again: true });
    } else {
      if (stop.reason === 'blocked' && stop.because !== systemFactsLater)
        throw new HostFailed(`cannot go on: a task waits for ${stop.because}, which has nothing left to do`);
      await this.#lookAt(this.#wantedAfter(pass));
    }
  }

  /** Begins a play once the other hosts have come to the end of those before it; looks again where they did something. */
  async #begin(step: Step): Promise<void> {
    await this.#company.begin(step.play);
    this.#refuseWhenStopped();
    this.#passedSteps.add(step);
    if (this.#company.othersActed) await this.#lookAgain();
  }

  /** Everything still to be decided, and what the pass missed. */
  #wantedAfter({ stop }: PassResult): WantedFacts {
    const wanted = this.#wantedNow();
    if (stop?.reason === 'not-observed') wanted.add(stop.keys);
    return wanted;
  }

  /** Ends here what the failures of other hosts have ended. */
  #refuseWhenStopped(): void {
    const because = this.#company.stoppedBy;
    if (because === undefined) return;
    this.#reports.unattempted(this.#steps, this.#passedSteps);
    throw new HostFailed(`stopped, since ${because}${this.#debtText()}`);
  }

  /** A look or a command that says no: again while `retries` are left, else the task has failed. */
  async #retryOrFail({ planned, message, again }: Unsettled): Promise<void> {
    if (again && (await this.#mayRetry(planned))) {
      await this.#lookAgain();
      return;
    }
    this.#reports.failed(planned, message);
    this.#reports.unattempted(this.#steps, this.#passedSteps);
    throw new HostFailed(this.#failureText(planned, message));
  }

  async #mayRetry({ instance, ref }: PlannedTask): Promise<boolean> {
    const task = instance?.task;
    if (task?.until === undefined) return false;
    const attempts = (this.#attempts.get(ref.id) ?? 0) + 1;
    this.#attempts.set(ref.id, attempts);
    if (attempts > task.retries) return false;
    this.#company.hold();
    this.#session.waitFor(`${ref.name}: try ${attempts} of ${task.retries}`);
    await this.#options.sleep(task.delayMs);
    return true;
  }

  #failureText({ ref, secret }: PlannedTask, message: string): string {
    const said = secret ? '(hidden: no_log)' : message;
    return `${describePlace(ref)}: ${said}${this.#debtText()}`;
  }

  /** Handlers that do not come to run. */
  #debtText(): string {
    const owed = [...this.#notified.values()].flatMap((handlers) =>
      [...handlers].map((handler) => handler.name?.text ?? handler.id),
    );
    return owed.length === 0 ? '' : `\nowed, and run by the next apply: ${[...new Set(owed)].join(', ')}`;
  }

  async #act(pass: PassResult, sent: readonly SentAction<PlannedTask>[]): Promise<void> {
    const wanted = this.#wantedForProof();
    wanted.add(this.#wantedAfter(pass).keys());
    // Whose drift it is can be told by the host as the run found it only.
    const causes = new Map(
      this.#acted ? [] : sent.map(({ task }) => [task, this.#reports.causeOf(task)] as const),
    );
    this.#acted = true;
    const byTask = new Map<PlannedTask, ActionOutcome[]>();
    const note = (task: PlannedTask, outcome: ActionOutcome): void => {
      byTask.set(task, [...(byTask.get(task) ?? []), outcome]);
    };
    this.#company.hold();
    this.#company.looks();
    let hasActed = false;
    try {
      hasActed = await this.#session.exchange(sent, wanted, 'act', note);
    } catch (error) {
      // What was done before the line was lost, or somebody had enough, is done.
      this.#commit(pass, byTask, { sent, causes });
      throw error;
    } finally {
      this.#company.acted();
    }
    if (!hasActed) {
      await this.#lookAgain();
      return;
    }
    const unsettled = this.#commit(pass, byTask, { sent, causes });
    this.#options.stop?.throwIfAborted();
    if (unsettled !== undefined) await this.#retryOrFail(unsettled);
  }

  /** Makes decisions final, in order, as far as their actions succeeded. */
  #commit(
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
    for (const id of settles) this.#session.debts.settle(id);
  }

  /** Facts of all tasks: any wave may turn out to be the last, and a look at more costs less than another exec. */
  #wantedForProof(): WantedFacts {
    const wanted = this.#session.newWanted();
    const { waits } = this.#pass('prove', wanted);
    wanted.add(this.#wantedNow().keys());
    if (waits.has(systemFactsLater)) wanted.add([system]);
    return wanted;
  }

  async #prove(): Promise<UntimedReport> {
    const result = await this.#planWhole('prove', 'prove');
    const left = tasksOf(result).filter(
      (planned) =>
        (planned.outcome === 'act' && !isUnprovable(planned)) ||
        (planned.outcome === 'failed' && !planned.ignoreErrors),
    );
    const orphans = orphanNames(result);
    if (left.length > 0)
      return this.#reports.ofHost('failed', { error: notConverged(left), proved: false, orphans });
    await this.#remember(result);
    const status = this.#reports.has('changed') ? 'changed' : 'ok';
    return this.#reports.ofHost(status, { error: null, proved: !this.#unprovable, orphans });
  }

  async #remember(result: PassResult): Promise<void> {
    if (isPartial(this.#options.selection) || result.hasGaps) return;
    const reports = this.#reports.all;
    const action = planRemembering(this.#session, this.#plays, result, { acted: this.#acted, reports });
    if (action !== undefined) await this.#session.bookkeep(action);
  }
}

const tasksOf = ({ log }: PassResult): readonly PlannedTask[] =>
  log.flatMap((entry) => (entry.type === 'task' ? [entry.planned] : []));

const describePlace = ({ source, name, item }: PlannedTask['ref']): string =>
  `${source}: ${name}${item === null ? '' : ` (${item})`}`;

/** What is there and declared no more, while that can be told. */
const orphanNames = ({ orphans, hasGaps }: PassResult): readonly string[] =>
  hasGaps ? [] : [...orphans.values()].flat().map(({ resource }) => resource);

const notConverged = (left: readonly PlannedTask[]): string => {
  const lines = left.map(({ ref, plan, error }) => {
    const summaries = plan.actions.flatMap(({ changes, summary }) =>
      changes.length > 0 ? changes.map((change) => change.summary) : [summary],
    );
    return `  ${describePlace(ref)}: ${error?.message ?? summaries.join(', ')}`;
  });
  const fight = left.length > 1 ? '\nwhere two of them are about the same thing, they undo each other' : '';
  return `did not converge; looked at again, there is still to do:\n${lines.join('\n')}${fight}`;
};
