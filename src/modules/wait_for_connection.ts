import { z } from 'zod';
import { reconnect } from '../actions/done-here.ts';
import { defineModule } from '../model/module.ts';
import { integer } from './params/integer.ts';

const atLeast = (least: number) =>
  integer().refine((value) => value >= least, { error: `expected a number, ${least} or more` });

const params = z.strictObject({
  timeout: atLeast(0).default(600).describe('Seconds until it fails.'),
  delay: atLeast(0).default(0).describe('Seconds before the first try.'),
  sleep: atLeast(0).default(1).describe('Seconds between tries.'),
  connect_timeout: atLeast(1)
    .default(5)
    .describe('Accepted: how long one try may take is a matter of the connection (`--timeout`).'),
});

/** Logs in anew, until that works. */
export const waitForConnection = defineModule({
  name: 'wait_for_connection',
  summary:
    'Logs in anew, until that works: behind a task after which the host is away for a while. A host that is down when the run begins is unreachable before any task.',
  examples: `
- wait_for_connection:
    timeout: 300
`,
  params,
  facts: () => [],
  plan({ timeout, delay, sleep }, _facts, { checkMode }) {
    if (checkMode) return { actions: [], result: { elapsed: 0 } };
    return {
      actions: [reconnect({ delaySeconds: delay, sleepSeconds: sleep, timeoutSeconds: timeout })],
      result: { elapsed: 0 },
      finish: ([outcome]) => ({ elapsed: (outcome?.durationMs ?? 0) / 1000 }),
    };
  },
});
