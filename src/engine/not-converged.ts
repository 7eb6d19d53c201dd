import { describePlace } from './describe-place.ts';
import { isUnprovable, isWaitHere, type PlannedTask } from './planned.ts';
import type { RunOptions } from './run-options.ts';

/** Whether a task has still to do, or fails, where a host is looked at again. */
export const isLeft = (planned: PlannedTask): boolean =>
  (planned.outcome === 'act' && !isUnprovable(planned) && !isWaitHere(planned)) ||
  (planned.outcome === 'failed' && !planned.ignoreErrors);

/** Why a host has not converged. @param left  its tasks that are left */
export const notConverged = (left: readonly PlannedTask[], options: RunOptions): string => {
  const lines = left.map(({ ref, plan, error }) => {
    const summaries = plan.actions.flatMap(({ changes, summary }) =>
      changes.length > 0 ? changes.map((change) => change.summary) : [summary],
    );
    return `  ${describePlace(ref, options)}: ${error?.message ?? summaries.join(', ')}`;
  });
  const fight = left.length > 1 ? '\nwhere two of them are about the same thing, they undo each other' : '';
  return `did not converge; looked at again, there is still to do:\n${lines.join('\n')}${fight}`;
};
