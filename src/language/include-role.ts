import type { Entry, Source } from '../model/play.ts';
import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { describe } from './describe.ts';
import { Fields, isMapping } from './fields.ts';
import { checkIncludeKeywords, dynamicRole, foldApply, gated, hasLoop, ownWhen } from './include.ts';
import { foldInclude } from './inherited.ts';
import { locatedAs } from './module-call.ts';
import { type RoleUse, simpleUse, useRole } from './role.ts';
import type { Scope } from './scope.ts';
import { hasTemplate } from './source.ts';
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

const parts = ['tasks', 'vars', 'defaults', 'handlers'] as const;

/** What is said of the role's files: `tasks_from` and its like. */
const fromOf = (args: Fields): Readonly<Record<string, Source>> =>
  Object.fromEntries(
    parts.flatMap((part) => {
      const source = args.source(`${part}_from`);
      return source === undefined ? [] : [[part, source] as const];
    }),
  );

/** `main.yml` is `main`. */
const filesOf = (from: Readonly<Record<string, string>>): RoleUse['from'] => {
  const of = (part: (typeof parts)[number]): string => (from[part] ?? 'main').replace(/\.ya?ml$/, '');
  return { tasks: of('tasks'), vars: of('vars'), defaults: of('defaults'), handlers: of('handlers') };
};

const nameOf = (args: Fields): Source | undefined => {
  const key = args.has('role') ? 'role' : 'name';
  if (args.has(key)) return args.source(key);
  args.problems.error('bad-role', 'a role without its name', args.mapping.span, {
    hint: 'write "name: role"',
  });
  return undefined;
};

const isOpen = (name: Source, from: Readonly<Record<string, Source>>): boolean =>
  [name, ...Object.values(from)].some(({ text }) => hasTemplate(text));

const textsOf = (from: Readonly<Record<string, Source>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(from).map(([part, { text }]) => [part, text]));

/** `import_role` and `include_role`: the role's tasks in the place of the task, or when its turn comes. */
export const readIncludeRole = (fields: Fields, action: TaskAction, outer: Scope): readonly Entry[] => {
  const { problems } = outer;
  checkIncludeKeywords(fields, action);
  const args = includeArgs(action, outer);
  const name = args === undefined ? undefined : nameOf(args);
  if (args === undefined || name === undefined) return [];
  const from = fromOf(args);
  const folded = foldInclude(outer.inherited, fields, action.name);
  const own = ownWhen(outer.inherited, folded, action);
  const inherited = foldApply(folded, { fields: args, name: undefined });
  const scope: Scope = { ...outer, inherited };
  const repeatable = args.boolean('allow_duplicates') ?? true;
  const isPublic = args.boolean('public') ?? action.name === 'import_role';
  const use = (role: string, files: Readonly<Record<string, string>>, within: Scope): readonly Entry[] =>
    useRole(
      {
        ...simpleUse(locatedAs(role, name.span), isPublic),
        place: fields.mapping.span,
        from: filesOf(files),
        repeatable,
        checksArguments: args.boolean('rolespec_validate'),
        truthy: outer.role?.truthy,
      },
      gated(within, fields.mapping.span, own),
    );
  if (!isOpen(name, from) && !hasLoop(fields)) return use(name.text, textsOf(from), scope);
  const what = hasLoop(fields) ? 'a loop' : 'a template as the name';
  if (action.name === 'import_role' || outer.topics !== undefined)
    problems.error('bad-import', `${what} at ${action.name}`, name.span, {
      hint: 'an import is read before anything runs; use include_role',
    });
  else if (isPublic)
    problems.notYet(
      `"public" at include_role with ${what}`,
      args.keySpan('public'),
      'name the role, or let its tasks set what others want to know',
    );
  else return [dynamicRole(fields, name, from, scope, use)];
  return [];
};
