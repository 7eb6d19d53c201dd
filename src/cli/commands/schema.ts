import { z } from 'zod';
import { playKeywords, taskKeywords } from '../../language/keywords.ts';
import { modules } from '../../modules/index.ts';
import { allWell } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';

const draft = 'https://json-schema.org/draft/2020-12/schema';

type Schema = Readonly<Record<string, unknown>>;

const anything: Schema = {};

const keywords = (names: Iterable<string>): Schema =>
  Object.fromEntries([...names].map((name) => [name, anything]));

/** A module's parameters, as a mapping or in the free form. */
const taskKeys = (): Schema =>
  Object.fromEntries(
    [...modules].flatMap(([key, { params, summary }]) => {
      const { $schema: _, ...schema } = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' });
      const value = { description: summary, anyOf: [schema, { type: ['string', 'null'] }] };
      return [
        [key, value],
        [`ansible.builtin.${key}`, value],
      ];
    }),
  );

const playbookSchema = (): Schema => {
  const tasks = { type: ['array', 'null'], items: { $ref: '#/$defs/task' } };
  const task = {
    type: 'object',
    properties: { ...keywords(taskKeywords), ...taskKeys(), block: tasks },
  };
  const lists = Object.fromEntries(
    ['tasks', 'pre_tasks', 'post_tasks', 'handlers'].map((name) => [name, tasks]),
  );
  const play = { type: 'object', properties: { ...keywords(playKeywords), ...lists } };
  return { $schema: draft, title: 'syn-deploy playbook', type: 'array', items: play, $defs: { task } };
};

const inventorySchema = (): Schema => {
  const group = {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      hosts: { type: ['object', 'null'], additionalProperties: { type: ['object', 'null'] } },
      vars: { type: ['object', 'null'] },
      children: { type: ['object', 'null'], additionalProperties: { $ref: '#/$defs/group' } },
    },
  };
  return {
    $schema: draft,
    title: 'syn-deploy inventory',
    type: 'object',
    properties: { playbooks: { type: 'array', items: { type: 'string' } } },
    additionalProperties: { $ref: '#/$defs/group' },
    $defs: { group },
  };
};

/** `schema`: JSON Schema of a playbook or an inventory, for editors. @throws UsageError */
export const printSchema = async (what: string, io: Io): Promise<number> => {
  if (what !== 'playbook' && what !== 'inventory') {
    throw new UsageError(`schema is of "playbook" or "inventory", not of "${what}"`);
  }
  const schema = what === 'playbook' ? playbookSchema() : inventorySchema();
  io.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  return allWell;
};
