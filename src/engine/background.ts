import { startJob } from '../actions/start-job.ts';
import { jobFolder } from '../facts/jobs.ts';
import type { TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { unknown } from '../model/unknown.ts';
import type { Instance } from './instance.ts';

/** @throws TaskFailure, TemplateError, Blocked */
const limitOf = ({ task: { background = 0 }, scope }: Instance): number => {
  const value = typeof background === 'number' ? background : Number(scope.render(background.text));
  if (Number.isInteger(value) && value >= 0) return value;
  throw new TaskFailure('async wants a number of seconds');
};

/** The plan of a task with `poll: 0`: what it would run is started, and its result says how to ask about it. */
export const inBackground = (plan: TaskPlan, instance: Instance): TaskPlan => {
  const [command] = plan.actions;
  if (instance.task.background === undefined || command === undefined) return plan;
  const limitSeconds = limitOf(instance);
  // Ansible's 0: as if there were no `async`.
  if (limitSeconds === 0) return plan;
  const later = unknown(`the job of "${instance.ref.name}"`);
  return {
    actions: [startJob(command, limitSeconds)],
    result: { started: 1, finished: 0, ansible_job_id: later, results_file: later },
    finish: ([outcome]) => {
      const id = outcome?.stdout.trim() ?? '';
      return { ansible_job_id: id, results_file: jobFolder(id) };
    },
    undone: plan.undone,
    warnings: plan.warnings,
  };
};
