import type { FactKey } from '../model/fact.ts';
import { type Handler, isDoneHere, type Play, type Task } from '../model/play.ts';
import { renderPlace } from '../model/span.ts';
import { Blocked } from '../model/unknown.ts';
import type { Scope } from '../template/scope.ts';
import { type Failure, isCaught } from './blocks.ts';
import { endsLoop } from './break-when.ts';
import { type HandlerRun, InstanceDecider } from './decide-instance.ts';
import { deferred, describeTask, undecided } from './decision.ts';
import type { Dynamic } from './host-variables.ts';
import { includedSince, splitIncluded } from './included-variables.ts';
import { expandTask, type Instance, withScope } from './instance.ts';
import type { PassCourse } from './pass-course.ts';
import type { PassOptions, Progress } from './pass-options.ts';
import { createPauses } from './pause.ts';
import type { PlanEnvironment } from './plan-environment.ts';
import type { PlannedTask } from './planned.ts';
import { secretsInResult } from './result-secrets.ts';
import { combineResults, emptyResult, type Registered, unknownResult, withItem } from './results.ts';
import { isDelegated } from './task-effects.ts';
import type { Once } from './told.ts';
import { takeWalked, type Walked } from './walked.ts';

/** What a task came to that has nothing to do: the same again for as long as the host was not looked at again. */
interface Decided {
  readonly decisions: readonly PlannedTask[];
  readonly registered: Registered;
}

/** A task, and what it is walked with. */
interface Walk {
  readonly play: Play;
  readonly task: Task | Handler;
  /** Variables of the loops of the includes around it. */
  readonly vars: Dynamic;
  readonly handler: HandlerRun | undefined;
}

/** What a task came to, all its items together. */
type Outcome = Omit<Once, 'set'>;

/** Decides one task of a pass after the other, each with all its items. */
export class TaskWalk {
  readonly #progress: Progress;
  readonly #options: PassOptions;
  readonly #course: PassCourse;
  readonly #decider: InstanceDecider;

  constructor(progress: Progress, options: PassOptions, course: PassCourse) {
    this.#progress = progress;
    this.#options = options;
    this.#course = course;
    this.#decider = new InstanceDecider(options, course);
  }

  /** @param how  `home`: the task as it was read, the same object for all hosts and passes */
  walk(
    play: Play,
    task: Task | Handler,
    vars: Dynamic,
    { home, handler }: { readonly home: Task | Handler; readonly handler?: HandlerRun },
  ): void {
    this.#course.mayMakeFiles ||= isDoneHere(task);
    if (task.runOnce === true && handler === undefined && this.#takeOnce(play, task)) return;
    const scope = this.#course.scope(play, task, vars);
    const { unseen, environment } = this.#options;
    if (unseen === undefined || isDelegated(task)) {
      const { dynamic } = this.#course;
      const outcome = this.#walkInstances({ play, task, vars, handler }, scope);
      if (task.runOnce === true) this.#course.noteOnce(task.id, { ...outcome, set: this.#setSince(dynamic) });
      return;
    }
    const key = `walked ${unseen} ${task.id} ${this.#course.isGuessing} ${this.#course.unopened[0]?.because ?? ''}`;
    const walked = scope.remembered(home, key, () => this.#walkUnseen({ play, task, vars, handler }, scope));
    this.#course.noteRisk(`"${task.name?.text ?? task.moduleName}" (${renderPlace(task.span)})`);
    takeWalked(walked, this.#course, environment, task.prepares === true ? play : undefined);
  }

  /**
   * Another host does the task for all, or has done it.
   *
   * @returns false: it is this host that does it
   */
  #takeOnce(play: Play, task: Task): boolean {
    const told = `"${task.name?.text ?? task.moduleName}" (${renderPlace(task.span)})`;
    try {
      const once = this.#options.readOnce(play, { id: task.id, told }, this.#course.at);
      if (once === undefined) return false;
      this.#course.set(once.set);
      if (once.failed !== undefined && isCaught(task.within))
        this.#course.fail({ planned: once.failed, registered: once.registered });
    } catch (error) {
      if (!(error instanceof Blocked)) throw error;
      const { because } = error;
      this.#course.noteRisk(told);
      this.#course.noteWait(because, false);
      if (this.#options.mode === 'apply') this.#course.halt({ reason: 'blocked', because });
      this.#course.register(task, unknownResult(because));
    }
    return true;
  }

  #setSince(before: Dynamic): Dynamic {
    const { dynamic } = this.#course;
    return Object.fromEntries(Object.entries(dynamic).filter(([name, value]) => before[name] !== value));
  }

  #walkUnseen(walked: Walk, scope: Scope): Walked {
    const keys: FactKey[] = [];
    const secrets: string[] = [];
    const environment: PlanEnvironment = {
      ...this.#options.environment,
      want: (wanted) => keys.push(...wanted),
      hide: (secret) => secrets.push(secret),
    };
    const options = { ...this.#options, environment };
    const alone = this.#course.branch(this.#progress, options);
    new TaskWalk(this.#progress, options, alone).#walkInstances(walked, scope);
    const { dynamic: before, unopened } = this.#course;
    const set = Object.entries(splitIncluded(alone.dynamic).set);
    return {
      dynamic: Object.fromEntries(set.filter(([name, value]) => before[name] !== value)),
      included: includedSince(alone.dynamic, before, walked.task.prepares === true ? walked.play : undefined),
      closes: alone.unopened.slice(unopened.length).map(({ because }) => because),
      failures: alone.failures,
      waits: [...alone.waits],
      asksLater: alone.asksLater,
      hasGaps: alone.hasGaps,
      keys,
      secrets,
    };
  }

  /**
   * The pass that proves a host mostly finds what the last one before it found, of which nothing has come since: where no
   * action is planned yet, what a task comes to hangs on what was seen and on its variables.
   */
  #walkInstances(walked: Walk, scope: Scope): Outcome {
    const { task, handler } = walked;
    const { overlay, want } = this.#options.environment;
    const isOwn = handler === undefined && !isDelegated(task);
    if (!isOwn || this.#course.collecting || !overlay.untouched) {
      return this.#decideInstances(walked, scope).outcome;
    }
    let fresh: Outcome | undefined;
    const decided = scope.remembered(overlay.observed, `decided ${task.id}`, () => {
      const made = this.#decideInstances(walked, scope);
      fresh = made.outcome;
      return made.decided;
    });
    if (fresh !== undefined) return fresh;
    if (decided === undefined || decided.decisions.some(({ ref }) => this.#progress.settled.has(ref.id)))
      return this.#decideInstances(walked, scope).outcome;
    for (const decision of decided.decisions) {
      want(decision.keys);
      this.#course.take(decision);
    }
    this.#course.register(task, decided.registered);
    return { registered: decided.registered, failed: undefined };
  }

  /** @returns what it came to, and in `decided` that it does and leaves open nothing */
  #decideInstances(
    { play, task, vars, handler }: Walk,
    scope: Scope,
  ): { readonly outcome: Outcome; readonly decided: Decided | undefined } {
    const isHandler = handler !== undefined;
    const results: Registered[] = [];
    const decisions: PlannedTask[] = [];
    let instances: readonly Instance[];
    const giveUp = (error: unknown) => {
      const whole = expandTask(play, withoutLoop(task), scope, isHandler)[0] as Instance;
      return { outcome: this.#takeUnexpanded(whole, error), decided: undefined };
    };
    try {
      instances = expandTask(play, task, scope, isHandler);
    } catch (error) {
      return giveUp(error);
    }
    if (instances.length === 0) return this.#takeEmpty(expandTask(play, withoutLoop(task), scope, isHandler));
    const failed: PlannedTask[] = [];
    let openEnd: string | undefined;
    let isOpen = false;
    const { dynamic } = this.#course;
    const pause = createPauses(task);
    for (const expanded of instances) {
      const instance =
        this.#course.dynamic === dynamic
          ? expanded
          : withScope(expanded, this.#course.scope(play, task, vars));
      const settled = this.#progress.settled.get(instance.ref.id);
      const decided = settled === undefined ? this.#decider.decide(instance, handler) : settled.planned;
      const decision = decided === undefined ? undefined : pause(decided);
      if (decision === undefined) {
        results.push(unknownResult(describeTask(instance)));
        isOpen = true;
        if (task.loop?.control.breakWhen === undefined) continue;
        openEnd = describeTask(instance);
        // Whether there are more items hangs on it: nothing is asked for them yet.
        break;
      }
      if (settled === undefined) {
        this.#course.take(decision);
        if (isAtRest(decision)) decisions.push(decision);
        else isOpen ||= decision.outcome !== 'failed';
        if (this.#isFailure(decision)) failed.push(decision);
      } else {
        this.#course.recall(decision);
        if (settled.failure !== undefined && !decision.ignoreErrors) failed.push(decision);
      }
      const result = settled?.registered ?? decision.registered;
      if (decision.secret) secretsInResult(result).forEach(this.#options.environment.hide);
      results.push(withItem(result, instance));
      const isLast = endsLoop(instance, result);
      if (isLast === false) continue;
      if (isLast !== true) {
        if (!(isLast instanceof Blocked)) return giveUp(isLast);
        isOpen = true;
        openEnd = isLast.because;
        this.#putOff(instances.slice(results.length), openEnd);
      }
      instances = instances.slice(0, results.length);
      break;
    }
    // How many results there are is not known where the loop may go on.
    const registered =
      openEnd === undefined ? combineResults(results, task.loop !== undefined) : unknownResult(openEnd);
    this.#course.register(task, registered);
    if (isOpen) this.#course.noteRisk(describeTask(instances[0] as Instance));
    if (failed[0] !== undefined) this.#fail({ planned: failed[0], registered }, isOpen);
    return {
      outcome: { registered, failed: failed[0] },
      decided: decisions.length === instances.length ? { decisions, registered } : undefined,
    };
  }

  /** A loop of nothing is told as a task that was skipped, as by Ansible. */
  #takeEmpty([whole]: readonly Instance[]): { readonly outcome: Outcome; readonly decided: Decided } {
    const { ref, task } = whole as Instance;
    const registered = emptyResult;
    const decision: PlannedTask = { ...undecided(ref, whole), outcome: 'skipped', registered };
    this.takeWhole(decision);
    this.#course.register(task, registered);
    return { outcome: { registered, failed: undefined }, decided: { decisions: [decision], registered } };
  }

  /** Items that come only if `break_when` does not hold for the one before them. */
  #putOff(instances: readonly Instance[], because: string): void {
    this.#course.noteWait(because, true);
    if (this.#course.collecting) return;
    if (this.#options.mode === 'apply') this.#course.halt({ reason: 'blocked', because });
    for (const instance of instances) {
      this.#course.take(deferred(undecided(instance.ref, instance), because));
    }
  }

  /** Decided by this pass to have failed, for good. */
  #isFailure({ outcome, ignoreErrors }: PlannedTask): boolean {
    // What fails as it is proved has not converged, and nothing is to come of it.
    const isDecided = !this.#course.collecting && this.#options.mode !== 'prove';
    return isDecided && outcome === 'failed' && !ignoreErrors;
  }

  /** @param isOpen  the outcome of other items hangs on what is still to be done: all of them are done first */
  #fail(failure: Failure, isOpen: boolean): void {
    const waits = isOpen && this.#options.mode === 'apply' && !this.#course.collecting;
    if (waits) this.#course.halt({ reason: 'barrier' });
    else this.#course.fail(failure);
  }

  #takeUnexpanded(whole: Instance, error: unknown): Outcome {
    const decision = this.#decider.decideUnexpanded(whole, error);
    if (decision === undefined) {
      this.#course.noteRisk(describeTask(whole));
      this.#course.register(whole.task, unknownResult(describeTask(whole)));
      return { registered: {}, failed: undefined };
    }
    this.takeWhole(decision);
    this.#course.register(whole.task, decision.registered);
    const { outcome, registered } = decision;
    return { registered, failed: outcome === 'failed' ? decision : undefined };
  }

  /** Takes a decision that was made for all items together, or for an include. */
  takeWhole(decision: PlannedTask): void {
    const { ref, outcome } = decision;
    const settled = this.#progress.settled.get(ref.id);
    if (outcome === 'deferred') this.#course.noteRisk(describeTask(decision));
    if (settled === undefined) this.#course.take(decision);
    const isFailure = settled === undefined ? this.#isFailure(decision) : settled.failure !== undefined;
    if (isFailure) this.#course.fail({ planned: decision, registered: decision.registered });
  }
}

/** Decided once and for all by what was seen, with nothing to do. */
const isAtRest = ({ outcome, because, plan }: PlannedTask): boolean =>
  (outcome === 'ok' || outcome === 'skipped') && because === undefined && plan.actions.length === 0;

const withoutLoop = (task: Task | Handler): Task | Handler => {
  const { loop: _, ...rest } = task;
  return rest;
};
