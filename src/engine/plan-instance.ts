import type { TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { Blocked, type Unknown, unknown } from '../model/unknown.ts';
import { inBackground } from './background.ts';
import { deferred, describeTask, failed, isUserError, undecided } from './decision.ts';
import { renderFlag } from './identity.ts';
import type { Instance } from './instance.ts';
import { NotObserved } from './overlay.ts';
import type { PlanEnvironment } from './plan-environment.ts';
import type { Notified, PlannedTask } from './planned.ts';
import { askEarly, contextOf, filesFor, isOnlyChecked, type Prepared, prepare } from './prepare-instance.ts';
import { failedAs, predictedResult, type Registered, skippedResult, unknownResult } from './results.ts';
import { judge, type Verdict, verdictWaitsFor } from './verdict.ts';

/** Whether every `when` holds; the reason where that cannot be told yet. */
const testWhen = ({ task, scope }: Instance): boolean | Unknown => {
  try {
    return task.when.every((condition) => scope.test(condition));
  } catch (error) {
    if (error instanceof Blocked) return unknown(error.because);
    throw error;
  }
};

/** By its own conditions; undefined where these speak of what only comes by doing it. */
const verdictOfUndone = ({ task, scope }: Instance, result: Registered): Verdict | undefined => {
  try {
    return judge({ task: { ...task, until: undefined }, scope }, { result });
  } catch (error) {
    if (error instanceof Blocked || isUserError(error)) return undefined;
    throw error;
  }
};

/** A task with something to do that is only to say so. */
const leftUndone = (instance: Instance, base: PlannedTask, plan: TaskPlan): PlannedTask => {
  const summaries = plan.actions.flatMap(({ changes }) => changes.map(({ summary }) => summary));
  const isWait = plan.actions.every(({ verification }) => verification === true);
  const result = { changed: !isWait, failed: false, ...plan.result, ...plan.undone };
  const undone = { ...plan, actions: [], message: `check_mode: would ${summaries.join(', ')}` };
  const { task } = instance;
  const verdict = verdictOfUndone(instance, result);
  if (task.failedWhen !== undefined && verdict?.error !== undefined)
    return failed({ ...base, plan: undone }, verdict.error);
  const changed = task.changedWhen === undefined ? result.changed : verdict?.changed;
  return { ...base, plan: undone, registered: { ...result, changed: changed ?? result.changed } };
};

const normalise = (plan: Awaited<ReturnType<Instance['task']['module']['plan']>>): TaskPlan => {
  if (!('actions' in plan)) return { actions: plan };
  const { warnings = [] } = plan;
  return warnings.length === 0 ? plan : { ...plan, result: { ...plan.result, warnings } };
};

/** A module has failed without doing anything, which `failed_when` may overrule. What is wrong in a template stays so. */
const failedUnless = (instance: Instance, base: PlannedTask, error: Error): PlannedTask => {
  const failure = failed(base, error);
  if (instance.task.failedWhen === undefined || !(error instanceof TaskFailure)) return failure;
  const verdict = judge(instance, { result: failure.registered });
  const isFailed = verdict.error !== undefined;
  const registered = {
    ...failure.registered,
    ...failedAs(instance.task, isFailed),
    changed: verdict.changed,
  };
  return isFailed ? { ...failure, registered } : { ...base, registered };
};

/** The result of a task with `until` has the number of the try, for its own conditions too. */
const counted = (plan: TaskPlan, { task, ref }: Instance, { attemptOf }: PlanEnvironment): TaskPlan => {
  if (task.until === undefined || plan.result === undefined || plan.actions.length > 0) return plan;
  return { ...plan, result: { ...plan.result, attempts: attemptOf?.(ref.id) ?? 1 } };
};

const decide = (
  instance: Instance,
  prepared: Prepared,
  environment: PlanEnvironment,
  notifiedBy: () => readonly Notified[],
): PlannedTask => {
  const { task } = instance;
  const { params, identity, keys, claims, secret } = prepared;
  const ignoreErrors = renderFlag(task.ignoreErrors, instance.scope, 'ignore_errors');
  const context = contextOf(instance, prepared, environment);
  let guess: string | undefined;
  const facts = environment.overlay.factsFor((because) => {
    guess ??= because;
  });
  const base: PlannedTask = {
    ...undecided(instance.ref, instance),
    identity,
    keys,
    secret,
    ignoreErrors,
    // What is managed elsewhere is not the host's own to take away.
    claims: environment.delegated === undefined ? claims : [],
    delegated: environment.delegated,
    files: filesFor(instance, environment),
  };
  try {
    const planned = normalise(task.module.plan(params, facts, context));
    const plan = counted(inBackground(planned, instance), instance, environment);
    const waits = plan.actions.length > 0 && plan.actions.every((action) => action.verification === true);
    if (guess !== undefined && waits) return deferred(base, guess);
    if (plan.actions.length > 0 && isOnlyChecked(instance)) return leftUndone(instance, base, plan);
    const notifies = notifiedBy();
    if (plan.actions.length > 0) {
      const result = predictedResult(plan.result ?? {}, describeTask(instance));
      const awaited = verdictWaitsFor(instance, result, environment.isAwaited);
      if (awaited !== undefined) return deferred(base, awaited);
      return { ...base, outcome: 'act', plan, because: guess, notifies, registered: result };
    }
    if (guess !== undefined && context.readOnly && plan.result !== undefined) {
      const asItIs = judge(instance, plan).error?.message;
      return { ...deferred({ ...base, plan, keys: [] }, guess), asItIs };
    }
    if (guess !== undefined) {
      // By the guess it is as wanted; only what it says of itself is not certain.
      const registered = plan.result === undefined ? base.registered : unknownResult(guess);
      return { ...base, plan, because: guess, registered };
    }
    const verdict =
      plan.finish === undefined ? judge(instance, plan) : { changed: false, error: undefined, isOver: false };
    if (verdict.error !== undefined) return failed({ ...base, plan, isOver: verdict.isOver }, verdict.error);
    const registered = { ...plan.result, ...failedAs(task, false), changed: verdict.changed };
    return { ...base, plan, because: guess, registered, notifies: verdict.changed ? notifies : [] };
  } catch (error) {
    if (error instanceof Blocked) return deferred(base, error.because);
    if (!isUserError(error)) throw error;
    return guess === undefined ? failedUnless(instance, base, error) : deferred(base, guess);
  }
};

/**
 * Decides one instance against the overlay. Nothing is changed by it; the caller lays the effects over.
 *
 * @param notifiedBy  handlers that the task notifies, found when they matter; may throw what a task's templates may
 * @param environmentFor  asked once the instance is not skipped; may throw what its templates may
 * @throws NotObserved when facts are missing (they have been told to `want`)
 */
export const planInstance = (
  instance: Instance,
  environmentFor: (instance: Instance) => PlanEnvironment,
  notifiedBy: () => readonly Notified[],
): PlannedTask => {
  let planned = undecided(instance.ref, instance);
  let environment: PlanEnvironment | undefined;
  try {
    const when = testWhen(instance);
    if (when === false) return { ...planned, outcome: 'skipped', registered: skippedResult };
    environment = environmentFor(instance);
    const ignoreErrors = renderFlag(instance.task.ignoreErrors, instance.scope, 'ignore_errors');
    const files = filesFor(instance, environment);
    planned = { ...planned, ignoreErrors, delegated: environment.delegated, files };
    const prepared = prepare(instance, environment);
    if (when !== true) {
      // Only asking does no harm, and saves a round trip when the answer turns out to be yes; a command is not run on a guess.
      const harmless = prepared.keys.filter(({ kind }) => kind !== 'probe');
      environment.want(harmless);
      const asksLater = harmless.length < prepared.keys.length;
      return { ...deferred(planned, when.because), keys: prepared.keys, asksLater };
    }
    environment.want(prepared.keys);
    const { overlay, delegated } = environment;
    const missing = prepared.keys.filter((key) => overlay.peek(key) === undefined);
    // Those of other machines are known to be wanted there.
    if (missing.length > 0) throw new NotObserved(delegated === undefined ? missing : []);
    return decide(instance, prepared, environment, notifiedBy);
  } catch (error) {
    // So is what another fact of another machine has led to.
    if (error instanceof NotObserved && environment?.delegated !== undefined) {
      environment.want(error.keys);
      throw new NotObserved([]);
    }
    if (error instanceof Blocked) {
      const asksLater = environment === undefined || !askEarly(instance, environment);
      return { ...deferred(planned, error.because), asksLater };
    }
    if (isUserError(error)) return failed(planned, error);
    throw error;
  }
};
