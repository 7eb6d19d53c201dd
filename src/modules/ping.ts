import { z } from 'zod';
import { defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { text } from './params/text.ts';

const params = z.strictObject({
  data: text().default('pong').describe('What the result holds as `ping`. `crash` fails.'),
});

/** Where playbooks look for what Ansible's module dies of, for want of a message. */
const crashed = { module_stdout: '', module_stderr: 'Exception: boom' };

/** Says that the host is there: what was logged in to, and looked at, is. */
export const ping = defineModule({
  name: 'ping',
  summary: 'Answers `pong`: the login works, and sh runs.',
  examples: `
- ping:
`,
  params,
  tells: true,
  facts: () => [],
  plan({ data }) {
    if (data === 'crash') throw new TaskFailure('boom', crashed);
    return { actions: [], result: { ping: data } };
  },
});
