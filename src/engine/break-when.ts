import { TemplateError } from '../model/template-error.ts';
import { Blocked } from '../model/unknown.ts';
import { variables } from '../template/scope.ts';
import type { Instance } from './instance.ts';
import type { Registered } from './results.ts';

/** Whether a loop ends with an item (`break_when`); why that cannot be told, or not yet. */
export const endsLoop = ({ task, scope }: Instance, result: Registered): boolean | Error => {
  const { breakWhen } = task.loop?.control ?? {};
  if (breakWhen === undefined || breakWhen.length === 0) return false;
  const { register } = task;
  const seen = register === undefined ? scope : scope.with([variables('register', { [register]: result })]);
  try {
    return breakWhen.every((condition) => seen.test(condition));
  } catch (error) {
    if (error instanceof Blocked || error instanceof TemplateError) return error;
    throw error;
  }
};
