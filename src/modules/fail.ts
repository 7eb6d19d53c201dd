import { z } from 'zod';
import { defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';

const params = z.strictObject({
  msg: z
    .unknown()
    .optional()
    .describe('What is said: text, or any value, as JSON. Default: "Failed as requested from task".'),
});

/** Fails; for use with `when`. */
export const fail = defineModule({
  name: 'fail',
  summary: 'Fails with a message.',
  examples: `
- name: Only Debian is known here
  fail:
    msg: "{{ ansible_distribution }} is not Debian"
  when: ansible_distribution != 'Debian'
`,
  params,
  facts: () => [],
  plan({ msg = 'Failed as requested from task' }) {
    throw new TaskFailure(typeof msg === 'string' ? msg : JSON.stringify(msg), { msg });
  },
});
