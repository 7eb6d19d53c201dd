import { z } from 'zod';
import { type DatabaseQuestion, databaseEntries } from '../facts/databases.ts';
import { absent } from '../model/fact.ts';
import { defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { boolean } from './params/boolean.ts';
import { text } from './params/text.ts';

const params = z.strictObject({
  database: text()
    .refine((name) => /^[a-z][a-z0-9_]*$/.test(name), {
      error: 'expected a database: passwd, group, hosts, …',
    })
    .describe('`passwd`, `group`, `hosts`, `services`, … The variable `getent_NAME` is what is found.'),
  key: text().optional().describe('Only this entry. Default: all.'),
  service: text()
    .optional()
    .describe('Ask this service (`files`) in place of those that nsswitch.conf names.'),
  split: text()
    .optional()
    .describe(
      'What stands between fields. Default: a colon for passwd, shadow, group, gshadow, else blanks.',
    ),
  fail_key: boolean().default(true).describe('Fail when the key is not there.'),
});

type Params = z.infer<typeof params>;

const questionOf = ({ database, key, service }: Params): DatabaseQuestion => ({ database, key, service });

const withColons = new Set(['passwd', 'shadow', 'group', 'gshadow']);

const fieldsOf = (line: string, { database, split }: Params): readonly string[] => {
  const separator = split ?? (withColons.has(database) ? ':' : undefined);
  return separator === undefined ? line.trim().split(/\s+/) : line.split(separator);
};

/** Entries by their first field; several of one key become a list of entries. */
const entriesOf = (stdout: string, task: Params): Readonly<Record<string, unknown>> => {
  const entries = new Map<string, (readonly string[])[]>();
  for (const line of stdout.split('\n').filter((one) => one !== '')) {
    const [key = '', ...fields] = fieldsOf(line, task);
    entries.set(key, [...(entries.get(key) ?? []), fields]);
  }
  return Object.fromEntries([...entries].map(([key, all]) => [key, all.length === 1 ? all[0] : all]));
};

/** Ansible's words. */
const complaints: Readonly<Record<number, string>> = {
  1: 'Missing arguments, or database unknown.',
  2: 'One or more supplied key could not be found in the database.',
  3: 'Enumeration not supported on this database.',
};

const missingKey = 2;

/** Looks into a database of the name service. */
export const getent = defineModule({
  name: 'getent',
  summary: 'Looks into passwd, group, hosts and other databases; sets `getent_NAME`.',
  examples: `
- getent:
    database: passwd
    key: www-data
- debug:
    msg: "home: {{ getent_passwd['www-data'][4] }}"
`,
  params,
  tells: true,
  sets: ({ database }) => (typeof database === 'string' ? [`getent_${database}`] : []),
  facts: (task, { identity }) => [databaseEntries(questionOf(task), identity)],
  plan(task, facts, { identity }) {
    const answer = facts.get(databaseEntries(questionOf(task), identity));
    const status = answer === absent ? 1 : answer.exitStatus;
    const name = `getent_${task.database}`;
    const found = (entries: Readonly<Record<string, unknown>>) => ({
      actions: [],
      result: { ansible_facts: { [name]: entries } },
      ansibleFacts: { [name]: entries },
    });
    if (status === 0 && answer !== absent) return found(entriesOf(answer.stdout, task));
    if (status === missingKey && !task.fail_key && task.key !== undefined) return found({ [task.key]: null });
    throw new TaskFailure(complaints[status] ?? 'Unexpected failure!');
  },
});
