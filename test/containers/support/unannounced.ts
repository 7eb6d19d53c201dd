import type { TaskReport } from '../../../src/model/report.ts';
import { type Deployment, nameOf } from './syn-deploy.ts';

const summaries = ({ changes }: TaskReport): readonly string[] => changes.map(({ summary }) => summary);

/**
 * What `apply` did and the `check` before it had not said: neither as a change nor as something that is decided later,
 * with the task it waits for.
 *
 * @returns a line a change, none when the plan was the whole truth
 */
export const unannounced = (checked: Deployment, applied: Deployment): readonly string[] =>
  applied.host.tasks
    .filter(({ status }) => status === 'changed')
    .flatMap((done) => {
      const plans = checked.host.tasks.filter(({ source }) => source === done.source);
      // The items of a loop are not known where the loop itself is decided later.
      const plan = plans.find(({ item }) => item === done.item) ?? plans.find(({ item }) => item === null);
      if (plan === undefined) return [`${nameOf(done)}: not in the plan at all`];
      if (plan.status !== 'drift')
        return plan.because !== null ? [] : [`${nameOf(done)}: planned as ${plan.status}, and changed`];
      return summaries(done)
        .filter((summary) => !summaries(plan).includes(summary))
        .map((summary) => `${nameOf(done)}: ${summary}`);
    });
