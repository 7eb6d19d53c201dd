import { setAttributes } from '../../actions/set-attributes.ts';
import { makeEmptyFile, type Times, touch } from '../../actions/touch-file.ts';
import { absent, type Facts } from '../../model/fact.ts';
import type { TaskContext, TaskPlan } from '../../model/module.ts';
import type { FileTask } from '../file.ts';
import { resolveAttributes } from './attribute-params.ts';
import { mustHaveFolder, placeOf, resolvePlace } from './resolve-path.ts';

const timesOf = ({ access_time = 'now', modification_time = 'now' }: FileTask): Times => ({
  access: access_time === 'now',
  modification: modification_time === 'now',
});

/** `state: touch`: makes an empty file, or sets its times; changed every time unless both times are preserved. */
export const planTouch = (task: FileTask, facts: Facts, { identity }: TaskContext): TaskPlan => {
  const { path, fact } = (task.follow ? resolvePlace : placeOf)(facts, task.path);
  const times = timesOf(task);
  const isTouched = times.access || times.modification;
  const result = { dest: task.path, state: fact === absent ? 'file' : fact.type };
  if (fact === absent) {
    mustHaveFolder(facts, path);
    const made = makeEmptyFile(path, resolveAttributes(task, { mode: '0644', type: 'file' }), identity);
    return { actions: [{ ...made, unprovable: isTouched }], result };
  }
  const attributes = setAttributes(path, fact, resolveAttributes(task, fact));
  return { actions: isTouched ? [touch(path, fact, times), ...attributes] : attributes, result };
};
