import { z } from 'zod';
import { defineModule } from '../model/module.ts';
import { boolean } from './params/boolean.ts';

const params = z
  .looseObject({
    cacheable: boolean().default(false).describe('Accepted and without effect: there is no fact cache.'),
  })
  .check(({ value, issues }) => {
    const names = Object.keys(value).filter((name) => name !== 'cacheable');
    if (names.length === 0)
      issues.push({ code: 'custom', message: 'expected at least one variable', input: value, path: [] });
    for (const name of names.filter((each) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(each)))
      issues.push({
        code: 'custom',
        message: `"${name}" is no name for a variable: letters, digits and _ only, no digit first`,
        input: value,
        path: [name],
      });
  });

/** Sets variables of the host for the rest of the run. */
export const setFact = defineModule({
  name: 'set_fact',
  summary: 'Sets variables of the host for the rest of the run.',
  examples: `
- set_fact:
    socket_folder: /run/matrix-synapse
    instances: "{{ workers | length }}"
`,
  params,
  sets: (args) => Object.keys(args).filter((name) => name !== 'cacheable'),
  facts: () => [],
  plan({ cacheable: _, ...facts }) {
    return { actions: [], result: { ansible_facts: facts }, setFacts: facts };
  },
});
