import { posix } from 'node:path';
import type { Located, Variables } from '../model/located.ts';
import type { Entry, Handler, Role } from '../model/play.ts';
import { renderPlace, type Span } from '../model/span.ts';
import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { argumentCheck } from './argument-specs.ts';
import { describe } from './describe.ts';
import { Fields, isMapping, type Mapping } from './fields.ts';
import { warnOfIdle } from './idle-keywords.ts';
import { foldInherited } from './inherited.ts';
import { blockIdle, blockNotYet, roleKeywords } from './keywords.ts';
import { withValue } from './located-tree.ts';
import { findRole, readMeta, roleFile, roleVariables } from './role-files.ts';
import type { Scope } from './scope.ts';
import { hasTemplate } from './source.ts';
import { readTasksFile } from './tasks-file.ts';
import { checkVariableNames, mergeVariables, noVariables, variablesOf } from './variables.ts';

/** A role as it is used at one place. */
export interface RoleUse {
  readonly name: string;
  readonly nameSpan: Span;
  readonly place: Span;
  readonly params: Variables;
  readonly vars: Variables;
  /** Whether the play's other tasks see the variables of its files. */
  readonly isPublic: boolean;
  readonly truthy: boolean | undefined;
  /** Which files of the role: `main`, or what `tasks_from` and its like name. */
  readonly from: Readonly<Record<'tasks' | 'vars' | 'defaults' | 'handlers', string>>;
  readonly repeatable: boolean;
  /** False: what the role says of its variables is not looked at. */
  readonly checksArguments?: boolean | undefined;
  /** Tells this use from others of the same role. */
  readonly identity: string;
}

const main: RoleUse['from'] = { tasks: 'main', vars: 'main', defaults: 'main', handlers: 'main' };

/** A file of the folder that was probably meant, without its ending. */
const nearestPart = (folder: string, name: string, { project }: Scope): string | undefined =>
  nearestName(
    name,
    project.files.list(folder).map((file) => file.replace(/\.ya?ml$/, '')),
  );

/** A file that was asked for by name must be there; `main` may be missing. */
const fileOf = (
  part: 'tasks' | 'handlers',
  folder: string,
  use: RoleUse,
  scope: Scope,
): string | undefined => {
  const path = roleFile(folder, part, use.from[part], scope);
  if (path === undefined && use.from[part] !== 'main')
    scope.problems.error(
      'missing-file',
      `no file "${use.from[part]}" in ${posix.join(folder, part)}`,
      use.place,
      { hint: didYouMean(nearestPart(posix.join(folder, part), use.from[part], scope)) },
    );
  return path;
};

const addHandlers = (folder: string, use: RoleUse, scope: Scope): void => {
  const path = fileOf('handlers', folder, use, scope);
  if (path === undefined) return;
  // A role that is used twice has its handlers once, as they are known by name.
  const handlers = readTasksFile(path, { ...scope, topics: [], via: [] });
  for (const handler of handlers) scope.play.roleHandlers.set(handler.id, handler as Handler);
};

/** Variables that stand in the files of a role. */
interface RoleVariables {
  readonly defaults: Variables;
  readonly vars: Variables;
}

/** @param needed  the roles that it depends on, whose variables it sees */
const roleOf = (
  folder: string,
  use: RoleUse,
  own: RoleVariables,
  scope: Scope,
  needed: readonly Role[],
): Role => {
  const users = scope.role === undefined ? [] : [scope.role];
  const merge = (layers: readonly Variables[], what: string): Variables =>
    mergeVariables(layers, `${what} of the role ${use.name}`);
  return {
    name: posix.basename(folder),
    folder,
    defaults: merge([...[...needed, ...users].map(({ defaults }) => defaults), own.defaults], 'defaults'),
    // For others than itself the files of a role beat the vars at its use: so does Ansible.
    vars: merge(
      [
        ...users.flatMap((user) => [user.vars, user.exports]),
        ...needed.map(({ exports }) => exports),
        own.vars,
        use.vars,
      ],
      'vars',
    ),
    exports: own.vars,
    isPublic: use.isPublic,
    params: merge([...users.map(({ params }) => params), use.params], 'parameters'),
    truthy: use.truthy,
    users: users.flatMap((user) => [user, ...(user.users ?? [])]),
  };
};

/** The name that ansible-galaxy installs a role under: of an address its last part. */
const galaxyName = (source: string): string =>
  (source.split(',')[0] ?? '')
    .replace(/\/+$/, '')
    .replace(/^.*[/:]/, '')
    .replace(/(?:\.git|\.tar\.gz)$/, '');

/** What says where a role is to be had from, which it is by now. */
const ofGalaxy = ['src', 'scm', 'version'];

/** Dependencies are written as ansible-galaxy reads them too: `author.role,1.0`, or with `src` and `version`. */
const withoutSource = (item: Located): Located => {
  if (typeof item.value === 'string') return withValue(item, galaxyName(item.value));
  if (!isMapping(item.value) || !ofGalaxy.some((key) => Object.hasOwn(item.value as Mapping, key)))
    return item;
  const { src } = item.value;
  const rest = Object.entries(item.value).filter(([key]) => !ofGalaxy.includes(key));
  const isNamed = rest.some(([key]) => key === 'role' || key === 'name');
  const value = Object.fromEntries([...rest, ...(isNamed ? [] : [['role', galaxyName(String(src ?? ''))]])]);
  return { ...item, value };
};

const dependenciesOf = (dependencies: readonly Located[], scope: Scope): readonly Entry[] =>
  dependencies.flatMap((item) => readRoleUse(withoutSource(item), scope));

const isCycle = (folder: string, use: RoleUse, scope: Scope): boolean => {
  if (!scope.chain.includes(folder)) return false;
  const cycle = [...scope.chain.slice(scope.chain.indexOf(folder)), folder];
  scope.problems.error(
    'import-cycle',
    `the role "${use.name}" needs itself: ${cycle.join(' -> ')}`,
    use.nameSpan,
  );
  return true;
};

/** Reads a role in the place of its use: what it depends on, then its tasks; its handlers join the play's. */
export const useRole = (use: RoleUse, outer: Scope): readonly Entry[] => {
  const folder = findRole(use.name, use.nameSpan, outer);
  if (folder === undefined || isCycle(folder, use, outer)) return [];
  const meta = readMeta(folder, outer);
  const identity = JSON.stringify([folder, use.identity]);
  if (outer.play.usedRoles.has(identity) && !meta.allowDuplicates && !use.repeatable) return [];
  outer.play.usedRoles.add(identity);
  const own = {
    defaults: roleVariables(folder, 'defaults', use.from.defaults, outer),
    vars: roleVariables(folder, 'vars', use.from.vars, outer),
  };
  const inside: Scope = {
    ...outer,
    folder: posix.join(folder, 'tasks'),
    via: [renderPlace(use.place), ...outer.via],
    chain: [...outer.chain, folder],
  };
  const before = outer.play.roles.length;
  const needed = dependenciesOf(meta.dependencies, { ...inside, role: roleOf(folder, use, own, outer, []) });
  const role = roleOf(folder, use, own, outer, outer.play.roles.slice(before));
  const scope: Scope = { ...inside, role };
  outer.play.roles.push(role);
  addHandlers(folder, use, scope);
  const path = fileOf('tasks', folder, use, scope);
  const check = use.checksArguments === false ? undefined : argumentCheck(folder, use.from.tasks, scope);
  const tasks = path === undefined ? [] : readTasksFile(path, scope);
  return [...needed, ...(check === undefined ? [] : [check]), ...tasks];
};

/** Keys of a role's use that are no keywords are its parameters. */
const paramsOf = (fields: Fields): Variables => {
  warnOfIdle(fields, blockIdle);
  const value: Record<string, unknown> = {};
  for (const key of fields.keys) {
    if (roleKeywords.has(key) || blockIdle.has(key)) continue;
    if (blockNotYet.has(key)) {
      fields.problems.notYet(`"${key}"`, fields.keySpan(key), blockNotYet.get(key));
      continue;
    }
    const keyword = nearestName(key, roleKeywords);
    if (keyword !== undefined)
      fields.problems.warning(
        'role-parameter',
        `"${key}" is taken as a parameter of the role`,
        fields.keySpan(key),
        {
          hint: didYouMean(keyword, 'parameters are clearer under "vars"'),
        },
      );
    value[key] = fields.at(key).value;
  }
  const mapping: Located<Mapping> = { ...fields.mapping, value };
  checkVariableNames(mapping, fields.problems);
  return variablesOf(mapping, 'parameters of the role');
};

const varsOf = (fields: Fields): Variables => {
  const vars = fields.has('vars') ? fields.at('vars') : undefined;
  return isMapping(vars?.value)
    ? variablesOf(vars as Located<Mapping>, 'vars of the role')
    : noVariables('vars of the role');
};

/** `compat: truthy`; undefined where nothing is said. */
export const readCompat = (fields: Fields): boolean | undefined => {
  const compat = fields.text('compat');
  if (compat === undefined) return undefined;
  if (compat !== 'truthy') fields.wrong('compat', '"truthy"');
  return compat === 'truthy';
};

/** The name in `role:` or `name:`, as it stands; undefined when it is missing or a template, which is reported. */
export const roleName = (fields: Fields): Located | undefined => {
  const key = fields.has('role') ? 'role' : 'name';
  if (!fields.has(key)) {
    fields.problems.error('bad-role', 'a role without its name', fields.mapping.span, {
      hint: 'write "role: name"',
    });
    return undefined;
  }
  return fields.text(key) === undefined ? undefined : fields.at(key);
};

/** What tells two uses apart, as far as it was written at them. */
const identityOf = (fields: Fields): string =>
  JSON.stringify(
    Object.entries(isMapping(fields.mapping.value) ? fields.mapping.value : {}).filter(
      ([key]) => key !== 'role' && key !== 'name',
    ),
  );

/** An item of `roles:` or of a role's dependencies: a name, or a mapping with keywords and parameters. */
export const readRoleUse = (item: Located, scope: Scope): readonly Entry[] => {
  if (typeof item.value === 'string') {
    if (hasTemplate(item.value)) scope.problems.notYet('a template as the name of a role', item.span);
    else return useRole(simpleUse(item, scope.role?.isPublic), scope);
    return [];
  }
  if (!isMapping(item.value)) {
    scope.problems.error(
      'bad-role',
      `a role is a name, or a mapping with "role"; found ${describe(item.value)}`,
      item.span,
    );
    return [];
  }
  const fields = new Fields(item, scope.problems);
  const name = roleName(fields);
  const [params, own] = [paramsOf(fields), varsOf(fields)];
  const truthy = readCompat(fields) ?? scope.role?.truthy;
  // The role's own tasks see `vars` as variables of the role; what is folded is everything else.
  const { vars } = scope.inherited;
  const inherited = { ...foldInherited(scope.inherited, fields, 'role'), vars };
  if (name === undefined) return [];
  const use = {
    ...simpleUse(name, scope.role?.isPublic),
    place: item.span,
    params,
    vars: own,
    truthy,
    identity: identityOf(fields),
  };
  return useRole(use, { ...scope, inherited });
};

/** A role by its name alone. */
export const simpleUse = (name: Located, isPublic = true): RoleUse => ({
  name: String(name.value),
  nameSpan: name.span,
  place: name.span,
  params: noVariables('parameters of the role'),
  vars: noVariables('vars of the role'),
  isPublic,
  truthy: undefined,
  from: main,
  repeatable: false,
  identity: '[]',
});
