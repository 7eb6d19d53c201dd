import type { Meta, Play } from '../model/play.ts';
import type { Step } from './sequence.ts';

/** Whether what the step does belongs to the role of the meta task, or to one that this role brought. */
const isOfRole = (step: Step, { role }: Meta): boolean => {
  if (step.type !== 'entry' || role === undefined) return false;
  const own = step.entry.role;
  return own === role || own?.users?.includes(role) === true;
};

/** Takes out the steps that `meta: end_host` and its like leave out: behind the meta task, up to the end of what ends. */
export const leaveOut = (steps: Step[], play: Play, meta: Meta): void => {
  const from = steps.findIndex((step) => step.type === 'entry' && step.entry === meta) + 1;
  const end = steps.findIndex((step) => step.type === 'play-end' && step.play === play);
  if (meta.action === 'end_host') steps.splice(from);
  else if (meta.action === 'end_role') {
    const rest = steps.slice(from, end).filter((step) => !isOfRole(step, meta));
    steps.splice(from, end - from, ...rest);
  } else steps.splice(from, end - from);
};
