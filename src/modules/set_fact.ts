import { z } from 'zod';
import { defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { boolean } from './params/boolean.ts';

const isTemplate = (name: string): boolean => name.includes('{{') || name.includes('{%');

const isName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

const noName = (name: string): string =>
  `"${name}" is no name for a variable: letters, digits and _ only, no digit first`;

const params = z
  .looseObject({
    cacheable: boolean().default(false).describe('Accepted and without effect: there is no fact cache.'),
  })
  .check(({ value, issues }) => {
    const names = Object.keys(value).filter((name) => name !== 'cacheable');
    if (names.length === 0)
      issues.push({ code: 'custom', message: 'expected at least one variable', input: value, path: [] });
    for (const name of names.filter((each) => !isName(each) && !isTemplate(each)))
      issues.push({ code: 'custom', message: noName(name), input: value, path: [name] });
  });

/** Sets variables of the host for the rest of the run. */
export const setFact = defineModule({
  name: 'set_fact',
  summary: 'Sets variables of the host for the rest of the run.',
  examples: `
- set_fact:
    socket_folder: /run/matrix-synapse
    instances: "{{ workers | length }}"
- name: Names may be templates
  set_fact:
    "{{ item.key }}": "{{ item.value }}"
  loop: "{{ limits | dict2items }}"
`,
  params,
  tells: true,
  templatedNames: true,
  sets: (args) => Object.keys(args).filter((name) => name !== 'cacheable' && !isTemplate(name)),
  facts: () => [],
  plan({ cacheable: _, ...facts }) {
    const wrong = Object.keys(facts).find((name) => !isName(name));
    if (wrong !== undefined) throw new TaskFailure(noName(wrong));
    return { actions: [], result: { ansible_facts: facts }, setFacts: facts };
  },
});
