import type { Task } from '../model/play.ts';
import { joinSh, sh } from '../shell/sh.ts';
import type { PlannedTask } from './planned.ts';

const acts = ({ outcome, plan }: PlannedTask): boolean => outcome === 'act' && plan.actions.length > 0;

/**
 * Keeps the items of a loop apart by its `pause`, as far as they do something: of those that are as wanted there is nothing to
 * wait for.
 *
 * @returns for each item in its turn, the decision with the pause before what it does
 */
export const createPauses = ({ loop }: Task): ((decision: PlannedTask) => PlannedTask) => {
  const seconds = (loop?.control.pauseMs ?? 0) / 1000;
  let isLater = false;
  return (decision) => {
    if (seconds === 0 || !acts(decision)) return decision;
    const [first, ...rest] = decision.plan.actions;
    const isFirst = !isLater;
    isLater = true;
    if (isFirst || first === undefined || first.here !== undefined) return decision;
    const paused = { ...first, sh: joinSh([sh`sleep ${seconds}`, first.sh]), pauseMs: seconds * 1000 };
    return { ...decision, plan: { ...decision.plan, actions: [paused, ...rest] } };
  };
};
