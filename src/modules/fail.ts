import { z } from 'zod';
import { defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { text } from './params/text.ts';

const params = z.strictObject({
  msg: text().default('Failed as requested from task').describe('What is said.'),
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
  plan({ msg }) {
    throw new TaskFailure(msg, { msg });
  },
});
