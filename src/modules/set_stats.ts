import { z } from 'zod';
import { defineModule } from '../model/module.ts';
import { boolean } from './params/boolean.ts';

const params = z.strictObject({
  data: z
    .record(z.string(), z.unknown(), { error: 'expected a mapping' })
    .describe('What is to be told of the run, by name.'),
  per_host: boolean().default(false).describe('Accepted: what is told is told of each host.'),
  aggregate: boolean().default(true).describe('Accepted: values of hosts are not added up.'),
});

/** Says something of a run. */
export const setStats = defineModule({
  name: 'set_stats',
  summary: 'Tells figures of a run: as the message of the task, also in `--output json`.',
  examples: `
- set_stats:
    data:
      workers: "{{ workers | length }}"
`,
  params,
  facts: () => [],
  plan: ({ data, per_host, aggregate }) => ({
    actions: [],
    result: { ansible_stats: { data, per_host, aggregate } },
    message: Object.entries(data)
      .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', '),
  }),
});
