import { setAttributes } from '../../actions/set-attributes.ts';
import { makeEmptyFile } from '../../actions/touch-file.ts';
import { absent, type Facts } from '../../model/fact.ts';
import type { TaskContext, TaskPlan } from '../../model/module.ts';
import type { FileTask } from '../file.ts';
import { resolveAttributes } from './attribute-params.ts';
import { planTimes, touchesToNow } from './file-times.ts';
import { planInSteps } from './plan-in-steps.ts';
import { mustHaveFolder, placeOf, resolvePlace } from './resolve-path.ts';

/** `state: touch`: makes an empty file, or sets its times; changed every time that one of them is to be now. */
export const planTouch = (task: FileTask, facts: Facts, context: TaskContext): TaskPlan => {
  const place = (task.follow ? resolvePlace : placeOf)(facts, task.path);
  const { path, fact } = place;
  const result = { dest: task.path, state: fact === absent ? 'file' : fact.type };
  if (fact !== absent) {
    const attributes = setAttributes(path, fact, resolveAttributes(task, fact));
    return { actions: [...planTimes(task, place, facts, context), ...attributes], result };
  }
  mustHaveFolder(facts, path);
  const attributes = resolveAttributes(task, { mode: '0644', type: 'file' });
  const made = {
    ...makeEmptyFile(path, attributes, context.identity),
    unprovable: touchesToNow(task),
  };
  const named = { ...task, ...withoutNow(task) };
  const actions = planInSteps(facts, [
    () => [made],
    (now) => planTimes(named, placeOf(now, path), now, context),
  ]);
  return { actions, result };
};

/** What was only just made has the times of now already. */
const withoutNow = ({ access_time = 'now', modification_time = 'now' }: FileTask): Partial<FileTask> => ({
  access_time: access_time === 'now' ? 'preserve' : access_time,
  modification_time: modification_time === 'now' ? 'preserve' : modification_time,
});
