import type { Located } from '../model/located.ts';
import type { ModuleRegistry } from '../model/module.ts';
import type { Span } from '../model/span.ts';
import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { isAnsibleModule } from './ansible-module-names.ts';
import { bareName } from './bare-name.ts';
import { type Fields, isMapping } from './fields.ts';
import { warnOfIdle } from './idle-keywords.ts';
import { blockIdle, isLoopForm, taskKeywords, taskNotYet } from './keywords.ts';
import { partOf } from './located-tree.ts';
import { locatedAs } from './module-call.ts';
import { isOwnModule } from './own-modules.ts';
import { paramNames } from './param-names.ts';

/** The one key of a task that says what it does. */
export interface TaskAction {
  /** As written, without its collection. */
  readonly name: string;
  readonly key: Span;
  readonly value: Located;
  readonly args: Located | undefined;
  /** `local_action`: on the machine that runs this. */
  readonly isLocal?: boolean;
}

/** Actions that are no modules: they shape the list of tasks itself. */
export const structural = ['import_tasks', 'include_tasks', 'import_role', 'include_role', 'meta'] as const;

export type Structural = (typeof structural)[number];

export const isStructural = (name: string): name is Structural =>
  (structural as readonly string[]).includes(name);

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

/** Which modules there are. */
export interface KnownModules {
  readonly registry: ModuleRegistry;
  /** Whether the project has one of this name that is written for Ansible. */
  readonly isForAnsible: (name: string) => boolean;
}

/** Something that is here, or a module of Ansible's that a stand-in is made for. */
const isAction = (key: string, { registry, isForAnsible }: KnownModules): boolean =>
  isStructural(bareName(key)) ||
  isOwnModule(bareName(key)) ||
  registry.has(bareName(key)) ||
  isAnsibleModule(key) ||
  isForAnsible(key);

/** The name of an action, without a collection that is known here. `include` is what `include_tasks` was called once. */
const actionName = (key: string): string => (bareName(key) === 'include' ? 'include_tasks' : bareName(key));

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
    if (module === undefined && keyword !== undefined) reportUnknownKey(fields, key, didYouMean(keyword));
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
    return { name: actionName(module), key: value.at(['module']), value: { ...value, value: rest }, args };
  }
  const match = typeof value.value === 'string' ? /^\s*(\S+)\s*/.exec(value.value) : null;
  if (match === null) return fields.wrong(key, 'a module with its parameters');
  const text = String(value.value).slice(match[0].length);
  return {
    name: actionName(match[1] ?? ''),
    key: value.span,
    value: locatedAs(text === '' ? null : text, value.span),
    args,
  };
};

const ofActionKey = (fields: Fields, known: KnownModules): TaskAction | undefined => {
  const isLocal = fields.has('local_action');
  const found = fromActionKey(fields, isLocal ? 'local_action' : 'action');
  const action = found === undefined || !isLocal ? found : { ...found, isLocal };
  if (action === undefined || isAction(action.name, known)) return action;
  const nearest = nearestName(action.name, [...known.registry.keys(), ...structural]);
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
export const findAction = (fields: Fields, known: KnownModules): TaskAction | undefined => {
  const { registry } = known;
  reportNotYet(fields);
  warnOfIdle(fields, blockIdle);
  const others = fields.keys.filter(
    (key) => !taskKeywords.has(key) && !taskNotYet.has(key) && !blockIdle.has(key) && !isLoopForm(key),
  );
  const actions = others.filter((key) => isAction(key, known));
  const unknown = others.filter((key) => !actions.includes(key));
  const [key] = actions;
  const viaAction = fields.has('action') || fields.has('local_action');
  if (key === undefined && !viaAction) {
    reportNoAction(fields, unknown, registry);
    return undefined;
  }
  reportOthers(fields, unknown, viaAction ? ['action', ...actions] : actions, registry);
  if (viaAction || key === undefined) return ofActionKey(fields, known);
  return {
    name: actionName(key),
    key: fields.keySpan(key),
    value: partOf(fields.mapping, [key]),
    args: fields.has('args') ? fields.at('args') : undefined,
  };
};
