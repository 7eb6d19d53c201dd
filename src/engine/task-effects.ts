import type { Action } from '../model/action.ts';
import type { Task } from '../model/play.ts';
import type { Instance } from './instance.ts';
import type { PlannedTask } from './planned.ts';

/** Modules whose actions may do anything. */
const opaque = new Set(['command', 'raw', 'script', 'shell']);

/** Whether the task's actions may do anything. */
export const isOpaque = (module: string): boolean => opaque.has(module);

/** Stands for the actions of a task that is not decided. */
export const undecidedAction: Action = {
  kind: 'undecided',
  summary: '',
  changes: [],
  sh: { sh: '' },
  predicts: [],
  taints: ['everything'],
};

/** Modules that change nothing on the host, whatever they decide. */
const passive = new Set(
  (
    'add_host assert async_status debug fail find getent group_by include_vars package_facts pause ping service_facts set_fact set_stats setup ' +
    'slurp stat validate_argument_spec wait_for wait_for_connection'
  ).split(' '),
);

/** Whether the task may change something on its host, whatever it decides. */
export const mayChange = (module: string): boolean => !passive.has(module);

/** Whether it may act on another machine than its host. */
export const isDelegated = ({ delegateTo, isLocal }: Task): boolean =>
  delegateTo !== undefined || isLocal === true;

/** Whether the task manages something lasting, so that its claims are missed while it is not decided. */
export const mayClaim = (instance: Instance | undefined): boolean =>
  instance !== undefined && instance.task.module.claims !== undefined && !isDelegated(instance.task);

/** Whether the task says itself, by its result, how it ended. */
const hasOwnVerdict = (task: Task): boolean =>
  task.until !== undefined ||
  task.failedWhen !== undefined ||
  (task.changedWhen?.some((condition) => typeof condition !== 'boolean') ?? false);

/** Whether something hangs on a change that only what has run can tell. */
const hangsOnChange = (task: Task, { plan, notifies }: PlannedTask): boolean =>
  plan.mayBeUnchanged === true && (task.register !== undefined || notifies.length > 0);

/** Whether it may have failed where nothing of it did. That what failed is none of its failures ends the wave by itself. */
const mayFailWell = ({ failedWhen }: Task): boolean =>
  failedWhen?.some((condition) => condition !== false) ?? false;

/** Whether what has run has to be judged before anything that comes after it is planned. */
export const needsVerdict = ({ instance, plan, ...planned }: PlannedTask): boolean => {
  if (instance === undefined) return false;
  const { task } = instance;
  const captures = plan.actions.some(({ capture }) => capture === true);
  return (
    mayFailWell(task) ||
    (captures && (hasOwnVerdict(task) || hangsOnChange(task, { ...planned, instance, plan })))
  );
};
