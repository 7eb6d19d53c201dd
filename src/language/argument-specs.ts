import { z } from 'zod';
import type { Located } from '../model/located.ts';
import { type AnyModule, defineModule, type TaskContext } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { booleanWords } from '../util/yaml-scalar.ts';
import { describe } from './describe.ts';
import { isMapping, type Mapping } from './fields.ts';
import { locatedAs } from './module-call.ts';
import { roleFile } from './role-files.ts';
import { idAt, readYaml, type Scope } from './scope.ts';
import { isVariableName } from './variables.ts';

const isWhole = (value: unknown): boolean =>
  Number.isInteger(value) || (typeof value === 'string' && /^[-+]?\d+$/.test(value.trim()));

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' ||
  (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)));

const isFlag = (value: unknown): boolean =>
  typeof value === 'boolean' ||
  value === 0 ||
  value === 1 ||
  booleanWords[String(value).toLowerCase()] !== undefined;

const isScalar = (value: unknown): boolean => value !== null && typeof value !== 'object';

/** Whether a value is of a type, or one that Ansible makes it of. */
const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  str: (value) => value !== undefined,
  path: isScalar,
  int: isWhole,
  float: isNumber,
  bool: isFlag,
  list: (value) => Array.isArray(value) || isScalar(value),
  dict: (value) => isMapping(value) || typeof value === 'string',
  bytes: (value) => /^\d+(?:\.\d+)?\s*[A-Za-z]*$/.test(String(value)),
  bits: (value) => /^\d+(?:\.\d+)?\s*[A-Za-z]*$/.test(String(value)),
  json: () => true,
  jsonarg: () => true,
  raw: () => true,
};

const checkType = (value: unknown, type: unknown, name: string): readonly string[] =>
  types[String(type ?? 'str')]?.(value) === false
    ? [`${name} is to be of type ${type}; found ${describe(value)}`]
    : [];

const checkChoices = (value: unknown, choices: unknown, name: string): readonly string[] => {
  if (!Array.isArray(choices)) return [];
  const values = Array.isArray(value) ? value : [value];
  const wrong = values.find((one) => !choices.map(String).includes(String(one)));
  return wrong === undefined
    ? []
    : [`${name} is to be one of ${choices.join(', ')}; found ${describe(wrong)}`];
};

const checkElements = (value: unknown, spec: Mapping, name: string): readonly string[] => {
  const { elements, options } = spec;
  const parts = Array.isArray(value) ? value : isMapping(value) ? [value] : [];
  const inner = isMapping(options) ? options : undefined;
  return parts.flatMap((part: unknown, index) => {
    const place = Array.isArray(value) ? `${name}[${index}]` : name;
    const typed = elements === undefined || !Array.isArray(value) ? [] : checkType(part, elements, place);
    return [...typed, ...(inner !== undefined && isMapping(part) ? checkOptions(part, inner, place) : [])];
  });
};

const checkValue = (value: unknown, spec: Mapping, name: string): readonly string[] => {
  const typed = checkType(value, spec['type'], name);
  return typed.length > 0
    ? typed
    : [...checkChoices(value, spec['choices'], name), ...checkElements(value, spec, name)];
};

const specOf = (value: unknown): Mapping => (isMapping(value) ? value : {});

/** Keys of a mapping that a variable holds: here, unlike for the role's own variables, others are wrong. */
const checkOptions = (given: Mapping, options: Mapping, place: string): readonly string[] => {
  const strange = Object.keys(given).filter((key) => !Object.hasOwn(options, key) && !isAlias(key, options));
  return [
    ...strange.map((key) => `${place} has no option "${key}"; it takes ${Object.keys(options).join(', ')}`),
    ...Object.entries(options).flatMap(([key, option]) => {
      const spec = specOf(option);
      const value = given[key];
      if (value !== undefined && value !== null) return checkValue(value, spec, `${place}.${key}`);
      return spec['required'] === true && value === undefined ? [`${place} lacks "${key}"`] : [];
    }),
  ];
};

const isAlias = (key: string, options: Mapping): boolean =>
  Object.values(options).some((option) => {
    const { aliases } = specOf(option);
    return Array.isArray(aliases) && aliases.includes(key);
  });

const checkVariable = (name: string, spec: Mapping, context: TaskContext): readonly string[] => {
  // Some roles write paths into their variables here, which are the names of none.
  const isSet = isVariableName(name) && context.evaluate(`${name} is defined`) === true;
  if (!isSet) return spec['required'] === true ? [`"${name}" is not set`] : [];
  const value = context.evaluate(name);
  return value === null ? [] : checkValue(value, spec, name);
};

const createCheck = (options: Mapping, entry: string, role: string): AnyModule =>
  defineModule({
    name: 'validate_argument_spec',
    summary: 'Variables that a role wants.',
    examples: '',
    params: z.strictObject({}),
    facts: () => [],
    plan: (_, _facts, context) => {
      const errors = Object.entries(options).flatMap(([name, option]) =>
        checkVariable(name, specOf(option), context),
      );
      if (errors.length === 0)
        return { actions: [], result: { validate_args_context: { name: role, argument_spec_name: entry } } };
      throw new TaskFailure(`variables of the role ${role}: ${errors.join('; ')}`, {
        argument_errors: errors,
      });
    },
  });

/** `meta/argument_specs.yml`, or what `meta/main.yml` has of it. */
const readSpecs = (folder: string, scope: Scope): Located | undefined => {
  const found = ['argument_specs', 'main'].flatMap((name) => {
    const path = roleFile(folder, 'meta', name, scope);
    const root = path === undefined ? undefined : readYaml(scope.project, scope.problems, path);
    return isMapping(root?.value) && isMapping(root.value['argument_specs']) ? [root] : [];
  });
  return found[0];
};

/**
 * The task that Ansible puts before those of a role that says which variables it wants.
 *
 * @param entry  the file of tasks that is used: `main`
 * @returns undefined where the role says nothing of it
 */
export const argumentCheck = (folder: string, entry: string, scope: Scope): Task | undefined => {
  const root = readSpecs(folder, scope);
  if (root === undefined || scope.role === undefined) return undefined;
  const specs = (root.value as Mapping)['argument_specs'] as Mapping;
  const spec = specs[entry];
  const options = isMapping(spec) ? spec['options'] : undefined;
  if (!isMapping(options) || Object.keys(options).length === 0) return undefined;
  const span = root.at(['argument_specs', entry], 'key');
  return {
    type: 'task',
    id: idAt(span, scope),
    name: { text: `Validating arguments against arg spec '${entry}'`, span },
    moduleName: 'validate_argument_spec',
    module: createCheck(options, entry, scope.role.name),
    args: locatedAs({}, span),
    ...scope.inherited,
    tags: [...new Set([...scope.inherited.tags, 'always'])],
    retries: 0,
    delayMs: 0,
    notify: [],
    role: scope.role,
    folder: scope.folder,
    span,
  };
};
