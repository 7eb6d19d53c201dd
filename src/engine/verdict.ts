import type { TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { Blocked } from '../model/unknown.ts';
import { type Scope, variables } from '../template/scope.ts';
import { isUserError } from './decision.ts';
import type { Instance } from './instance.ts';
import type { PlanEnvironment } from './plan-environment.ts';
import { failedAs, type Registered } from './results.ts';

/** What a task says of its own result: `changed_when`, `failed_when` and `until`. */
export interface Verdict {
  readonly changed: boolean;
  /** undefined: it has not failed. */
  readonly error: TaskFailure | undefined;
  /** Its `until` holds. */
  readonly isOver: boolean;
}

type Judged = Pick<Instance, 'task' | 'scope'>;

/** The variables of the task, and its result: by the names of its keys, and as what it registers. */
const withResult = ({ task, scope }: Judged, result: Registered): Scope =>
  scope.with([
    variables('register', task.register === undefined ? result : { ...result, [task.register]: result }),
  ]);

/**
 * Judges a task by its result, by its own conditions where it has some: else it has failed where the module says so, or with
 * another exit status than 0.
 *
 * @throws TemplateError, Blocked as its conditions do
 */
export const judge = (instance: Judged, plan: Pick<TaskPlan, 'result'>): Verdict => {
  const { task } = instance;
  const result: Registered = { changed: false, failed: false, ...plan.result };
  const seen = withResult(instance, result);
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

/** What the task's own verdict will hang on that another host has still to tell: better waited for before anything is done. */
export const verdictWaitsFor = (
  instance: Judged,
  result: Registered,
  isAwaited: PlanEnvironment['isAwaited'],
): string | undefined => {
  const { task } = instance;
  const conditions = [task.changedWhen, task.failedWhen, task.until]
    .flatMap((list) => list ?? [])
    .filter((condition) => typeof condition !== 'boolean');
  if (conditions.length === 0) return undefined;
  const seen = withResult(instance, result);
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
