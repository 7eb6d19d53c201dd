import type { TaskRef } from '../model/event.ts';
import type { TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { TemplateError } from '../model/template-error.ts';
import type { Instance } from './instance.ts';
import type { PlannedTask } from './planned.ts';
import { unknownResult } from './results.ts';

const emptyPlan: TaskPlan = { actions: [] };

/** How a task is named to those who wait for it. */
export const describeTask = ({ ref }: Pick<Instance, 'ref'>): string =>
  `"${ref.name}${ref.item === null ? '' : ` (${ref.item})`}" (${ref.source})`;

/** What is wrong with a task or its templates, and no bug of this program. */
export const isUserError = (error: unknown): error is Error =>
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

/** The decision put off until something has happened. @param because  as in `Blocked` */
export const deferred = (planned: PlannedTask, because: string): PlannedTask => ({
  ...planned,
  outcome: 'deferred',
  because,
  registered: unknownResult(because),
});

/** The decision that it has failed. What is wrong in a template stays so: it is not tried again. */
export const failed = (planned: PlannedTask, error: Error): PlannedTask => ({
  ...planned,
  outcome: 'failed',
  error,
  isOver: planned.isOver === true || error instanceof TemplateError,
  registered: {
    ...(error instanceof TaskFailure ? error.result : {}),
    changed: false,
    failed: true,
    msg: (error instanceof TaskFailure ? error.result?.['msg'] : undefined) ?? error.message,
  },
});
