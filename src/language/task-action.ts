import type { Located } from '../model/located.ts';
import type { ModuleRegistry } from '../model/module.ts';
import type { Span } from '../model/span.ts';
import { nearestName } from '../util/nearest-name.ts';
import { ansibleModules } from './ansible-modules.ts';
import { didYouMean } from './describe.ts';
import { type Fields, isMapping } from './fields.ts';
import { taskKeywords, taskNotYet } from './keywords.ts';
import { partOf } from './located-tree.ts';
import { locatedAs } from './module-call.ts';
import { paramNames } from './param-names.ts';

/** The one key of a task that says what it does. */
export interface TaskAction {
  /** As written, without its collection. */
  readonly name: string;
  readonly key: Span;
  readonly value: Located;
  readonly args: Located | undefined;
}

/** Actions that are no modules: they shape the list of tasks itself. */
export const structural = ['import_tasks', 'include_tasks', 'import_role', 'include_role', 'meta'] as const;

export type Structural = (typeof structural)[number];

export const isStructural = (name: string): name is Structural =>
  (structural as readonly string[]).includes(name);

/** What may stand before the name of a module. */
export const moduleCollections = [
  'ansible.builtin.',
  'ansible.legacy.',
  'ansible.posix.',
  'community.general.',
  'community.postgresql.',
];

/** `ansible.builtin.apt` is `apt`; other dotted names stay as they are. */
export const bareName = (key: string): string => {
  const collection = moduleCollections.find((prefix) => key.startsWith(prefix));
  return collection === undefined ? key : key.slice(collection.length);
};

const playKeys = new Set([
  'hosts',
  'tasks',
  'pre_tasks',
  'post_tasks',
  'handlers',
  'roles',
  'vars_files',
  'gather_facts',
  'serial',
  'import_playbook',
]);

const isAction = (key: string, registry: ModuleRegistry): boolean =>
  isStructural(bareName(key)) || registry.has(bareName(key));

/** The modules whose own parameter stands in the task's column by mistake. */
const indentHint = (
  key: string,
  actions: readonly string[],
  registry: ModuleRegistry,
): string | undefined => {
  const owner = actions.find((action) => {
    const module = registry.get(bareName(action));
    return module !== undefined && (paramNames(module.params)?.includes(key) ?? false);
  });
  return owner === undefined
    ? undefined
    : `"${key}" is a parameter of ${bareName(owner)}: write it below "${owner}:", further right`;
};

const reportUnknownKey = (fields: Fields, key: string, hint: string | undefined): void =>
  fields.problems.error('unknown-key', `unknown key "${key}" in a task`, fields.keySpan(key), { hint });

const reportUnknownModule = (
  { problems }: Fields,
  name: string,
  span: Span,
  nearest: string | undefined,
): void => {
  const known = bareName(name);
  if (ansibleModules.has(known))
    problems.notYet(`Ansible's module "${known}"`, span, ansibleModules.get(known));
  else
    problems.error('unknown-module', `unknown module "${name}"`, span, {
      hint: didYouMean(nearest, '"syn-deploy modules" lists them'),
    });
};

/** A task without a module that is known: each unknown key is a keyword misspelled, or the module. */
const reportNoAction = (fields: Fields, unknown: readonly string[], registry: ModuleRegistry): void => {
  for (const key of unknown) {
    if (playKeys.has(key)) {
      reportUnknownKey(fields, key, `"${key}" belongs to a play; here is a list of tasks`);
      continue;
    }
    const module = nearestName(bareName(key), [...registry.keys(), ...structural]);
    const keyword = nearestName(key, taskKeywords);
    const isAnsibles = ansibleModules.has(bareName(key));
    if (!isAnsibles && module === undefined && keyword !== undefined)
      reportUnknownKey(fields, key, didYouMean(keyword));
    else reportUnknownModule(fields, key, fields.keySpan(key), module);
  }
  if (unknown.length > 0) return;
  fields.problems.error('no-module', 'a task without a module', fields.mapping.span, {
    hint: 'write what it does, such as "apt:" or "file:"; "syn-deploy modules" lists them',
  });
};

const reportOthers = (
  fields: Fields,
  unknown: readonly string[],
  actions: readonly string[],
  registry: ModuleRegistry,
): void => {
  for (const key of unknown) {
    const hint = indentHint(key, actions, registry) ?? didYouMean(nearestName(key, taskKeywords));
    reportUnknownKey(fields, key, hint);
  }
  const [first, ...more] = actions;
  for (const key of more) {
    const hint = first === undefined ? undefined : indentHint(key, [first], registry);
    fields.problems.error(
      'two-modules',
      `a task has one module; found "${first}" and "${key}"`,
      fields.keySpan(key),
      {
        hint: hint ?? 'start a task of its own with "- "',
      },
    );
  }
};

/** `action: apt name=redis`, or `action: { module: apt, name: redis }`. */
const fromActionKey = (fields: Fields, key: string): TaskAction | undefined => {
  const value = fields.at(key);
  const args = fields.has('args') ? fields.at('args') : undefined;
  if (isMapping(value.value) && typeof value.value['module'] === 'string') {
    const { module, ...rest } = value.value;
    return { name: bareName(module), key: value.at(['module']), value: { ...value, value: rest }, args };
  }
  const match = typeof value.value === 'string' ? /^\s*(\S+)\s*/.exec(value.value) : null;
  if (match === null) return fields.wrong(key, 'a module with its parameters');
  const text = String(value.value).slice(match[0].length);
  return {
    name: bareName(match[1] ?? ''),
    key: value.span,
    value: locatedAs(text === '' ? null : text, value.span),
    args,
  };
};

const ofActionKey = (fields: Fields, registry: ModuleRegistry): TaskAction | undefined => {
  if (fields.has('local_action')) {
    fields.problems.notYet(
      '"local_action"',
      fields.keySpan('local_action'),
      'put the task in a play for localhost with ansible_connection: local',
    );
    return undefined;
  }
  const action = fromActionKey(fields, 'action');
  if (action === undefined || isAction(action.name, registry)) return action;
  const nearest = nearestName(action.name, [...registry.keys(), ...structural]);
  reportUnknownModule(fields, action.name, action.key, nearest);
  return undefined;
};

const reportNotYet = (fields: Fields): void => {
  for (const key of fields.keys)
    if (taskNotYet.has(key)) fields.problems.notYet(`"${key}"`, fields.keySpan(key), taskNotYet.get(key));
};

/**
 * Finds what a task does, and reports keys that nobody knows, a module that is missing, and a second one.
 *
 * @returns undefined where there is nothing to go on with; that is reported
 */
export const findAction = (fields: Fields, registry: ModuleRegistry): TaskAction | undefined => {
  reportNotYet(fields);
  const others = fields.keys.filter((key) => !taskKeywords.has(key) && !taskNotYet.has(key));
  const actions = others.filter((key) => isAction(key, registry));
  const unknown = others.filter((key) => !actions.includes(key));
  const [key] = actions;
  const viaAction = fields.has('action') || fields.has('local_action');
  if (key === undefined && !viaAction) {
    reportNoAction(fields, unknown, registry);
    return undefined;
  }
  reportOthers(fields, unknown, viaAction ? ['action', ...actions] : actions, registry);
  if (viaAction || key === undefined) return ofActionKey(fields, registry);
  return {
    name: bareName(key),
    key: fields.keySpan(key),
    value: partOf(fields.mapping, [key]),
    args: fields.has('args') ? fields.at('args') : undefined,
  };
};
