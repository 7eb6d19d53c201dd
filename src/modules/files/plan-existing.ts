import { setAttributes } from '../../actions/set-attributes.ts';
import { absent, type Facts } from '../../model/fact.ts';
import type { TaskPlan } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import type { FileTask } from '../file.ts';
import { resolveAttributes } from './attribute-params.ts';
import { placeOf, resolvePlace } from './resolve-path.ts';

/** `state: file`: attributes of what is there, and nothing else. */
export const planExisting = (task: FileTask, facts: Facts): TaskPlan => {
  const { path, fact } = (task.follow ? resolvePlace : placeOf)(facts, task.path);
  if (fact === absent)
    throw new TaskFailure(`file (${task.path}) is absent, cannot continue`, {
      path: task.path,
      state: 'absent',
    });
  // Without a state the task takes whatever is there.
  if (task.state === 'file' && fact.type !== 'file')
    throw new TaskFailure(`file (${task.path}) is ${fact.type}, cannot continue`);
  return {
    actions: setAttributes(path, fact, resolveAttributes(task, fact)),
    result: { path: task.path, state: fact.type },
  };
};
