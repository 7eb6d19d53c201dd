import { z } from 'zod';
import { type Addition, additionsName } from '../model/host.ts';
import { defineModule } from '../model/module.ts';
import { text } from './params/text.ts';

const params = z.looseObject({
  name: text()
    .refine((name) => name !== '', 'expected the name of a host')
    .describe('Host, as the inventory would name it; "name:port" says where it is reached too.'),
  groups: z
    .union([z.string(), z.array(z.string())], 'expected a list of groups, or a text with "," between them')
    .optional()
    .describe(
      'Groups that it is put in, those that are new are made: a list, or a text with "," between them.',
    ),
});

/** The port behind a name, where there is one: an IPv6 address needs brackets around it for that. */
const splitPort = (name: string): { readonly host: string; readonly port?: number } => {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:]+)):(\d{1,5})$/.exec(name);
  return match === null ? { host: name } : { host: match[1] ?? match[2] ?? name, port: Number(match[3]) };
};

const groupsOf = (groups: string | readonly string[] = []): readonly string[] => {
  const names = typeof groups === 'string' ? groups.split(',') : groups;
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))];
};

/** Adds a host to the inventory. */
export const addHost = defineModule({
  name: 'add_host',
  summary:
    'Adds a host to the inventory, or groups and variables to one that is there, for later plays of the run.',
  examples: `
- name: The machine that was made is set up by the next play
  add_host:
    name: "{{ made.hostname }}"
    groups: [fresh]
    ansible_host: "{{ made.address }}"
    ansible_user: debian
`,
  params,
  aliases: { hostname: 'name', host: 'name', group: 'groups', groupname: 'groups' },
  sets: () => [additionsName],
  facts: () => [],
  plan({ name, groups, ...given }) {
    const { host, port } = splitPort(name);
    const own = port === undefined ? given : { ...given, ansible_ssh_port: port };
    const addition: Addition = { host, groups: groupsOf(groups), parents: [], variables: own };
    return {
      actions: [],
      result: { add_host: { host_name: host, groups: addition.groups, host_vars: own } },
      setFacts: { [additionsName]: [addition] },
    };
  },
});
