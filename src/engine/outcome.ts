import type { Action, ActionOutcome } from '../model/action.ts';
import type { Condition, Task } from '../model/play.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { TemplateError } from '../model/template-error.ts';
import { Blocked } from '../model/unknown.ts';
import { variables } from '../template/scope.ts';
import { type Actor, knownCause } from './known-causes.ts';
import type { PlannedTask } from './planned.ts';
import { failedAs, type Registered } from './results.ts';
import { isOpaque } from './task-effects.ts';

/** How a task ended whose actions ran. */
export interface Verdict {
  readonly registered: Registered;
  readonly changed: boolean;
  /** Why it failed; undefined: it did not. */
  readonly failure: string | undefined;
  /** `until` does not hold yet. */
  readonly again: boolean;
  /** Why it failed as it acted, which its `failed_when` says is no failure: what was left of it is not done. */
  readonly overruled?: string | undefined;
}

/** Lines at the end of an output that a message quotes. */
const quotedLines = 20;

const tail = (text: string): string => text.trimEnd().split('\n').slice(-quotedLines).join('\n');

/** A shell names its script before what it complains of. */
const withoutScript = (stderr: string): string =>
  stderr.replaceAll(/^\S*\/wave\.[0-9a-f]+\/script: (?:line )?\d+: /gm, '');

/** What people are told of an action that failed: what it was, why or its status, and the end of what it printed. */
const describeFailure = (action: Action, outcome: ActionOutcome, actor: Actor | undefined): string => {
  const { exitStatus, stdout, stderr } = outcome;
  const known = knownCause(action, outcome, actor);
  const status = `exit status ${exitStatus}`;
  const why = known === undefined ? status : `${known.cause} (${status})`;
  // Where a line says it all, what was printed before it says nothing.
  const before = known?.isWhole === true ? '' : tail(stdout);
  const said = [`${action.summary}: ${why}`, tail(withoutScript(known?.rest ?? stderr)), before];
  return said.filter((text) => text !== '').join('\n');
};

const resultOf = (planned: PlannedTask, outcomes: readonly ActionOutcome[]): Registered => ({
  ...planned.plan.result,
  ...planned.plan.finish?.(outcomes),
});

/** What its module makes of the outcomes; `refusal`: it says that this is a failure. */
const finishedBy = (
  planned: PlannedTask,
  outcomes: readonly ActionOutcome[],
): { readonly result: Registered; readonly refusal?: string } => {
  try {
    return { result: resultOf(planned, outcomes) };
  } catch (error) {
    if (!(error instanceof TaskFailure)) throw error;
    const { message } = error;
    return { result: { ...error.result, failed: true, changed: true, msg: message }, refusal: message };
  }
};

/** What is registered of an action that failed, where its module says nothing else. */
const outputOf = (msg: string, outcome: ActionOutcome | undefined): Registered => ({
  msg,
  rc: outcome?.exitStatus,
  stdout: outcome?.stdout,
  stderr: outcome?.stderr,
});

/** Of a verdict that could not be reached the result says why. */
const noVerdict = ({ changedWhen, failedWhen }: Task, message: string): Registered => {
  if (failedWhen !== undefined) return { failed_when_result: message };
  return changedWhen === undefined ? {} : { changed_when_result: message };
};

/**
 * Judges a task by the outcomes of its actions, and by what it says itself (`changed_when`, `failed_when`, `until`).
 *
 * @param outcomes  of its actions, in order; fewer than actions when one failed
 * @param attempt   which try it was, where it has `until`
 * @param actor     undefined: another machine's
 */
export const judge = (
  planned: PlannedTask,
  outcomes: readonly ActionOutcome[],
  attempt: number,
  actor: Actor | undefined,
): Verdict => {
  const { instance, plan } = planned;
  const failedAt = outcomes.findIndex(({ exitStatus }) => exitStatus !== 0);
  const failedAction = plan.actions[failedAt];
  const failedOutcome = outcomes[failedAt];
  const describedFailure =
    failedAction === undefined || failedOutcome === undefined
      ? undefined
      : describeFailure(failedAction, failedOutcome, actor);
  const { result, refusal } = finishedBy(planned, outcomes);
  // What ran may have been told no, which its module has read out of the answer.
  const actionFailure =
    refusal ?? describedFailure ?? (result['failed'] === true ? String(result['msg']) : undefined);
  const isOnlyAWait = plan.actions.every(({ verification }) => verification === true);
  const isUndone = failedAt === 0 && !isOpaque(planned.ref.module);
  const isChange =
    !isOnlyAWait && !isUndone && !(plan.mayBeUnchanged === true && result['changed'] === false);
  const task = instance?.task;
  const base: Registered = {
    changed: isChange,
    failed: actionFailure !== undefined,
    ...(describedFailure !== undefined && outputOf(describedFailure, failedOutcome)),
    ...result,
    ...(instance?.task.until !== undefined && { attempts: attempt }),
  };
  if (instance === undefined || task === undefined) {
    return { registered: base, changed: true, failure: actionFailure, again: false };
  }
  try {
    const scope = instance.scope.with([
      variables('register', { ...base, ...(task.register === undefined ? {} : { [task.register]: base }) }),
    ]);
    const all = (conditions: readonly Condition[] = []): boolean =>
      conditions.every((condition) => scope.test(condition));
    const changed = task.changedWhen === undefined ? isChange : all(task.changedWhen);
    const isFailed = task.failedWhen === undefined ? actionFailure !== undefined : all(task.failedWhen);
    const judged: Registered = { ...base, changed, failed: isFailed };
    const after = instance.scope.with([
      variables('register', {
        ...judged,
        ...(task.register === undefined ? {} : { [task.register]: judged }),
      }),
    ]);
    const holds = (conditions: readonly Condition[]): boolean =>
      conditions.every((condition) => after.test(condition));
    // Without a condition of its own a task is tried again until it does not fail.
    const again = task.until !== undefined && (task.until.length > 0 ? !holds(task.until) : isFailed);
    const failure = isFailed ? (actionFailure ?? 'failed_when is true') : undefined;
    const registered = { ...base, changed, ...failedAs(task, isFailed) };
    const overruled = isFailed ? undefined : actionFailure;
    // What its module was told no by is not asked again.
    return { registered, changed, failure, again: again && refusal === undefined, overruled };
  } catch (error) {
    // What the task says of itself is wrong, or hangs on what another host has not told: only now is that known.
    if (!(error instanceof TemplateError || error instanceof Blocked)) throw error;
    const { message } = error;
    const registered = { ...base, changed: true, msg: message, failed: true, ...noVerdict(task, message) };
    return { registered, changed: true, failure: actionFailure ?? message, again: false };
  }
};
