import type { ManifestEntry } from '../facts/memory.ts';
import type { Action } from '../model/action.ts';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { FactKey } from '../model/fact.ts';
import type { Variables } from '../model/located.ts';
import type { Claim } from '../model/module.ts';
import type { Entry, Handler, IncludeTasks, Meta, Play, Task } from '../model/play.ts';
import { renderPlace } from '../model/span.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { TemplateError } from '../model/template-error.ts';
import { Blocked, isUnknown, unknown } from '../model/unknown.ts';
import type { Scope } from '../template/scope.ts';
import type { SetValue } from './host-results.ts';
import type { Dynamic, HostVariables } from './host-variables.ts';
import { includedSince, includesVariables, splitIncluded, withIncluded } from './included-variables.ts';
import { expandTask, type Instance } from './instance.ts';
import { openInclude } from './open-include.ts';
import { NotObserved } from './overlay.ts';
import type { PassOptions, Progress } from './pass-options.ts';
import type { LogEntry, PassResult, Stop } from './pass-result.ts';
import { describeTask, type PlanEnvironment, planInstance, undecided } from './plan-instance.ts';
import type { Notified, PlannedTask } from './planned.ts';
import { earlier, type Position, theEnd } from './position.ts';
import { secretsInResult } from './result-secrets.ts';
import { combineResults, type Registered } from './results.ts';
import { isSelected } from './selection.ts';
import { handlersFor, type Step } from './sequence.ts';

/** What walking a task came to before anything was seen of the host. */
interface Walked {
  /** Variables that it set. */
  readonly dynamic: Dynamic;
  /** Read by include_vars. */
  readonly included: readonly Variables[];
  /** Why it could not tell which variables it reads. */
  readonly closes: readonly string[];
  readonly failures: readonly PlannedTask[];
  readonly waits: readonly string[];
  readonly asksLater: ReadonlySet<string>;
  readonly hasGaps: boolean;
  readonly keys: readonly FactKey[];
  readonly secrets: readonly string[];
}

/** What a task came to that has nothing to do: the same again for as long as the host was not looked at again. */
interface Decided {
  readonly decisions: readonly PlannedTask[];
  readonly registered: Registered;
}

/** Why a handler runs, and which debts that settles. */
interface HandlerRun {
  readonly isOwed: boolean;
  readonly settles: readonly string[];
}

const hasOwnVerdict = (task: Task): boolean =>
  task.until !== undefined ||
  task.failedWhen !== undefined ||
  (task.changedWhen?.some((condition) => typeof condition !== 'boolean') ?? false);

const isLiteralFalse = (task: Task): boolean =>
  task.changedWhen?.length === 1 && task.changedWhen[0] === false;

/**
 * One walk through a host's steps, deciding each task against the overlay. Pure but for the includes it opens, which
 * replace their step once they are known.
 */
export class Pass {
  readonly #progress: Progress;
  readonly #options: PassOptions;
  readonly #log: LogEntry[] = [];
  readonly #claims: { play: Play; claim: Claim; task: Task }[] = [];
  readonly #notified: Map<Play, Set<Handler>>;
  #dynamic: Dynamic;
  #stop: Stop | undefined;
  #collecting: boolean;
  #hasGaps = false;
  readonly #orphans = new Map<string, readonly ManifestEntry[]>();
  readonly #failures: PlannedTask[] = [];
  readonly #waits = new Set<string>();
  readonly #asksLater = new Set<string>();
  readonly #values: SetValue[] = [];
  readonly #unopened: { at: Position; because: string }[] = [];
  /** Of the step that is being walked. */
  #at: Position = [];
  #reached: Position = theEnd;

  constructor(progress: Progress, options: PassOptions) {
    this.#progress = progress;
    this.#options = options;
    this.#collecting = options.mode === 'collect';
    this.#dynamic = progress.setBefore;
    this.#notified = new Map([...progress.notified].map(([play, handlers]) => [play, new Set(handlers)]));
  }

  run(): PassResult {
    const { steps } = this.#progress;
    for (let at = 0; at < steps.length; at += 1) {
      const step = steps[at] as Step;
      const opened = this.#walk(step);
      if (opened !== undefined) {
        steps.splice(at, 1, ...opened);
        at -= 1;
      } else if (!this.#collecting) this.#log.push({ type: 'step', step });
    }
    return {
      log: this.#log,
      stop: this.#stop,
      claims: this.#claims,
      hasGaps: this.#hasGaps,
      orphans: this.#orphans,
      failures: this.#failures,
      waits: this.#waits,
      asksLater: this.#asksLater,
      values: this.#values,
      reached: this.#reached,
      unopened: this.#unopened,
    };
  }

  /** @returns the steps that replace it, when it is an include whose tasks are now known */
  #walk(step: Step): readonly Step[] | undefined {
    this.#at = step.at;
    if (step.type === 'flush') this.#flush(step);
    else if (step.type === 'prune') this.#prune(step);
    else if (step.type === 'play-start') this.#startPlay(step);
    else if (step.type === 'entry') return this.#walkEntry(step.play, step.entry, step.vars);
    return undefined;
  }

  #scope(play: Play, task: Parameters<HostVariables['scope']>[1], vars: Dynamic): Scope {
    return this.#options.variables.scope(play, task, this.#dynamic, vars, this.#at);
  }

  #walkEntry(play: Play, entry: Entry, vars: Dynamic): readonly Step[] | undefined {
    if (!isSelected(entry, this.#options.selection)) return undefined;
    if (entry.type === 'task') this.#walkTask(play, entry, vars, { home: entry });
    else if (entry.type === 'include') return this.#openInclude(play, entry, vars);
    else this.#walkMeta(play, entry, vars);
    return undefined;
  }

  #halt(stop: Stop): void {
    if (this.#stop === undefined) this.#reached = earlier(this.#reached, this.#at);
    this.#stop ??= stop;
    this.#collecting = true;
  }

  /** A decision, and with it what is set from there on, hangs on something that has still to happen. */
  #noteWait(because: string, asksLater: boolean): void {
    this.#waits.add(because);
    if (asksLater) this.#asksLater.add(because);
    if (this.#options.environment.isAwaited(because)) this.#reached = earlier(this.#reached, this.#at);
  }

  /** Variables that hold from here on. */
  #set(values: Dynamic | undefined): void {
    if (values === undefined) return;
    this.#dynamic = { ...this.#dynamic, ...values };
    if (this.#collecting) return;
    for (const [name, value] of Object.entries(values)) this.#values.push({ name, value, at: this.#at });
  }

  #walkMeta(play: Play, meta: Meta, vars: Dynamic): void {
    if (meta.action === 'noop') return;
    const own = { vars: meta.vars, includeVars: meta.includeVars };
    const scope = this.#scope(play, own, vars);
    try {
      if (!meta.when.every((condition) => scope.test(condition))) return;
      const { steps } = this.#progress;
      const isHere = (step: Step): boolean => step.type === 'entry' && step.entry === meta;
      const from = steps.findIndex(isHere) + 1;
      const to =
        meta.action === 'end_host'
          ? steps.length
          : steps.findIndex((step) => step.type === 'play-end' && step.play === play);
      steps.splice(from, to - from);
    } catch (error) {
      this.#giveUpEntry(meta, `meta ${meta.action}`, error);
    }
  }

  #openInclude(play: Play, include: IncludeTasks, vars: Dynamic): readonly Step[] | undefined {
    const place = { play, at: this.#at, vars };
    try {
      return openInclude(include, place, (all) => this.#scope(play, include, all));
    } catch (error) {
      this.#giveUpEntry(include, 'include_tasks', error);
      return undefined;
    }
  }

  /** An entry that is no task cannot be decided, or is wrong: reported as a task would be. */
  #giveUpEntry(entry: IncludeTasks | Meta, module: string, error: unknown): void {
    this.#hasGaps = true;
    const isWrong =
      error instanceof TaskFailure || error instanceof TemplateError || error instanceof DiagnosticError;
    if (!isWrong && !(error instanceof Blocked)) throw error;
    if (error instanceof Blocked) {
      this.#noteWait(error.because, true);
      if (entry.type === 'include') this.#unopened.push({ at: this.#at, because: error.because });
    }
    if (this.#collecting) return;
    const name = entry.type === 'include' ? `${module} ${entry.file.text}` : module;
    const ref = { id: entry.id, name, module, item: null, source: renderPlace(entry.span), handler: false };
    const because = error instanceof Blocked ? error.because : undefined;
    this.#take({
      ...undecided(ref),
      outcome: isWrong ? 'failed' : 'deferred',
      because,
      error: isWrong ? error : undefined,
    });
  }

  /** @param how  `home`: the task as it was read, the same object for all hosts and passes */
  #walkTask(
    play: Play,
    task: Task | Handler,
    vars: Dynamic,
    { home, handler }: { readonly home: Task | Handler; readonly handler?: HandlerRun },
  ): void {
    const scope = this.#scope(play, task, vars);
    const { unseen, environment } = this.#options;
    if (unseen === undefined) {
      this.#walkInstances(play, task, scope, handler);
      return;
    }
    const key = `walked ${unseen} ${task.id} ${this.#unopened[0]?.because ?? ''}`;
    const walked = scope.remembered(home, key, () => this.#walkUnseen(play, task, scope, handler));
    this.#set(walked.dynamic);
    for (const included of walked.included) this.#dynamic = withIncluded(this.#dynamic, included);
    for (const because of walked.closes) this.#unopened.push({ at: this.#at, because });
    this.#failures.push(...walked.failures);
    for (const because of walked.waits) this.#noteWait(because, walked.asksLater.has(because));
    this.#hasGaps ||= walked.hasGaps;
    environment.want(walked.keys);
    walked.secrets.forEach(environment.hide);
  }

  #walkUnseen(play: Play, task: Task | Handler, scope: Scope, handler: HandlerRun | undefined): Walked {
    const keys: FactKey[] = [];
    const secrets: string[] = [];
    const environment: PlanEnvironment = {
      ...this.#options.environment,
      want: (wanted) => keys.push(...wanted),
      hide: (secret) => secrets.push(secret),
    };
    const alone = new Pass(this.#progress, { ...this.#options, environment });
    alone.#dynamic = this.#dynamic;
    alone.#at = this.#at;
    alone.#unopened.push(...this.#unopened);
    alone.#walkInstances(play, task, scope, handler);
    const { set } = splitIncluded(alone.#dynamic);
    const own = Object.entries(set).filter(([name, value]) => this.#dynamic[name] !== value);
    return {
      dynamic: Object.fromEntries(own),
      included: includedSince(alone.#dynamic, this.#dynamic),
      closes: alone.#unopened.slice(this.#unopened.length).map(({ because }) => because),
      failures: alone.#failures,
      waits: [...alone.#waits],
      asksLater: alone.#asksLater,
      hasGaps: alone.#hasGaps,
      keys,
      secrets,
    };
  }

  /**
   * The pass that proves a host mostly finds what the last one before it found, of which nothing has come since: where no
   * action is planned yet, what a task comes to hangs on what was seen and on its variables.
   */
  #walkInstances(play: Play, task: Task | Handler, scope: Scope, handler: HandlerRun | undefined): void {
    const { overlay, want } = this.#options.environment;
    if (handler !== undefined || this.#collecting || !overlay.untouched) {
      this.#decideInstances(play, task, scope, handler);
      return;
    }
    let isFresh = false;
    const decided = scope.remembered(overlay.observed, `decided ${task.id}`, () => {
      isFresh = true;
      return this.#decideInstances(play, task, scope, handler);
    });
    if (isFresh) return;
    if (decided?.decisions.some(({ ref }) => this.#progress.settled.has(ref.id)) !== false) {
      this.#decideInstances(play, task, scope, handler);
      return;
    }
    for (const decision of decided.decisions) {
      want(decision.keys);
      this.#take(decision);
    }
    this.#register(task, decided.registered);
  }

  /** @returns what it came to, unless it does or leaves open anything */
  #decideInstances(
    play: Play,
    task: Task | Handler,
    scope: Scope,
    handler: HandlerRun | undefined,
  ): Decided | undefined {
    const isHandler = handler !== undefined;
    const results: Registered[] = [];
    const decisions: PlannedTask[] = [];
    let instances: readonly Instance[];
    try {
      instances = expandTask(play, task, scope, isHandler);
    } catch (error) {
      const whole = expandTask(play, withoutLoop(task), scope, isHandler)[0] as Instance;
      instances = [whole];
      const decision = this.#decideUnexpanded(whole, error);
      if (decision === undefined) return undefined;
      this.#take(decision);
      this.#register(task, decision.registered);
      return undefined;
    }
    for (const instance of instances) {
      const settled = this.#progress.settled.get(instance.ref.id);
      const decision = settled === undefined ? this.#decide(instance, handler) : settled.planned;
      if (decision === undefined) {
        results.push(unknown(describeTask(instance)) as unknown as Registered);
        continue;
      }
      if (settled === undefined) {
        this.#take(decision);
        if (isAtRest(decision)) decisions.push(decision);
      } else this.#recall(decision);
      const result = settled?.registered ?? decision.registered;
      if (decision.secret) secretsInResult(result).forEach(this.#options.environment.hide);
      results.push(result);
    }
    const registered = combineResults(results, task.loop !== undefined);
    this.#register(task, registered);
    return decisions.length === instances.length ? { decisions, registered } : undefined;
  }

  #decideUnexpanded(instance: Instance, error: unknown): PlannedTask | undefined {
    const planned = undecided(instance.ref, instance);
    if (error instanceof Blocked) {
      this.#hasGaps ||= mayClaim(instance);
      this.#noteWait(error.because, true);
      this.#noteClosed(instance, error.because);
      if (this.#collecting) return undefined;
      return {
        ...planned,
        outcome: 'deferred',
        because: error.because,
        registered: unknown(error.because) as unknown as Registered,
      };
    }
    if (!(error instanceof TaskFailure || error instanceof TemplateError)) throw error;
    const mayBeSetBy = this.#mayBeSetBy(error);
    if (mayBeSetBy !== undefined) return this.#decideUnexpanded(instance, new Blocked(mayBeSetBy));
    // A skipped task's loop may well hang on what is not there: `when` is asked first.
    const skipped = planInstance(instance, this.#options.environment, () => []);
    if (skipped.outcome === 'skipped') return skipped;
    const failure: PlannedTask = {
      ...planned,
      outcome: 'failed',
      error,
      registered: { failed: true, changed: false, msg: error.message },
    };
    if (!this.#collecting) return failure;
    this.#failures.push(failure);
    return undefined;
  }

  /** @returns undefined while only facts are collected, or when facts are missing */
  #decide(instance: Instance, handler: HandlerRun | undefined): PlannedTask | undefined {
    try {
      const decision = this.#orLater(
        planInstance(instance, this.#options.environment, () => this.#notifiedBy(instance)),
      );
      if (decision.because !== undefined) this.#noteWait(decision.because, decision.asksLater);
      if (decision.outcome === 'deferred') this.#noteClosed(instance, decision.because ?? '');
      if (this.#collecting) {
        if (decision.outcome === 'failed' && !decision.ignoreErrors) this.#failures.push(decision);
        return isCertain(decision) ? decision : undefined;
      }
      return handler === undefined
        ? decision
        : { ...decision, owed: handler.isOwed, settles: handler.settles };
    } catch (error) {
      if (!(error instanceof NotObserved)) throw error;
      this.#halt({ reason: 'not-observed', keys: error.keys });
      return undefined;
    }
  }

  /** Which variables an include_vars brings is not known while it waits. */
  #noteClosed({ task }: Instance, because: string): void {
    if (includesVariables(task)) this.#unopened.push({ at: this.#at, because });
  }

  /** What keeps an include closed whose tasks may set the variable that this says is not there. */
  #mayBeSetBy(error: Error | undefined): string | undefined {
    const isMissing = error instanceof TemplateError && error.diagnostic.code === 'undefined-variable';
    return isMissing ? this.#unopened[0]?.because : undefined;
  }

  #orLater(decision: PlannedTask): PlannedTask {
    const because = this.#mayBeSetBy(decision.error);
    if (because === undefined) return decision;
    const registered = unknown(because) as unknown as Registered;
    return { ...decision, outcome: 'deferred', because, error: undefined, registered };
  }

  #notifiedBy({ task, play, scope }: Instance): readonly Notified[] {
    if (isLiteralFalse(task)) return [];
    return task.notify.flatMap(({ text, span }) => {
      const name = String(scope.render(text));
      const handlers = handlersFor(play, name);
      if (handlers.length === 0)
        throw new TaskFailure(`${renderPlace(span)}: no handler is called or listens to "${name}"`);
      return handlers.map((handler): Notified => ({ play, handler }));
    });
  }

  /** What a settled task left behind for the tasks after it. */
  #recall(decision: PlannedTask): void {
    this.#noteClaims(decision);
    this.#setBy(decision);
  }

  /** Variables that a task sets by its plan. */
  #setBy({ plan }: PlannedTask): void {
    this.#set(plan.setFacts);
    if (plan.includedVars !== undefined) this.#dynamic = withIncluded(this.#dynamic, plan.includedVars);
  }

  #noteClaims({ claims, instance }: PlannedTask): void {
    if (instance === undefined) return;
    for (const claim of claims) this.#claims.push({ play: instance.play, claim, task: instance.task });
  }

  /** Lays a decision's effects over the state that the next task is planned against. */
  #take(decision: PlannedTask): void {
    if (this.#collecting) {
      this.#setBy(decision);
      return;
    }
    const { mode, environment } = this.#options;
    if (decision.outcome === 'deferred') {
      if (mode === 'apply') {
        this.#halt({ reason: 'blocked', because: decision.because ?? '' });
        return;
      }
      this.#hasGaps ||= mayClaim(decision.instance) && decision.claims.length === 0;
      this.#obscure(decision);
    }
    if (decision.outcome === 'failed' && mode === 'apply') {
      // With actions pending before it the verdict is not final: it is asked again after them.
      if (!decision.ignoreErrors || !environment.overlay.untouched) {
        this.#halt({ reason: 'failed', planned: decision });
        return;
      }
    }
    this.#log.push({ type: 'task', planned: decision });
    this.#noteClaims(decision);
    const because = decision.instance === undefined ? 'pruning' : describeTask(decision.instance);
    for (const action of decision.plan.actions) environment.overlay.apply(action, because);
    // A guarded command that is not needed by a guess may be needed after all, and then do anything.
    const isGuess = decision.outcome === 'ok' && decision.because !== undefined;
    if (isGuess && opaque.has(decision.ref.module)) environment.overlay.apply(undecidedAction, because);
    if (decision.outcome !== 'deferred') this.#setBy(decision);
    for (const { play, handler } of decision.notifies) this.#notify(play, handler);
    if (mode === 'apply' && decision.outcome === 'act' && needsVerdict(decision))
      this.#halt({ reason: 'barrier' });
  }

  #notify(play: Play, handler: Handler): void {
    const known = this.#notified.get(play) ?? new Set();
    known.add(handler);
    this.#notified.set(play, known);
  }

  /** A task that is not decided may do anything: what it names is not known, the rest is a guess. */
  #obscure({ instance, keys, because }: PlannedTask): void {
    const { overlay } = this.#options.environment;
    const reason = instance === undefined ? (because ?? '') : describeTask(instance);
    const mayAct = instance !== undefined && !passive.has(instance.task.module.name);
    if (!mayAct) return;
    overlay.apply(undecidedAction, reason);
    overlay.obscure(
      keys.filter(({ kind }) => kind !== 'probe'),
      unknown(reason),
    );
  }

  #register(task: Task, result: Registered): void {
    if (task.register !== undefined) this.#set({ [task.register]: result });
    if (task.module.name === 'set_fact' && isUnknown(result))
      this.#set(Object.fromEntries(Object.keys(task.args.value).map((name) => [name, result])));
  }

  /**
   * Handlers that are notified by now, or owed, in the order of the play. Their facts are asked for in the first look
   * already, in case something notifies them: no look more for a restart.
   */
  #flush(step: Step): void {
    const { play } = step;
    if (this.#options.mode === 'prove' || this.#progress.passedSteps.has(step)) return;
    const ordinal = this.#progress.steps
      .filter((other) => other.type === 'flush' && other.play === play)
      .indexOf(step);
    const notified = this.#notified.get(play) ?? new Set<Handler>();
    for (const [order, handler] of play.handlers.entries()) {
      this.#at = [...step.at, order];
      if (!isSelected(handler, this.#options.selection)) continue;
      const id = this.#progress.debts.idOf(play, handler);
      const isOwed = this.#progress.debts.isFound(id);
      const run: Handler = { ...handler, id: `${handler.id} (flush ${ordinal})` };
      const isSettled = this.#progress.settled.has(run.id);
      if (notified.has(handler) || isOwed || isSettled)
        this.#walkTask(play, run, {}, { home: handler, handler: { isOwed, settles: [id] } });
      else if (this.#collecting)
        this.#walkTask(play, run, {}, { home: handler, handler: { isOwed: false, settles: [] } });
    }
    if (!this.#collecting) this.#notified.delete(play);
  }

  #prune(step: Step): void {
    if (this.#collecting || this.#hasGaps || this.#progress.passedSteps.has(step)) return;
    const claims = this.#claims.map(({ claim }) => claim);
    try {
      const { left, pruning } = this.#options.planPrune(step.play, claims);
      this.#orphans.set(step.play.playbook, left);
      if (pruning !== undefined) this.#take(pruning);
    } catch (error) {
      if (error instanceof NotObserved) this.#halt({ reason: 'not-observed', keys: error.keys });
      else if (error instanceof Blocked) this.#halt({ reason: 'blocked', because: error.because });
      else throw error;
    }
  }

  #startPlay(step: Step): void {
    if (this.#options.mode !== 'apply' || this.#collecting || this.#progress.passedSteps.has(step)) return;
    this.#halt({ reason: 'play-start', step });
  }
}

/** Modules whose actions may do anything. */
const opaque = new Set(['command', 'shell']);

/** Stands for the actions of a task that is not decided. */
const undecidedAction: Action = {
  kind: 'undecided',
  summary: '',
  changes: [],
  sh: { sh: '' },
  predicts: [],
  taints: ['everything'],
};

/** Modules that change nothing on the host, whatever they decide. */
const passive = new Set(['assert', 'debug', 'fail', 'set_fact', 'slurp', 'stat', 'wait_for']);

/** Whether the task manages something lasting, so that its claims are missed while it is not decided. */
const mayClaim = (instance: Instance | undefined): boolean => instance?.task.module.claims !== undefined;

/** Decided without any fact: so it is, whatever a look shows. */
const isCertain = ({ outcome, keys, plan }: PlannedTask): boolean =>
  outcome === 'skipped' || (outcome === 'ok' && keys.length === 0 && plan.actions.length === 0);

/** Decided once and for all by what was seen, with nothing to do. */
const isAtRest = ({ outcome, because, plan }: PlannedTask): boolean =>
  (outcome === 'ok' || outcome === 'skipped') && because === undefined && plan.actions.length === 0;

const needsVerdict = ({ instance, plan }: PlannedTask): boolean =>
  instance !== undefined &&
  hasOwnVerdict(instance.task) &&
  plan.actions.some(({ capture }) => capture === true);

const withoutLoop = (task: Task | Handler): Task | Handler => {
  const { loop: _, ...rest } = task;
  return rest;
};
