import type { TaskRef } from '../model/event.ts';
import type { FactKey, Identity } from '../model/fact.ts';
import type { Claim, TaskContext, TaskPlan } from '../model/module.ts';
import type { ProjectFiles } from '../model/project.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { TemplateError } from '../model/template-error.ts';
import { Blocked, type Unknown, unknown } from '../model/unknown.ts';
import { type Scope, variables } from '../template/scope.ts';
import { inBackground } from './background.ts';
import { earlyFacts } from './early-facts.ts';
import { homesWanted, withHomes } from './home-paths.ts';
import { type Accounts, identityOf, renderFlag } from './identity.ts';
import {
  createTaskContext,
  type Instance,
  parseParams,
  parseValues,
  renderParam,
  templatedParams,
} from './instance.ts';
import { NotObserved, type Overlay } from './overlay.ts';
import type { Delegated, Notified, PlannedTask } from './planned.ts';
import { failedAs, predictedResult, type Registered, skippedResult } from './results.ts';

/** What planning one instance needs besides the instance. */
export interface PlanEnvironment {
  readonly overlay: Overlay;
  readonly accounts: Accounts;
  readonly files: ProjectFiles;
  readonly checkMode: boolean;
  /** The machine that it is all about, where that is not the host itself. */
  readonly delegated?: Delegated | undefined;
  /** Variables of that machine. */
  readonly connection?: Scope | undefined;
  /** Told of every value that must never be shown. */
  hide(secret: string): void;
  /** Told of every fact that is wanted. */
  want(keys: readonly FactKey[]): void;
  /** Which try of a task with `until` this is. Default: the first. */
  attemptOf?(id: string): number;
  /** Whether this, as in `Blocked`, is what another host has still to tell. */
  isAwaited(because: string): boolean;
}

const emptyPlan: TaskPlan = { actions: [] };

/** How a task is named to those who wait for it. */
export const describeTask = ({ ref }: Pick<Instance, 'ref'>): string =>
  `"${ref.name}${ref.item === null ? '' : ` (${ref.item})`}" (${ref.source})`;

const isUserError = (error: unknown): error is Error =>
  error instanceof TaskFailure || error instanceof TemplateError;

/** The parts of a decision that hold before anything is decided. */
export const undecided = (ref: TaskRef, instance?: Instance): PlannedTask => ({
  ref,
  instance,
  outcome: 'ok',
  plan: emptyPlan,
  identity: {},
  because: undefined,
  error: undefined,
  asItIs: undefined,
  notifies: [],
  owed: false,
  settles: [],
  claims: [],
  keys: [],
  asksLater: false,
  registered: {},
  secret: false,
  ignoreErrors: false,
  delegated: undefined,
  within: instance?.task.within,
});

const later = (planned: PlannedTask, because: string): PlannedTask => ({
  ...planned,
  outcome: 'deferred',
  because,
  registered: unknown(because) as unknown as Registered,
});

const failed = (planned: PlannedTask, error: Error): PlannedTask => ({
  ...planned,
  outcome: 'failed',
  error,
  registered: {
    ...(error instanceof TaskFailure ? error.result : {}),
    changed: false,
    failed: true,
    msg: (error instanceof TaskFailure ? error.result?.['msg'] : undefined) ?? error.message,
  },
});

/** Whether every `when` holds; the reason where that cannot be told yet. */
const testWhen = ({ task, scope }: Instance): boolean | Unknown => {
  try {
    return task.when.every((condition) => scope.test(condition));
  } catch (error) {
    if (error instanceof Blocked) return unknown(error.because);
    throw error;
  }
};

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

/** What is to be known of an instance before any fact. */
interface Prepared {
  readonly params: unknown;
  readonly identity: Identity;
  readonly keys: readonly FactKey[];
  readonly claims: readonly Claim[];
  readonly secret: boolean;
  /** Values among the parameters that must never be shown. */
  readonly secrets: readonly string[];
}

/** `check_mode: true` stands on the task: it says what it would do, and does nothing. */
const isOnlyChecked = ({ task, scope }: Instance): boolean =>
  task.checkMode !== undefined && renderFlag(task.checkMode, scope, 'check_mode');

/** A task with something to do that is only to say so. */
const leftUndone = (base: PlannedTask, plan: TaskPlan): PlannedTask => {
  const summaries = plan.actions.flatMap(({ changes }) => changes.map(({ summary }) => summary));
  const isWait = plan.actions.every(({ verification }) => verification === true);
  const result = { changed: !isWait, failed: false, ...plan.result, ...plan.undone };
  return {
    ...base,
    plan: { ...plan, actions: [], message: `check_mode: would ${summaries.join(', ')}` },
    registered: result,
  };
};

const contextOf = (
  instance: Instance,
  { identity, secret }: Pick<Prepared, 'identity' | 'secret'>,
  { checkMode, files }: PlanEnvironment,
): TaskContext =>
  createTaskContext(instance, { identity, checkMode: checkMode || isOnlyChecked(instance), secret, files });

const prepareAnew = (
  instance: Instance,
  environment: PlanEnvironment,
  params = parseParams(instance, environment.checkMode),
): Prepared => {
  const { task, scope } = instance;
  const identity = identityOf(task, scope, environment.accounts, environment.connection);
  const secret = renderFlag(task.noLog, scope, 'no_log');
  const context = contextOf(instance, { identity, secret }, environment);
  const secrets = (task.module.secrets ?? []).flatMap((name) =>
    textsIn((params as Record<string, unknown>)[name]),
  );
  const keys = task.module.facts(params, context);
  return { params, identity, keys, claims: task.module.claims?.(params, context) ?? [], secret, secrets };
};

/**
 * Asks for what the task will want to know, as far as that can be told while something in it is not known.
 *
 * @returns whether that was all
 */
const askEarly = (instance: Instance, environment: PlanEnvironment): boolean => {
  const { task, scope } = instance;
  const { keys, isAll } = earlyFacts({
    params: templatedParams(instance),
    render: (param) => renderParam(instance, param),
    parse: (rendered) => parseValues(instance, rendered),
    facts: (params, context) => task.module.facts(params, context),
    get context() {
      const identity = identityOf(task, scope, environment.accounts, environment.connection);
      return contextOf(instance, { identity, secret: true }, environment);
    },
  });
  environment.want(keys);
  return isAll;
};

/** The same for all hosts on which the variables in it are the same: facts and claims are then the same objects. */
const prepare = (instance: Instance, environment: PlanEnvironment): Prepared => {
  const { task, scope, ref } = instance;
  const { accounts, checkMode } = environment;
  const key = `prepared ${checkMode} ${accounts.login} ${accounts.exec} ${accounts.become} ${environment.delegated?.key ?? ''} ${ref.id}`;
  const prepared = scope.remembered(task.args, key, () => prepareAnew(instance, environment));
  prepared.secrets.forEach(environment.hide);
  const own = prepared.identity.user ?? accounts.exec;
  const homes = homesWanted(prepared.params, own);
  if (homes.length === 0) return prepared;
  environment.want(homes);
  const params = withHomes(prepared.params, own, environment.overlay);
  const inHomes = prepareAnew(instance, environment, params);
  return { ...inHomes, keys: [...homes, ...inHomes.keys] };
};

const normalise = (plan: Awaited<ReturnType<Instance['task']['module']['plan']>>): TaskPlan => {
  if (!('actions' in plan)) return { actions: plan };
  const { warnings = [] } = plan;
  return warnings.length === 0 ? plan : { ...plan, result: { ...plan.result, warnings } };
};

const evaluateVerdicts = (
  instance: Instance,
  plan: TaskPlan,
): { changed: boolean; error: TaskFailure | undefined; isOver: boolean } => {
  const { task, scope } = instance;
  const result: Registered = { changed: false, failed: false, ...plan.result };
  const seen = scope.with([
    variables('register', task.register === undefined ? result : { ...result, [task.register]: result }),
  ]);
  const rc = result['rc'];
  const isFailed =
    task.failedWhen === undefined
      ? result['failed'] === true || (typeof rc === 'number' && rc !== 0)
      : task.failedWhen.length > 0 && task.failedWhen.every((condition) => seen.test(condition));
  const untilFailed = task.until !== undefined && !task.until.every((condition) => seen.test(condition));
  const changed =
    (task.changedWhen?.length ?? 0) > 0 &&
    (task.changedWhen ?? []).every((condition) => seen.test(condition));
  const isOver = (task.until?.length ?? 0) > 0 && !untilFailed;
  if (!isFailed && !untilFailed) return { changed, error: undefined, isOver };
  const stderr = String(result['stderr'] ?? '').trim();
  const stdout = String(result['stdout'] ?? '').trim();
  const said = [stdout, stderr].filter((text) => text !== '').join('\n');
  const why =
    task.failedWhen !== undefined && isFailed
      ? 'failed_when is true'
      : untilFailed && !isFailed
        ? 'until is not true'
        : result['failed'] === true
          ? String(result['msg'])
          : `exit status ${rc}`;
  // Of tries that were all in vain Ansible counts the retries.
  const counted =
    Number(result['attempts']) > task.retries ? { ...result, attempts: Math.max(1, task.retries) } : result;
  const judged = { ...counted, ...failedAs(task, isFailed) };
  return { changed, error: new TaskFailure(said === '' ? why : `${why}\n${said}`, judged), isOver };
};

/** A module has failed without doing anything, which `failed_when` may overrule. What is wrong in a template stays so. */
const failedUnless = (instance: Instance, base: PlannedTask, error: Error): PlannedTask => {
  const failure = failed(base, error);
  if (instance.task.failedWhen === undefined || !(error instanceof TaskFailure)) return failure;
  const verdict = evaluateVerdicts(instance, { actions: [], result: failure.registered });
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

/** What the task's own verdict will hang on that another host has still to tell: better waited for before anything is done. */
const verdictWaitsFor = (
  { task, scope }: Instance,
  result: Registered,
  isAwaited: PlanEnvironment['isAwaited'],
): string | undefined => {
  const conditions = [task.changedWhen, task.failedWhen, task.until]
    .flatMap((list) => list ?? [])
    .filter((condition) => typeof condition !== 'boolean');
  if (conditions.length === 0) return undefined;
  const seen = scope.with([
    variables('register', task.register === undefined ? result : { ...result, [task.register]: result }),
  ]);
  for (const condition of conditions) {
    try {
      seen.test(condition);
    } catch (error) {
      // Most conditions speak of the result, which is not there yet.
      if (error instanceof Blocked && isAwaited(error.because)) return error.because;
      if (!(error instanceof Blocked) && !isUserError(error)) throw error;
    }
  }
  return undefined;
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
  };
  try {
    const planned = normalise(task.module.plan(params, facts, context));
    const plan = counted(inBackground(planned, instance), instance, environment);
    const waits = plan.actions.length > 0 && plan.actions.every((action) => action.verification === true);
    if (guess !== undefined && waits) return later(base, guess);
    if (plan.actions.length > 0 && isOnlyChecked(instance)) return leftUndone(base, plan);
    const notifies = notifiedBy();
    if (plan.actions.length > 0) {
      const result = predictedResult(plan.result ?? {}, describeTask(instance));
      const awaited = verdictWaitsFor(instance, result, environment.isAwaited);
      if (awaited !== undefined) return later(base, awaited);
      return { ...base, outcome: 'act', plan, because: guess, notifies, registered: result };
    }
    if (guess !== undefined && context.readOnly && plan.result !== undefined) {
      const asItIs = evaluateVerdicts(instance, plan).error?.message;
      return { ...later({ ...base, plan, keys: [] }, guess), asItIs };
    }
    if (guess !== undefined) {
      // By the guess it is as wanted; only what it says of itself is not certain.
      const registered =
        plan.result === undefined ? base.registered : (unknown(guess) as unknown as Registered);
      return { ...base, plan, because: guess, registered };
    }
    const verdict =
      plan.finish === undefined
        ? evaluateVerdicts(instance, plan)
        : { changed: false, error: undefined, isOver: false };
    if (verdict.error !== undefined) return failed({ ...base, plan, isOver: verdict.isOver }, verdict.error);
    const registered = { ...plan.result, ...failedAs(task, false), changed: verdict.changed };
    return { ...base, plan, because: guess, registered, notifies: verdict.changed ? notifies : [] };
  } catch (error) {
    if (error instanceof Blocked) return later(base, error.because);
    if (!isUserError(error)) throw error;
    return guess === undefined ? failedUnless(instance, base, error) : later(base, guess);
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
    planned = { ...planned, ignoreErrors, delegated: environment.delegated };
    const prepared = prepare(instance, environment);
    if (when !== true) {
      // Only asking does no harm, and saves a round trip when the answer turns out to be yes; a command is not run on a guess.
      const harmless = prepared.keys.filter(({ kind }) => kind !== 'probe');
      environment.want(harmless);
      const asksLater = harmless.length < prepared.keys.length;
      return { ...later(planned, when.because), keys: prepared.keys, asksLater };
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
      return { ...later(planned, error.because), asksLater };
    }
    // What is wrong in a template stays so: it is not tried again.
    if (isUserError(error)) return failed({ ...planned, isOver: error instanceof TemplateError }, error);
    throw error;
  }
};
