import { oweHandler, settleHandler, writeMemory } from '../actions/remember.ts';
import type { MemoryFact } from '../facts/memory.ts';
import { memory } from '../facts/memory.ts';
import { type SystemFact, system } from '../facts/system.ts';
import type { ActionOutcome } from '../model/action.ts';
import type { Emit } from '../model/event.ts';
import type { Handler, Play } from '../model/play.ts';
import type { HostReport, HostStatus, TaskReport } from '../model/report.ts';
import { renderPlace } from '../model/span.ts';
import type { Connection } from '../model/transport.ts';
import { joinSh } from '../shell/sh.ts';
import { Debts, debtId } from './debts.ts';
import { exchange, type SentAction } from './exchange.ts';
import { HostVariables, systemFactsLater } from './host-variables.ts';
import type { Accounts } from './identity.ts';
import { causeOf, manifestId, parseManifest, renderManifest } from './manifest.ts';
import { Mask } from './mask.ts';
import { WantedFacts } from './observe.ts';
import { judge, type Verdict } from './outcome.ts';
import { factName, type Observation, Overlay } from './overlay.ts';
import { isUnprovable, type PlannedTask, type Settled } from './planned.ts';
import { Pass, type PassOptions, type PassResult, type Progress } from './planning.ts';
import { orphansOf, planPruning } from './prune.ts';
import type { HostWork, RunOptions } from './run-options.ts';
import { isPartial } from './selection.ts';
import { type Step, sequenceOf } from './sequence.ts';
import { reportTask } from './task-report.ts';

/** Looks and waves after which a host is given up: a playbook that never comes to rest. */
const mostRounds = 200;

/** Waits for the other hosts of a play. @returns whether any of them did something in it */
export type PlayBarrier = (play: Play, acted: boolean) => Promise<boolean>;

/** The host cannot go on; `message` says why, to people. */
class HostFailed extends Error {
  override readonly name = 'HostFailed';
}

const manifestText = (fact: unknown, playbook: string): string | undefined =>
  typeof fact === 'object' && fact !== null
    ? (fact as MemoryFact).manifests.get(manifestId(playbook))
    : undefined;

/**
 * One host's run: observe, then plan and act in waves until nothing is left, then prove. Holds what is known
 * of the host meanwhile.
 */
export class HostRun {
  readonly #work: HostWork;
  readonly #options: RunOptions;
  readonly #connection: Connection;
  readonly #accounts: Accounts;
  readonly #becomePassword: string | undefined;
  readonly #barrier: PlayBarrier;
  readonly #variables: HostVariables;
  readonly #mask = new Mask();
  readonly #emit: Emit;
  readonly #debts = new Debts();
  readonly #settled = new Map<string, Settled>();
  readonly #notified = new Map<Play, Set<Handler>>();
  readonly #passedSteps = new Set<Step>();
  readonly #attempts = new Map<string, number>();
  readonly #reports: TaskReport[] = [];
  readonly #steps: Step[];
  #observation: Observation = new Map();
  #remembered: MemoryFact | undefined;
  #acted = false;
  #unprovable = false;
  #execs = 0;
  #waves = 0;

  constructor(
    work: HostWork,
    options: RunOptions,
    login: { connection: Connection; accounts: Accounts; becomePassword: string | undefined },
    barrier: PlayBarrier,
  ) {
    this.#work = work;
    this.#options = options;
    this.#connection = login.connection;
    this.#accounts = login.accounts;
    this.#becomePassword = login.becomePassword;
    this.#barrier = barrier;
    this.#variables = new HostVariables(work.host, options.variables);
    this.#steps = sequenceOf(work.plays);
    this.#emit = (event) => options.emit(this.#mask.value(event));
    for (const secret of [login.becomePassword, work.access.settings.password])
      if (secret !== undefined) this.#mask.add(secret);
  }

  /** @throws Unreachable, BecomeFailure, TimedOut, BrokenScript; everything else is in the report */
  async run(): Promise<Omit<HostReport, 'durationMs'>> {
    try {
      await this.#look();
      return this.#options.mode === 'check' ? await this.#check() : await this.#apply();
    } catch (error) {
      if (!(error instanceof HostFailed)) throw error;
      return this.#report('failed', { error: error.message, proved: false, orphans: [] });
    }
  }

  /** What has become of the host so far, for a report when the line is lost. */
  partialReport(status: HostStatus, error: string): Omit<HostReport, 'durationMs'> {
    this.#noteUnattempted();
    return this.#report(status, { error, proved: false, orphans: [] });
  }

  get #isRoot(): boolean {
    return this.#accounts.exec === 'root';
  }

  #newWanted(): WantedFacts {
    return new WantedFacts(this.#options.kinds);
  }

  #pass(mode: PassOptions['mode'], wanted: WantedFacts): PassResult {
    const guesses = mode !== 'apply';
    const overlay = new Overlay(this.#observation, { blockOnTaint: mode === 'apply' });
    const manifestOf = (play: Play) => parseManifest(manifestText(this.#remembered, play.playbook));
    const isProof = mode === 'prove';
    const progress: Progress = {
      steps: isProof ? [...this.#steps] : this.#steps,
      settled: isProof ? this.#provenByRunning() : this.#settled,
      notified: this.#notified,
      passedSteps: isProof ? new Set() : this.#passedSteps,
      debts: this.#debts,
    };
    const want: WantedFacts['add'] = (keys) => wanted.add(keys);
    return new Pass(progress, {
      variables: this.#variables,
      environment: {
        overlay,
        accounts: this.#accounts,
        files: this.#options.files,
        checkMode: this.#options.mode === 'check',
        guesses,
        want,
        hide: (secret) => this.#mask.add(secret),
      },
      selection: this.#options.selection,
      mode,
      planPrune: (play, claims) =>
        isPartial(this.#options.selection)
          ? { left: [], pruning: undefined }
          : planPruning(play, orphansOf(manifestOf(play), claims), this.#options.removals, overlay, want),
    }).run();
  }

  /** Tasks whose doing is all the proof there is: their results stand. */
  #provenByRunning(): ReadonlyMap<string, Settled> {
    return new Map([...this.#settled].filter(([, { planned }]) => isUnprovable(planned)));
  }

  /** One exec: the actions, then a look at everything wanted. */
  async #exchange(
    actions: readonly SentAction<PlannedTask>[],
    wanted: WantedFacts,
    stage: 'observe' | 'act' | 'prove',
  ): Promise<readonly ActionOutcome[]> {
    const host = this.#work.host.name;
    const emit = this.#emit;
    this.#execs += 1;
    if (actions.length > 0) this.#waves += 1;
    const detail = actions.length > 0 ? `${actions.length} actions` : `${wanted.size} facts`;
    emit({ type: 'stage-started', host, stage, wave: this.#waves, detail });
    const result = await exchange(
      this.#connection,
      actions,
      wanted,
      {
        started: ({ task, action }) =>
          emit({ type: 'action-started', host, task: task.ref, summary: action.summary }),
        printed: ({ task }, stream, text) => {
          if (!task.secret) emit({ type: 'action-printed', host, task: task.ref, stream, text });
        },
        ended: ({ task }, { exitStatus, durationMs }) =>
          emit({ type: 'action-finished', host, task: task.ref, exitStatus, durationMs }),
        observing: () => {
          if (actions.length > 0)
            emit({
              type: 'stage-started',
              host,
              stage: 'observe',
              wave: this.#waves,
              detail: `${wanted.size} facts`,
            });
        },
      },
      {
        become:
          this.#accounts.exec === this.#connection.user
            ? undefined
            : { user: this.#accounts.exec, password: this.#becomePassword },
        nonce: this.#options.nonce(),
        now: this.#options.now,
        signal: this.#options.signal,
        timeoutMs: this.#options.timeoutMs,
      },
    );
    this.#observation =
      actions.length > 0 ? result.observation : new Map([...this.#observation, ...result.observation]);
    this.#learn();
    return result.outcomes;
  }

  /** Facts that the engine itself lives on. */
  #learn(): void {
    const machine = this.#observation.get(factName(system));
    if (machine !== undefined) this.#variables.setSystemFacts(machine as SystemFact);
    const remembered = this.#observation.get(factName(memory(this.#isRoot)));
    if (remembered === undefined || this.#remembered !== undefined) return;
    this.#remembered = remembered as MemoryFact;
    this.#debts.find(this.#remembered.owed);
  }

  /** The first look, and as many more as facts turn up that hang on facts. */
  async #look(): Promise<void> {
    const wanted = this.#newWanted();
    const { waits } = this.#pass('collect', wanted);
    wanted.add([memory(this.#isRoot)]);
    if (waits.has(systemFactsLater)) wanted.add([system]);
    await this.#exchange([], wanted, 'observe');
  }

  /** Everything that is still to be decided, as far as it can be told. */
  #wantedNow(): WantedFacts {
    const wanted = this.#newWanted();
    const { waits } = this.#pass('collect', wanted);
    if (waits.has(systemFactsLater) && !this.#variables.hasSystemFacts) wanted.add([system]);
    return wanted;
  }

  /** Plans without acting, looking again while facts are missing. */
  async #planWhole(mode: 'check' | 'prove', stage: 'observe' | 'prove'): Promise<PassResult> {
    for (let round = 0; round < mostRounds; round += 1) {
      const wanted = this.#newWanted();
      const result = this.#pass(mode, wanted);
      const needsSystem = result.waits.has(systemFactsLater) && !this.#variables.hasSystemFacts;
      if (result.stop?.reason !== 'not-observed' && !needsSystem) return result;
      const missing = this.#newWanted();
      missing.add(wanted.keys().filter((key) => !this.#observation.has(factName(key))));
      if (needsSystem) missing.add([system]);
      if (missing.size === 0) return result;
      await this.#exchange([], missing, stage);
    }
    throw new HostFailed('facts turn up without end');
  }

  async #check(): Promise<Omit<HostReport, 'durationMs'>> {
    const result = await this.#planWhole('check', 'observe');
    for (const entry of result.log) if (entry.type === 'task') this.#reportDecision(entry.planned);
    const isFailed = this.#reports.some(({ status }) => status === 'failed');
    const isDrift = this.#reports.some(({ status }) => status === 'drift');
    return this.#report(isFailed ? 'failed' : isDrift ? 'drift' : 'ok', {
      error: isFailed ? firstFailure(this.#reports) : null,
      proved: false,
      orphans: this.#orphans(result),
    });
  }

  /** The line of a decision in check mode. */
  #reportDecision(planned: PlannedTask): void {
    const waits = planned.because === undefined ? null : `decided later: waits for ${planned.because}`;
    const again = planned.because === undefined ? null : `decided again after ${planned.because}`;
    if (planned.outcome === 'deferred')
      this.#finishTask(
        planned,
        reportTask(planned, 'not-attempted', {
          message: [waits, this.#asItIs(planned)].filter((text) => text !== undefined).join('\n'),
        }),
      );
    else if (planned.outcome === 'skipped') this.#finishTask(planned, reportTask(planned, 'skipped'));
    else if (planned.outcome === 'failed' && !planned.ignoreErrors)
      this.#finishTask(planned, reportTask(planned, 'failed', { message: planned.error?.message ?? null }));
    else if (planned.outcome === 'act')
      this.#finishTask(
        planned,
        reportTask(planned, 'drift', {
          message: again ?? unprovableNote(planned),
          cause: this.#cause(planned),
        }),
      );
    else this.#finishTask(planned, reportTask(planned, 'ok', { message: planned.plan.message ?? again }));
    this.#warn(planned);
  }

  /** What a verification would say now, where the host was as wanted once: on a new host that is no news. */
  #asItIs({ asItIs, instance }: PlannedTask): string | undefined {
    if (asItIs === undefined || instance === undefined) return undefined;
    const isManaged = manifestText(this.#remembered, instance.play.playbook) !== undefined;
    return isManaged ? `as it is, it fails: ${asItIs}` : undefined;
  }

  #warn({ plan, ref }: PlannedTask): void {
    for (const warning of plan.warnings ?? []) {
      this.#emit({
        type: 'warned',
        host: this.#work.host.name,
        message: `${ref.source}: ${warning}`,
      });
    }
  }

  #cause(planned: PlannedTask): TaskReport['cause'] {
    if (planned.instance === undefined) return 'wanted';
    // A handler has no state of its own to drift: its cause is the task that notified it.
    if (planned.ref.handler) return null;
    const manifest = parseManifest(manifestText(this.#remembered, planned.instance.play.playbook));
    return causeOf(planned.claims, manifest, this.#options.kinds, this.#observation);
  }

  #finishTask(planned: PlannedTask, report: TaskReport): void {
    this.#reports.push(report);
    this.#emit({ type: 'task-finished', host: this.#work.host.name, task: planned.ref, report });
  }

  async #apply(): Promise<Omit<HostReport, 'durationMs'>> {
    for (let round = 0; ; round += 1) {
      if (round === mostRounds) throw new HostFailed(`still not at rest after ${mostRounds} rounds`);
      const wanted = this.#newWanted();
      const pass = this.#pass('apply', wanted);
      const sent = this.#prepareActions(pass);
      if (sent.length > 0) await this.#act(pass, sent);
      else if (!(await this.#settleWithoutActions(pass))) break;
    }
    return this.#prove();
  }

  /** Settles what needs no action, and deals with what stopped the pass. @returns false at the end */
  async #settleWithoutActions(pass: PassResult): Promise<boolean> {
    this.#commit(pass, new Map());
    const { stop } = pass;
    if (stop === undefined) {
      if (!pass.waits.has(systemFactsLater) || this.#variables.hasSystemFacts) return false;
      await this.#exchange([], this.#wantedNow(), 'observe');
      return true;
    }
    if (stop.reason === 'play-end') {
      const { step } = stop;
      this.#emit({
        type: 'stage-started',
        host: this.#work.host.name,
        stage: 'wait',
        wave: this.#waves,
        detail: `the other hosts of ${step.play.name}`,
      });
      const othersActed = await this.#barrier(step.play, this.#acted);
      this.#passedSteps.add(step);
      if (othersActed) await this.#exchange([], this.#wantedNow(), 'observe');
      return true;
    }
    if (stop.reason === 'failed') return await this.#retryOrFail(stop.planned);
    if (stop.reason === 'blocked' && stop.because !== systemFactsLater) {
      throw new HostFailed(`cannot go on: a task waits for ${stop.because}, which has nothing left to do`);
    }
    await this.#exchange([], this.#wantedAfter(pass), 'observe');
    return true;
  }

  /** Everything still to be decided, and what the pass missed. */
  #wantedAfter({ stop }: PassResult): WantedFacts {
    const wanted = this.#wantedNow();
    if (stop?.reason === 'not-observed') wanted.add(stop.keys);
    return wanted;
  }

  /** A look that says no: again while `retries` are left, else the task has failed. */
  async #retryOrFail(planned: PlannedTask): Promise<boolean> {
    if (await this.#mayRetry(planned)) {
      await this.#exchange([], this.#wantedNow(), 'observe');
      return true;
    }
    const message = planned.error?.message ?? 'failed';
    this.#finishTask(planned, reportTask(planned, 'failed', { message }));
    this.#noteUnattempted();
    throw new HostFailed(this.#failureText(planned, message));
  }

  async #mayRetry(planned: PlannedTask): Promise<boolean> {
    const task = planned.instance?.task;
    if (task?.until === undefined) return false;
    const attempts = (this.#attempts.get(planned.ref.id) ?? 0) + 1;
    this.#attempts.set(planned.ref.id, attempts);
    if (attempts > task.retries) return false;
    this.#emit({
      type: 'stage-started',
      host: this.#work.host.name,
      stage: 'wait',
      wave: this.#waves,
      detail: `${planned.ref.name}: try ${attempts} of ${task.retries}`,
    });
    await this.#options.sleep(task.delayMs);
    return true;
  }

  #failureText(planned: PlannedTask, message: string): string {
    const said = planned.secret ? '(hidden: no_log)' : message;
    const owed = [...this.#notified.values()].flatMap((handlers) =>
      [...handlers].map((handler) => handler.name?.text ?? handler.id),
    );
    const debt =
      owed.length === 0 ? '' : `\nowed, and run by the next apply: ${[...new Set(owed)].join(', ')}`;
    return `${planned.ref.source}: ${planned.ref.name}${planned.ref.item === null ? '' : ` (${planned.ref.item})`}: ${said}${debt}`;
  }

  /** The actions of a pass with their bookkeeping, in order. */
  #prepareActions({ log }: PassResult): readonly SentAction<PlannedTask>[] {
    return log.flatMap((entry) => {
      if (entry.type !== 'task') return [];
      const { planned } = entry;
      const { identity, plan } = planned;
      const isAct = planned.outcome === 'act';
      const debts = isAct ? this.#newDebts(planned) : [];
      const settles = planned.settles.filter((id) => this.#debts.stands(id) || debts.includes(id));
      const after =
        settles.length > 0 ? joinSh(settles.map((id) => settleHandler(this.#isRoot, id))) : undefined;
      if (plan.actions.length === 0 && after !== undefined) {
        const action = {
          kind: 'settle',
          summary: `note that ${planned.ref.name} is done`,
          changes: [],
          sh: after,
          predicts: [],
        };
        return [{ task: planned, action, identity: {} }];
      }
      return plan.actions.map(
        (action, index): SentAction<PlannedTask> => ({
          task: planned,
          action,
          identity,
          ...(index === 0 && debts.length > 0
            ? { before: joinSh(debts.map((id) => this.#oweSh(planned, id))) }
            : {}),
          ...(index === plan.actions.length - 1 && after !== undefined ? { after } : {}),
        }),
      );
    });
  }

  /** Debts that the task's change makes and that do not stand yet. They count as standing from here on. */
  #newDebts({ notifies }: PlannedTask): readonly string[] {
    const ids = [...new Set(notifies.map(({ play, handler }) => debtId(play, handler)))];
    const fresh = ids.filter((id) => !this.#debts.stands(id));
    for (const id of fresh) this.#debts.make(id);
    return fresh;
  }

  #oweSh(planned: PlannedTask, id: string) {
    const handler = planned.notifies.find(
      (notified) => debtId(notified.play, notified.handler) === id,
    )?.handler;
    return oweHandler(this.#isRoot, {
      id,
      handler: handler?.name?.text ?? '',
      task: planned.ref.name,
      source: planned.ref.source,
      since: this.#options.now().toISOString(),
    });
  }

  async #act(pass: PassResult, sent: readonly SentAction<PlannedTask>[]): Promise<void> {
    const wanted = this.#wantedForProof();
    wanted.add(this.#wantedAfter(pass).keys());
    this.#acted = true;
    const outcomes = await this.#exchange(sent, wanted, 'act');
    const byTask = new Map<PlannedTask, ActionOutcome[]>();
    outcomes.forEach((outcome, index) => {
      const task = sent[index]?.task;
      if (task !== undefined) byTask.set(task, [...(byTask.get(task) ?? []), outcome]);
    });
    const failed = this.#commit(pass, byTask, sent);
    if (failed === undefined) return;
    if (failed.again && (await this.#mayRetry(failed.planned))) {
      await this.#exchange([], this.#wantedNow(), 'observe');
      return;
    }
    this.#finishTask(failed.planned, reportTask(failed.planned, 'failed', { message: failed.message }));
    this.#noteUnattempted();
    throw new HostFailed(this.#failureText(failed.planned, failed.message));
  }

  /**
   * Makes decisions final, in order, as far as their actions succeeded.
   *
   * @returns the task that did not make it
   */
  #commit(
    { log }: PassResult,
    outcomes: ReadonlyMap<PlannedTask, readonly ActionOutcome[]>,
    sent: readonly SentAction<PlannedTask>[] = [],
  ): { readonly planned: PlannedTask; readonly message: string; readonly again: boolean } | undefined {
    for (const entry of log) {
      if (entry.type === 'step') {
        this.#passStep(entry.step);
        continue;
      }
      const { planned } = entry;
      const mine = outcomes.get(planned) ?? [];
      const wantedCount = sent.filter(({ task }) => task === planned).length;
      if (wantedCount > 0 && mine.length === 0) return { planned, message: 'not attempted', again: false };
      if (planned.plan.actions.length === 0) {
        for (const id of wantedCount > 0 ? planned.settles : []) this.#debts.settle(id);
        this.#settleQuietly(planned);
        continue;
      }
      const verdict = judge(planned, mine);
      if (verdict.failure !== undefined || verdict.again || mine.length < planned.plan.actions.length) {
        const message = verdict.failure ?? 'until is not true';
        if (!planned.ignoreErrors || verdict.again) return { planned, message, again: verdict.again };
        this.#settle(planned, { ...verdict, changed: false });
        this.#finishTask(planned, reportTask(planned, 'ok', { message: `failed, and ignored: ${message}` }));
        return undefined;
      }
      this.#settleActed(planned, verdict);
    }
    return undefined;
  }

  #passStep(step: Step): void {
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

  #settleQuietly(planned: PlannedTask): void {
    this.#settle(planned, {
      registered: planned.registered,
      changed: planned.registered['changed'] === true,
    });
    const isIgnored = planned.outcome === 'failed';
    const message = isIgnored
      ? `failed, and ignored: ${planned.error?.message}`
      : (planned.plan.message ?? null);
    this.#finishTask(
      planned,
      reportTask(planned, planned.outcome === 'skipped' ? 'skipped' : 'ok', { message }),
    );
    this.#warn(planned);
  }

  #settleActed(planned: PlannedTask, verdict: Verdict): void {
    const cause = this.#acted ? null : this.#cause(planned);
    this.#settle(planned, verdict);
    for (const id of planned.settles) this.#debts.settle(id);
    if (isUnprovable(planned)) this.#unprovable ||= !planned.ref.handler;
    this.#finishTask(
      planned,
      reportTask(planned, verdict.changed ? 'changed' : 'ok', { message: unprovableNote(planned), cause }),
    );
    this.#warn(planned);
  }

  /** Facts of all tasks: any wave may turn out to be the last, and a look at more costs less than another exec. */
  #wantedForProof(): WantedFacts {
    const wanted = this.#newWanted();
    const result = this.#pass('prove', wanted);
    const rest = this.#wantedNow();
    wanted.add(rest.keys());
    if (result.waits.has(systemFactsLater)) wanted.add([system]);
    return wanted;
  }

  async #prove(): Promise<Omit<HostReport, 'durationMs'>> {
    const result = await this.#planWhole('prove', 'prove');
    const decisions = result.log.flatMap((entry) => (entry.type === 'task' ? [entry.planned] : []));
    const left = decisions.filter(
      (planned) =>
        (planned.outcome === 'act' && !isUnprovable(planned)) ||
        (planned.outcome === 'failed' && !planned.ignoreErrors),
    );
    const orphans = this.#orphans(result);
    if (left.length > 0) return this.#report('failed', { error: notConverged(left), proved: false, orphans });
    await this.#remember(result);
    const isChanged = this.#reports.some(({ status }) => status === 'changed');
    return this.#report(isChanged ? 'changed' : 'ok', { error: null, proved: !this.#unprovable, orphans });
  }

  /** Writes down what is managed now, where that is news, and that there was a run. */
  async #remember(result: PassResult): Promise<void> {
    if (isPartial(this.#options.selection) || result.hasGaps) return;
    const stale = this.#debts.made();
    const playbooks = [...new Set(this.#work.plays.map(({ playbook }) => playbook))];
    const news = playbooks.flatMap((playbook) => {
      const claims = result.claims.filter(({ play }) => play.playbook === playbook);
      // What could be taken away stays known until it is gone; of the rest nobody could tell when that is.
      const kept = (result.orphans.get(playbook) ?? []).filter(({ prunable }) => prunable);
      const text = renderManifest(claims, kept, this.#options.kinds, this.#observation);
      const known = manifestText(this.#remembered, playbook);
      const isSame = known?.trimEnd() === text || (known === undefined && claims.length === 0);
      return isSame ? [] : [{ id: manifestId(playbook), text }];
    });
    if (news.length === 0 && stale.length === 0 && !this.#acted) return;
    const at = this.#options.now().toISOString();
    const run = { id: `${at.replaceAll(/[:.]/g, '-')}.json`, text: JSON.stringify(this.#runRecord(at)) };
    const pieces = [
      ...news.map((manifest) => writeMemory(this.#isRoot, manifest, run)),
      ...stale.map((id) => settleHandler(this.#isRoot, id)),
    ];
    if (pieces.length === 0) return;
    const action = {
      kind: 'remember',
      summary: 'note what is managed',
      changes: [],
      sh: joinSh(pieces),
      predicts: [],
    };
    await this.#bookkeep(action);
  }

  async #bookkeep(action: SentAction<PlannedTask>['action']): Promise<void> {
    this.#execs += 1;
    const silent = { started() {}, printed() {}, ended() {}, observing() {} };
    const sent: SentAction<null> = { task: null, action, identity: {} };
    const { outcomes } = await exchange(this.#connection, [sent], this.#newWanted(), silent, {
      become:
        this.#accounts.exec === this.#connection.user
          ? undefined
          : { user: this.#accounts.exec, password: this.#becomePassword },
      nonce: this.#options.nonce(),
      now: this.#options.now,
      signal: this.#options.signal,
      timeoutMs: this.#options.timeoutMs,
    });
    const [outcome] = outcomes;
    if (outcome !== undefined && outcome.exitStatus !== 0) {
      const message = `what is managed could not be noted: ${outcome.stderr.trim()}`;
      this.#emit({ type: 'warned', host: this.#work.host.name, message });
    }
  }

  #runRecord(at: string) {
    const { user, hostname, commit } = this.#options.origin;
    const changed = this.#reports
      .filter(({ status }) => status === 'changed')
      .map(({ name, item, source }) => ({ name, item, source }));
    const playbooks = [...new Set(this.#work.plays.map(({ playbook }) => playbook))];
    return { version: 1, at, user, from: hostname, commit: commit ?? null, playbooks, changed };
  }

  #orphans({ orphans, hasGaps }: PassResult): readonly string[] {
    return hasGaps ? [] : [...orphans.values()].flat().map(({ resource }) => resource);
  }

  /** Tasks that were never come to, as far as they can be told. */
  #noteUnattempted(): void {
    const reported = new Set(this.#reports.map(({ source }) => source));
    for (const step of this.#steps) {
      if (step.type !== 'entry' || step.entry.type !== 'task' || this.#passedSteps.has(step)) continue;
      const { entry } = step;
      const source = renderPlace(entry.span);
      if (reported.has(source)) continue;
      const ref = {
        id: entry.id,
        name: entry.name?.text ?? entry.moduleName,
        module: entry.moduleName,
        item: null,
        source,
        handler: false,
      };
      const report: TaskReport = {
        ...ref,
        status: 'not-attempted',
        cause: null,
        owed: false,
        message: null,
        changes: [],
      };
      const {
        id: _id,
        handler: _handler,
        ...line
      } = report as TaskReport & { id?: string; handler?: boolean };
      this.#reports.push(line);
      this.#emit({ type: 'task-finished', host: this.#work.host.name, task: ref, report: line });
    }
  }

  #report(
    status: HostStatus,
    { error, proved, orphans }: Pick<HostReport, 'error' | 'proved' | 'orphans'>,
  ): Omit<HostReport, 'durationMs'> {
    return this.#mask.value({
      name: this.#work.host.name,
      status,
      proved,
      waves: this.#waves,
      execs: this.#execs,
      error,
      tasks: this.#reports,
      orphans,
    });
  }
}

const unprovableNote = (planned: PlannedTask): string | null =>
  isUnprovable(planned) && !planned.ref.handler ? 'runs every time: cannot be proved' : null;

const firstFailure = (reports: readonly TaskReport[]): string | null => {
  const failed = reports.find(({ status }) => status === 'failed');
  return failed === undefined ? null : `${failed.source}: ${failed.name}: ${failed.message}`;
};

const notConverged = (left: readonly PlannedTask[]): string => {
  const lines = left.map(({ ref, plan, error }) => {
    const what =
      error?.message ??
      plan.actions
        .flatMap(({ changes, summary }) =>
          changes.length > 0 ? changes.map((change) => change.summary) : [summary],
        )
        .join(', ');
    return `  ${ref.source}: ${ref.name}${ref.item === null ? '' : ` (${ref.item})`}: ${what}`;
  });
  const fight = left.length > 1 ? '\nwhere two of them are about the same thing, they undo each other' : '';
  return `did not converge; looked at again, there is still to do:\n${lines.join('\n')}${fight}`;
};
