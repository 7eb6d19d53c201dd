import { z } from 'zod';
import { type AnyModule, defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';

/** How warnings end that are of mistakes in a task which may never have its turn. */
export const ifItsTurnComes = ': the task fails if its turn comes';

const standIns = new WeakSet<AnyModule>();

export const isStandIn = (module: AnyModule): boolean => standIns.has(module);

/**
 * Stands for a module that is not here, so that a file with it can be read: its task fails if its turn comes and its `when`
 * holds. Takes no parameters; those of the task are not looked at.
 *
 * @param name  as the task has it
 * @param message  why it fails, and what to do instead
 */
export const createStandIn = (name: string, message: string): AnyModule => {
  const module = defineModule({
    name,
    summary: message,
    examples: '',
    params: z.strictObject({}),
    facts: () => [],
    plan: () => {
      throw new TaskFailure(message);
    },
  });
  standIns.add(module);
  return module;
};
