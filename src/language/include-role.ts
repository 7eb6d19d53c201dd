import type { Entry } from '../model/play.ts';
import { nearestName } from '../util/nearest-name.ts';
import { describe, didYouMean } from './describe.ts';
import { Fields, isMapping } from './fields.ts';
import { checkIncludeKeywords, foldApply } from './include.ts';
import { foldInclude } from './inherited.ts';
import { locatedAs } from './module-call.ts';
import { type RoleUse, roleName, simpleUse, useRole } from './role.ts';
import type { Scope } from './scope.ts';
import type { TaskAction } from './task-action.ts';

const includeParams = [
  'name',
  'role',
  'tasks_from',
  'vars_from',
  'defaults_from',
  'handlers_from',
  'allow_duplicates',
  'public',
  'apply',
  'rolespec_validate',
];

const includeArgs = (action: TaskAction, scope: Scope): Fields | undefined => {
  const { value, name } = action;
  if (!isMapping(value.value)) {
    const text = typeof value.value === 'string' ? /^\s*name=(\S+)\s*$/.exec(value.value)?.[1] : undefined;
    if (text !== undefined) return new Fields(locatedAs({ name: text }, value.span), scope.problems);
    scope.problems.error(
      'bad-value',
      `${name} takes a mapping with "name"; found ${describe(value.value)}`,
      value.span,
    );
    return undefined;
  }
  const fields = new Fields(value, scope.problems);
  for (const key of fields.keys.filter((one) => !includeParams.includes(one)))
    scope.problems.error('unknown-parameter', `unknown parameter "${key}" of ${name}`, fields.keySpan(key), {
      hint: didYouMean(nearestName(key, includeParams), `${name} takes: ${includeParams.join(', ')}`),
    });
  return fields;
};

const fromOf = (args: Fields): RoleUse['from'] => ({
  tasks: args.text('tasks_from') ?? 'main',
  vars: args.text('vars_from') ?? 'main',
  defaults: args.text('defaults_from') ?? 'main',
  handlers: args.text('handlers_from') ?? 'main',
});

/** `import_role` and `include_role`: the role's tasks in the place of the task. */
export const readIncludeRole = (fields: Fields, action: TaskAction, outer: Scope): readonly Entry[] => {
  checkIncludeKeywords(fields, action);
  const args = includeArgs(action, outer);
  const loop = fields.keys.find((key) => key === 'loop' || key.startsWith('with_'));
  if (loop !== undefined) {
    outer.problems.notYet(
      `"${loop}" at ${action.name}`,
      fields.keySpan(loop),
      'write the loop at the tasks of the role',
    );
    return [];
  }
  const name = args === undefined ? undefined : roleName(args);
  if (args === undefined || name === undefined) return [];
  const inherited = foldApply(foldInclude(outer.inherited, fields, action.name), {
    fields: args,
    name: undefined,
  });
  const repeatable = args.boolean('allow_duplicates') ?? true;
  const use: RoleUse = {
    ...simpleUse(name, args.boolean('public') ?? action.name === 'import_role'),
    place: fields.mapping.span,
    from: fromOf(args),
    repeatable,
    truthy: outer.role?.truthy,
  };
  return useRole(use, { ...outer, inherited });
};
