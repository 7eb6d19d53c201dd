import { z } from 'zod';
import { moduleCollections } from '../language/bare-name.ts';
import {
  includeRoleTexts,
  includeTasksTexts,
  type KeywordTexts,
  keywordTexts,
  loopControlTexts,
  promptTexts,
  structuralTexts,
} from '../language/keyword-texts.ts';
import { blockKeywords, playKeywords, roleKeywords, taskKeywords } from '../language/keywords.ts';
import type { AnyModule, ModuleRegistry } from '../model/module.ts';

/** JSON Schema, draft 2020-12. */
export type Schema = Readonly<Record<string, unknown>>;

const draft = 'https://json-schema.org/draft/2020-12/schema';

const template: Schema = { type: 'string', pattern: '\\{[{%]' };
const yesOrNo: Schema = { anyOf: [{ type: 'boolean' }, { enum: ['yes', 'no'] }, template] };
const number: Schema = { anyOf: [{ type: 'number' }, { type: 'string' }] };
/** Of `serial`. */
const batchSize: Schema = { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^\\d+%?$' }] };
const texts: Schema = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
const condition: Schema = {
  anyOf: [{ type: ['boolean', 'string'] }, { type: 'array', items: { type: ['boolean', 'string'] } }],
};
const variables: Schema = { type: ['object', 'null'] };
/** A mapping of keys that are all known, each with its sentence. */
const mappingOf = (texts: KeywordTexts, more: Schema = {}): Schema => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(texts).map(([key, description]) => [key, { description }])),
  additionalProperties: false,
  ...more,
});
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
  serial: { anyOf: [batchSize, { type: 'array', items: batchSize }] },
  max_fail_percentage: number,
  throttle: number,
  retries: number,
  delay: number,
  register: { type: 'string' },
  compat: { enum: ['truthy'] },
  vars: variables,
  args: variables,
  loop_control: mappingOf(loopControlTexts),
  vars_prompt: { type: ['array', 'null'], items: mappingOf(promptTexts, { required: ['name'] }) },
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
  Object.fromEntries(
    [...names].map((name) => [name, { description: keywordTexts[name], ...keywords[name] }]),
  );

/** Keys of tasks that are no modules. */
const structural: Readonly<Record<string, Schema>> = {
  include_tasks: { anyOf: [{ type: 'string' }, mappingOf(includeTasksTexts)] },
  import_tasks: { anyOf: [{ type: 'string' }, mappingOf(includeTasksTexts)] },
  include_role: { anyOf: [mappingOf(includeRoleTexts), { type: 'string' }] },
  import_role: { anyOf: [mappingOf(includeRoleTexts), { type: 'string' }] },
  meta: {
    enum: [
      ...['flush_handlers', 'noop', 'end_play', 'end_host', 'end_batch', 'end_role', 'clear_facts'],
      ...['clear_host_errors', 'refresh_inventory', 'reset_connection'],
    ],
  },
};

/** A name with a collection before it, which is read and not offered. */
const qualified = (name: string): string =>
  `^(?:${moduleCollections.map((prefix) => prefix.replaceAll('.', '\\.')).join('|')})${name}$`;

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
  // `command: 5` is a command too.
  const freeForm = ['string', 'null', ...(module.freeForm === undefined ? [] : ['number', 'boolean'])];
  return { description: module.summary, anyOf: [params, { type: freeForm }] };
};

const definitionName = ({ name }: AnyModule): string => `module-${name}`;

/** Definitions of tasks and of every module's parameters. */
const definitionsOf = (registry: ModuleRegistry): Schema => {
  const modules = [...new Set(registry.values())];
  const actions: readonly (readonly [string, Schema])[] = [
    ...[...registry].map(([key, module]): [string, Schema] => [
      key,
      { description: module.summary, ...ref(definitionName(module)) },
    ]),
    ...Object.entries(structural).map(([key, schema]): [string, Schema] => [
      key,
      { description: structuralTexts[key], ...schema },
    ]),
  ];
  return {
    task: {
      type: 'object',
      properties: { ...keywordsOf([...blockKeywords, ...taskKeywords]), ...Object.fromEntries(actions) },
      patternProperties: Object.fromEntries(actions.map(([key, schema]) => [qualified(key), schema])),
      additionalProperties: false,
    },
    ...Object.fromEntries(modules.map((module) => [definitionName(module), moduleSchema(module)])),
  };
};

const role: Schema = {
  anyOf: [{ type: 'string' }, { type: 'object', properties: keywordsOf(roleKeywords) }],
};

const play: Schema = {
  type: 'object',
  properties: keywordsOf(playKeywords),
  required: ['hosts'],
  additionalProperties: false,
};

const importPlaybook: Schema = { type: 'string', description: structuralTexts['import_playbook'] };

const imported: Schema = {
  type: 'object',
  properties: {
    ...keywordsOf(['name', 'vars', 'when', 'tags']),
    import_playbook: importPlaybook,
    'ansible.builtin.import_playbook': importPlaybook,
  },
  additionalProperties: false,
};

/** JSON Schema of a playbook: plays, tasks, and every module's parameters. */
export const playbookSchema = (registry: ModuleRegistry): Schema => ({
  $schema: draft,
  title: 'syn-deploy playbook',
  type: ['array', 'null'],
  items: { anyOf: [play, imported] },
  $defs: { role, ...definitionsOf(registry) },
});

/** JSON Schema of a file of tasks or handlers. */
export const tasksSchema = (registry: ModuleRegistry): Schema => ({
  $schema: draft,
  title: 'syn-deploy tasks',
  ...tasks,
  $defs: definitionsOf(registry),
});

const text = (description: string): Schema => ({ type: 'string', description });
const count = (description: string): Schema => ({
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  description,
});
const another = (name: string): Schema => ({ description: `Another name of ${name}.` });

/** What the variables of connection-variables.ts say. */
const connection: Readonly<Record<string, Schema>> = {
  ansible_host: text('Address or name to connect to.'),
  ansible_port: count('SSH port.'),
  ansible_user: text('Account to log in as.'),
  ansible_password: text('Password to log in with.'),
  ansible_connection: text('ssh, or local for this machine.'),
  ansible_timeout: count('Seconds that a login may take.'),
  ansible_ssh_private_key_file: text('Key to log in with.'),
  ansible_ssh_private_key_passphrase: text('What opens that key.'),
  ansible_ssh_args: text("Arguments of ssh, in place of ansible.cfg's."),
  ansible_ssh_common_args: text('Arguments of ssh, such as -o ProxyJump=bastion.'),
  ansible_ssh_extra_args: text('Arguments of ssh besides those.'),
  ansible_become: { ...yesOrNo, description: 'Become root (or ansible_become_user) with sudo.' },
  ansible_become_user: text('Account to become.'),
  ansible_become_method: text('sudo.'),
  ansible_become_password: text('Password that sudo wants.'),
  ansible_group_priority: count(
    'Of groups as deep as each other, the one with the higher number is stronger.',
  ),
  ansible_ssh_host: another('ansible_host'),
  ansible_ssh_port: another('ansible_port'),
  ansible_ssh_user: another('ansible_user'),
  ansible_ssh_pass: another('ansible_password'),
  ansible_ssh_password: another('ansible_password'),
  ansible_private_key_file: another('ansible_ssh_private_key_file'),
  ansible_ssh_timeout: another('ansible_timeout'),
  ansible_become_pass: another('ansible_become_password'),
  ansible_sudo_user: another('ansible_become_user'),
  ansible_sudo_pass: another('ansible_become_password'),
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

/** JSON Schema of a file of variables: any names, and those that say how a host is reached. */
export const variablesSchema = (): Schema => ({
  $schema: draft,
  title: 'syn-deploy variables',
  type: ['object', 'null'],
  properties: connection,
});
