import { z } from 'zod';
import { type Addition, additionsName } from '../model/host.ts';
import { defineModule } from '../model/module.ts';
import { text } from './params/text.ts';
import { textList } from './params/text-list.ts';

const params = z
  .strictObject({
    key: text()
      .refine((name) => name !== '', 'expected the name of a group')
      .describe('Group that the host is put in. Spaces in it become "-".'),
    parents: textList().default(['all']).describe('Groups that the group is put in.'),
  })
  .refine(({ key, parents }) => !parents.includes(key), 'a group cannot be among its own "parents"');

const groupName = (name: string): string => name.replaceAll(' ', '-');

/** Puts the host in a group. */
export const groupBy = defineModule({
  name: 'group_by',
  summary:
    'Puts the host in a group, for the rest of the run: its variables hold from here on, and later plays may be for it.',
  examples: `
- name: A group an operating system, for later plays
  group_by: { key: "os_{{ ansible_facts.distribution }}" }
- group_by:
    key: "{{ ansible_facts.distribution }}_{{ ansible_facts.distribution_major_version }}"
    parents: "{{ ansible_facts.distribution }}"
`,
  params,
  sets: () => [additionsName],
  facts: () => [],
  plan({ key, parents }, _, context) {
    const group = groupName(key);
    const above = parents.map(groupName);
    const addition: Addition = {
      host: String(context.evaluate('inventory_hostname')),
      groups: [group],
      parents: above,
      variables: {},
    };
    return {
      actions: [],
      result: { add_group: group, parent_groups: above },
      setFacts: { [additionsName]: [addition] },
    };
  },
});
