import { z } from 'zod';
import { blockKeywords, playKeywords, roleKeywords, taskKeywords } from '../language/keywords.ts';
import type { AnyModule, ModuleRegistry } from '../model/module.ts';

/** JSON Schema, draft 2020-12. */
export type Schema = Readonly<Record<string, unknown>>;

const draft = 'https://json-schema.org/draft/2020-12/schema';

const template: Schema = { type: 'string', pattern: '\\{[{%]' };
const yesOrNo: Schema = { anyOf: [{ type: 'boolean' }, { enum: ['yes', 'no'] }, template] };
const number: Schema = { anyOf: [{ type: 'number' }, { type: 'string' }] };
const texts: Schema = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
const condition: Schema = {
  anyOf: [{ type: ['boolean', 'string'] }, { type: 'array', items: { type: ['boolean', 'string'] } }],
};
const variables: Schema = { type: ['object', 'null'] };
const environment: Schema = { anyOf: [{ type: ['object', 'string'] }, { type: 'array' }] };
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const tasks: Schema = { type: ['array', 'null'], items: ref('task') };

/** What keywords take; those that are not here take anything. */
const keywords: Readonly<Record<string, Schema>> = {
  name: { type: 'string' },
  when: condition,
  changed_when: condition,
  failed_when: condition,
  until: condition,
  tags: texts,
  notify: texts,
  listen: texts,
  hosts: texts,
  vars_files: { type: 'array' },
  collections: texts,
  become: yesOrNo,
  become_user: { type: 'string' },
  become_method: { type: 'string' },
  gather_facts: yesOrNo,
  ignore_errors: yesOrNo,
  no_log: yesOrNo,
  check_mode: yesOrNo,
  diff: yesOrNo,
  prune: yesOrNo,
  any_errors_fatal: yesOrNo,
  run_once: yesOrNo,
  serial: number,
  max_fail_percentage: number,
  retries: number,
  delay: number,
  register: { type: 'string' },
  compat: { enum: ['truthy'] },
  vars: variables,
  args: variables,
  loop_control: { type: 'object' },
  environment,
  pre_tasks: tasks,
  tasks,
  post_tasks: tasks,
  handlers: tasks,
  block: tasks,
  rescue: tasks,
  always: tasks,
  roles: { type: ['array', 'null'], items: ref('role') },
};

const keywordsOf = (names: Iterable<string>): Schema =>
  Object.fromEntries([...names].map((name) => [name, keywords[name] ?? {}]));

/** Keys of tasks that are no modules. */
const structural: Readonly<Record<string, Schema>> = {
  include_tasks: { type: ['string', 'object'] },
  import_tasks: { type: ['string', 'object'] },
  include_role: { type: 'object' },
  import_role: { type: 'object' },
  meta: { enum: ['flush_handlers', 'noop', 'end_play', 'end_host'] },
};

const qualified = (name: string): readonly string[] => [name, `ansible.builtin.${name}`];

/** Every parameter may be a template; a mode may be written as YAML's octal number. */
const paramSchema = (name: string, schema: Schema, module: AnyModule): Schema => {
  const { description, ...rest } = schema;
  const text = typeof description === 'string' ? { description } : {};
  if (Object.keys(rest).length === 0 || module.raw?.includes(name) === true) return text;
  const mode = module.modes?.includes(name) === true ? [{ type: 'integer' }] : [];
  return { ...text, anyOf: [rest, ...mode, template] };
};

const moduleSchema = (module: AnyModule): Schema => {
  const json: Schema = z.toJSONSchema(module.params, { io: 'input', unrepresentable: 'any' });
  const own = (json['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const aliases = Object.entries(module.aliases ?? {});
  const required = ((json['required'] ?? []) as readonly string[]).filter(
    (name) => !aliases.some(([, target]) => target === name),
  );
  const params: Schema = {
    type: 'object',
    properties: Object.fromEntries([
      ...Object.entries(own).map(([name, schema]) => [name, paramSchema(name, schema, module)]),
      ...aliases.map(([alias, target]) => [
        alias,
        { ...paramSchema(target, own[target] ?? {}, module), description: `Another name of ${target}.` },
      ]),
    ]),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: json['additionalProperties'] ?? true,
  };
  return { description: module.summary, anyOf: [params, { type: ['string', 'null'] }] };
};

const definitionName = ({ name }: AnyModule): string => `module-${name}`;

/** JSON Schema of a playbook: plays, tasks, and every module's parameters. */
export const playbookSchema = (registry: ModuleRegistry): Schema => {
  const modules = [...new Set(registry.values())];
  const actions = Object.fromEntries([
    ...[...registry].flatMap(([key, module]) =>
      qualified(key).map((name) => [name, ref(definitionName(module))]),
    ),
    ...Object.entries(structural).flatMap(([key, schema]) => qualified(key).map((name) => [name, schema])),
  ]);
  const task = {
    type: 'object',
    properties: { ...keywordsOf([...blockKeywords, ...taskKeywords]), ...actions },
    additionalProperties: false,
  };
  const role = {
    anyOf: [{ type: 'string' }, { type: 'object', properties: keywordsOf(roleKeywords), required: ['role'] }],
  };
  const play = {
    type: 'object',
    properties: keywordsOf(playKeywords),
    required: ['hosts'],
    additionalProperties: false,
  };
  const imported = {
    type: 'object',
    properties: {
      ...keywordsOf(['name', 'vars', 'when', 'tags']),
      ...Object.fromEntries(qualified('import_playbook').map((name) => [name, { type: 'string' }])),
    },
    additionalProperties: false,
  };
  return {
    $schema: draft,
    title: 'syn-deploy playbook',
    type: 'array',
    items: { anyOf: [play, imported] },
    $defs: {
      task,
      role,
      ...Object.fromEntries(modules.map((module) => [definitionName(module), moduleSchema(module)])),
    },
  };
};

const connection: Readonly<Record<string, Schema>> = {
  ansible_host: { type: 'string', description: 'Address or name to connect to.' },
  ansible_port: { anyOf: [{ type: 'integer' }, { type: 'string' }], description: 'SSH port.' },
  ansible_user: { type: 'string', description: 'Account to log in as.' },
  ansible_connection: { type: 'string', description: 'ssh, or local for this machine.' },
  ansible_ssh_private_key_file: { type: 'string', description: 'Key to log in with.' },
  ansible_become: { ...yesOrNo, description: 'Become root (or ansible_become_user) with sudo.' },
  ansible_become_user: { type: 'string' },
  ansible_become_password: { type: 'string', description: 'Password that sudo wants.' },
  ansible_password: { type: 'string', description: 'Password to log in with.' },
};

/** JSON Schema of an inventory. */
export const inventorySchema = (): Schema => ({
  $schema: draft,
  title: 'syn-deploy inventory',
  type: 'object',
  properties: {
    playbooks: {
      anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
      description: 'What apply and check run when no playbook is named; relative to this file.',
    },
  },
  additionalProperties: ref('group'),
  $defs: {
    variables: { type: ['object', 'null'], properties: connection },
    group: {
      type: ['object', 'null'],
      properties: {
        hosts: { type: ['object', 'null'], additionalProperties: ref('variables') },
        vars: ref('variables'),
        children: { type: ['object', 'null'], additionalProperties: ref('group') },
      },
      additionalProperties: false,
    },
  },
});
