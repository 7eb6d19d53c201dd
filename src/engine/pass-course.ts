import type { ManifestEntry } from '../facts/memory.ts';
import type { Variables } from '../model/located.ts';
import type { Claim } from '../model/module.ts';
import type { Handler, Play, Task, Within } from '../model/play.ts';
import { TemplateError } from '../model/template-error.ts';
import { isUnknown, unknown } from '../model/unknown.ts';
import type { Scope } from '../template/scope.ts';
import { Blocks, describeFailedTask, type Failure, type Fate, isCaught, isRescued } from './blocks.ts';
import { describeTask } from './decision.ts';
import { setBy, toldOf, unknownSetBy, withSet } from './found-facts.ts';
import type { Dynamic, HostVariables } from './host-variables.ts';
import { withIncluded, withVarsFile } from './included-variables.ts';
import type { Overlay } from './overlay.ts';
import type { PassOptions, Progress } from './pass-options.ts';
import type { LogEntry, PassResult, Stop } from './pass-result.ts';
import { isDoneBetween, type PlannedTask } from './planned.ts';
import { earlier, type Position, theEnd } from './position.ts';
import { MissingFile } from './project-search.ts';
import type { Registered } from './results.ts';
import { type Step, withinOf } from './sequence.ts';
import { isOpaque, mayChange, mayClaim, needsVerdict, undecidedAction } from './task-effects.ts';
import type { Once, SetValue } from './told.ts';

/** What a pass has come to so far: what was decided, what that does to the tasks after it, and where it stopped. */
export class PassCourse {
  readonly #options: PassOptions;
  readonly #log: LogEntry[] = [];
  readonly #claims: { play: Play; claim: Claim; task: Task }[] = [];
  readonly #notified: Map<Play, Set<Handler>>;
  readonly #orphans = new Map<string, readonly ManifestEntry[]>();
  readonly #values: SetValue[] = [];
  readonly #once = new Map<string, Once>();
  readonly #blocks = new Blocks();
  readonly #progress: Progress;
  #within: readonly Within[] = [];
  /** The machine that the actions so far are for. */
  #actsOn: string | undefined;
  /** What tasks had set before a `rescue` that is only walked in case it has to run. */
  #beforeGuess: { readonly dynamic: Dynamic; readonly because: string } | undefined;
  #dynamic: Dynamic;
  #stop: Stop | undefined;
  #collecting: boolean;
  #reached: Position = theEnd;
  readonly failures: PlannedTask[] = [];
  readonly waits = new Set<string>();
  readonly asksLater = new Set<string>();
  readonly unopened: { at: Position; because: string }[] = [];
  /** A task so far acts on the machine that runs this: it may make what tasks after it name. */
  mayMakeFiles = false;
  /** See `PassResult`. */
  hasGaps = false;
  /** Of the step that is being walked. */
  at: Position = [];

  constructor(progress: Progress, options: PassOptions) {
    const { setBefore, notified } = progress;
    this.#progress = progress;
    this.#options = options;
    this.#collecting = options.mode === 'collect';
    this.#dynamic = setBefore;
    this.#notified = new Map([...notified].map(([play, handlers]) => [play, new Set(handlers)]));
  }

  /** Only facts are asked for from here on; nothing is decided. */
  get collecting(): boolean {
    return this.#collecting;
  }

  /** Variables that tasks have set by now. */
  get dynamic(): Dynamic {
    return this.#dynamic;
  }

  get result(): PassResult {
    return {
      log: this.#log,
      stop: this.#stop,
      claims: this.#claims,
      hasGaps: this.hasGaps,
      orphans: this.#orphans,
      failures: this.failures,
      waits: this.waits,
      asksLater: this.asksLater,
      values: this.#values,
      once: this.#once,
      reached: this.#reached,
      unopened: this.unopened,
    };
  }

  /** All claims so far. */
  get claims(): readonly Claim[] {
    return this.#claims.map(({ claim }) => claim);
  }

  /** The same place in the same course, for one task alone: what comes to it is not this one's. */
  branch(progress: Progress, options: PassOptions): PassCourse {
    const alone = new PassCourse(progress, options);
    alone.#dynamic = this.#dynamic;
    alone.at = this.at;
    alone.mayMakeFiles = this.mayMakeFiles;
    alone.#within = this.#within;
    alone.#beforeGuess = this.#beforeGuess;
    alone.unopened.push(...this.unopened);
    return alone;
  }

  /**
   * Comes to the next step.
   *
   * @returns whether the host takes it; `perhaps`: a rescue, if a task before it fails
   */
  enter(step: Step): boolean | 'perhaps' {
    this.at = step.at;
    this.#within = withinOf(step);
    const met = this.#blocks.enter(this.#within);
    if (met !== undefined) this.#meet(met.failure, met.fate);
    const runs = this.#blocks.runs(this.#within);
    this.#guess(runs === 'perhaps' && this.#collecting ? this.risk : undefined);
    return runs;
  }

  /** Comes to the end of all steps. */
  leave(): void {
    const met = this.#blocks.enter();
    if (met !== undefined) this.#meet(met.failure, met.fate);
    this.#guess(undefined);
  }

  /** Why the rescue that is walked may have to run. */
  get risk(): string | undefined {
    return this.#blocks.riskOf(this.#within);
  }

  /** Whether the step is walked only in case it has to run. */
  get isGuessing(): boolean {
    return this.#beforeGuess !== undefined;
  }

  /** The task has failed, all its items are over, and the host goes on in the way of its blocks. */
  fail(failure: Failure): void {
    if (this.#options.mode === 'check' && !isRescued(this.#within)) return;
    this.#meet(failure, this.#blocks.fail(this.#within, failure));
  }

  /** What is not decided, or has still to be done, may fail. @param task  as people are told of it */
  noteRisk(task: string): void {
    this.#blocks.noteRisk(this.#within, task);
  }

  /** While facts are collected: the task is wrong, whatever the host says. */
  noteWrong(planned: PlannedTask): void {
    if (isRescued(this.#within)) return;
    if (planned.error instanceof MissingFile && this.mayMakeFiles) return;
    // A rescue may well end with a task that is to fail.
    if (!this.isGuessing || planned.error instanceof TemplateError) this.failures.push(planned);
  }

  #meet({ planned, registered }: Failure, fate: Fate): void {
    // What the block would have managed is not told, and no orphan.
    this.hasGaps = true;
    if (fate === 'rescued') this.set(describeFailedTask(planned, registered));
    if (fate === 'uncaught' && this.#options.mode === 'apply')
      this.halt({ reason: 'failed', planned, isOver: true });
  }

  /** @param because  why the rescue that is come to may have to run; undefined: it is none, or left */
  #guess(because: string | undefined): void {
    if (because !== undefined && this.#beforeGuess === undefined) {
      this.#beforeGuess = { dynamic: this.#dynamic, because };
      const later = unknown(because);
      this.set({ ansible_failed_task: later, ansible_failed_result: later });
    } else if (because === undefined && this.#beforeGuess !== undefined) {
      const before = this.#beforeGuess;
      this.#beforeGuess = undefined;
      const names = Object.keys(this.#dynamic).filter((name) => this.#dynamic[name] !== before.dynamic[name]);
      this.set(Object.fromEntries(names.map((name) => [name, unknown(before.because)])));
    }
  }

  /** @param vars  variables of the loops of the includes around the task */
  scope(play: Play, task: Parameters<HostVariables['scope']>[1], vars: Dynamic): Scope {
    return this.#options.variables.scope(play, task, this.#dynamic, vars, this.at);
  }

  halt(stop: Stop): void {
    if (this.#stop === undefined) this.#reached = earlier(this.#reached, this.at);
    this.#stop ??= stop;
    this.#collecting = true;
  }

  /** A decision, and with it what is set from there on, hangs on something that has still to happen. */
  noteWait(because: string, asksLater: boolean): void {
    if (this.isGuessing) return;
    this.waits.add(because);
    if (asksLater) this.asksLater.add(because);
    if (this.#options.environment.isAwaited(because)) this.#reached = earlier(this.#reached, this.at);
  }

  /** The step is behind, once everything before it is. */
  passStep(step: Step): void {
    if (!this.#collecting) this.#log.push({ type: 'step', step });
  }

  noteOrphans(playbook: string, orphans: readonly ManifestEntry[]): void {
    this.#orphans.set(playbook, orphans);
  }

  /** Handlers of the play that are notified by now. */
  notifiedIn(play: Play): ReadonlySet<Handler> {
    return this.#notified.get(play) ?? new Set();
  }

  /** The host goes no further. */
  end(step: Step, of: 'play' | 'host'): void {
    if (!this.#collecting) this.#log.push({ type: 'end', step, of });
  }

  /** In check mode: the task is decided once another has failed. */
  postpone(planned: PlannedTask): void {
    if (!this.#collecting) this.#log.push({ type: 'task', planned });
  }

  /** A task that runs once has come to this here. */
  noteOnce(id: string, once: Once): void {
    if (!this.#collecting) this.#once.set(id, once);
  }

  /** They have run. */
  forgetNotified(play: Play): void {
    this.#notified.delete(play);
  }

  /** Variables that hold from here on. */
  set(values: Dynamic | undefined): void {
    if (values === undefined) return;
    this.#dynamic = withSet(this.#dynamic, values);
    if (this.#collecting) return;
    for (const [name, value] of toldOf(values, this.#dynamic))
      this.#values.push({ name, value, at: this.at });
  }

  /** What a settled task left behind for the tasks after it. */
  recall(decision: PlannedTask): void {
    this.#noteClaims(decision);
    this.#setBy(decision);
  }

  /** Variables of a file hold from here on. @param ofPlay  it is one of its `vars_files` */
  include(included: Variables, ofPlay: Play | undefined): void {
    this.#dynamic =
      ofPlay === undefined
        ? withIncluded(this.#dynamic, included)
        : withVarsFile(this.#dynamic, ofPlay, included);
  }

  /** Variables that a task sets by its plan. */
  #setBy({ instance, plan }: PlannedTask): void {
    this.set(setBy(plan));
    const ofPlay = instance?.task.prepares === true ? instance.play : undefined;
    if (plan.includedVars !== undefined) this.include(plan.includedVars, ofPlay);
  }

  /** Lays a decision's effects over the state that the next task is planned against. */
  take(decision: PlannedTask): void {
    if (this.#collecting) {
      this.#setBy(decision);
      return;
    }
    const { mode } = this.#options;
    if (decision.outcome === 'deferred') {
      if (mode === 'apply') {
        this.halt({ reason: 'blocked', because: decision.because ?? '' });
        return;
      }
      this.hasGaps ||= mayClaim(decision.instance) && decision.claims.length === 0;
      this.#obscure(decision);
    }
    if (decision.outcome === 'failed' && mode === 'apply') {
      const goesOn = decision.ignoreErrors || isCaught(this.#within);
      // With actions pending before it the verdict is not final: it is asked again after them.
      const isFinal = this.#actsOn === undefined && !this.#progress.hasTriesLeft(decision);
      if (!goesOn || !isFinal) {
        this.halt({ reason: 'failed', planned: decision });
        return;
      }
    }
    // What is done here goes out alone.
    const isBetween = mode === 'apply' && isDoneBetween(decision);
    if (mode === 'apply' && ((isBetween && this.#actsOn !== undefined) || !this.#mayActOn(decision))) {
      this.halt({ reason: 'barrier' });
      return;
    }
    this.#log.push({ type: 'task', planned: decision });
    this.#noteClaims(decision);
    const overlay = this.#overlayOf(decision);
    const because = decision.instance === undefined ? 'pruning' : describeTask(decision.instance);
    for (const action of decision.plan.actions) overlay.apply(action, because);
    // A guarded command that is not needed by a guess may be needed after all, and then do anything.
    const isGuess = decision.outcome === 'ok' && decision.because !== undefined;
    if (isGuess && isOpaque(decision.ref.module)) overlay.apply(undecidedAction, because);
    if (decision.outcome !== 'deferred') this.#setBy(decision);
    for (const { play, handler } of decision.notifies) this.#notify(play, handler);
    if (isBetween || (mode === 'apply' && decision.outcome === 'act' && needsVerdict(decision)))
      this.halt({ reason: 'barrier' });
  }

  /** Actions of a pass go out together, as one script: to one machine. */
  #mayActOn({ plan, delegated, settles }: PlannedTask): boolean {
    const acts = plan.actions.length > 0;
    if (!acts && settles.length === 0) return true;
    const on = acts ? (delegated?.key ?? 'the host') : 'the host';
    this.#actsOn ??= on;
    // What a delegated task settles is noted on the host, once it is done.
    return this.#actsOn === on;
  }

  #overlayOf({ delegated }: Pick<PlannedTask, 'delegated'>): Overlay {
    const { environment, guests } = this.#options;
    return delegated === undefined ? environment.overlay : guests.overlayOf(delegated);
  }

  register(task: Task, result: Registered): void {
    if (task.register !== undefined) this.set({ [task.register]: result });
    if (isUnknown(result)) this.set(unknownSetBy(task, result));
  }

  #noteClaims({ claims, instance }: PlannedTask): void {
    if (instance === undefined) return;
    for (const claim of claims) this.#claims.push({ play: instance.play, claim, task: instance.task });
  }

  #notify(play: Play, handler: Handler): void {
    const known = this.#notified.get(play) ?? new Set();
    known.add(handler);
    this.#notified.set(play, known);
  }

  /** A task that is not decided may do anything: what it names is not known, the rest is a guess. */
  #obscure({ instance, keys, because, delegated }: PlannedTask): void {
    const overlay = this.#overlayOf({ delegated });
    const reason = instance === undefined ? (because ?? '') : describeTask(instance);
    const mayAct = instance !== undefined && mayChange(instance.task.module.name);
    if (!mayAct) return;
    overlay.apply(undecidedAction, reason);
    overlay.obscure(
      keys.filter(({ kind }) => kind !== 'probe'),
      unknown(reason),
    );
  }
}
