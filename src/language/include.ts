import { DiagnosticError } from '../model/diagnostic.ts';
import type { Variables } from '../model/located.ts';
import type { Entry, Gate, IncludeTasks, Inherited, Source } from '../model/play.ts';
import { renderPlace, type Span } from '../model/span.ts';
import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { shortHash } from '../util/short-hash.ts';
import { checkEntryTemplates } from './check-templates.ts';
import { Fields, isMapping } from './fields.ts';
import { parseFreeForm } from './free-form.ts';
import { foldInclude, foldInherited } from './inherited.ts';
import { isLoopForm } from './keywords.ts';
import { readLoop } from './loop.ts';
import { checkNotifications } from './notifications.ts';
import { Problems } from './problems.ts';
import { idAt, type PlayDraft, type Scope } from './scope.ts';
import { hasTemplate, sourceOf } from './source.ts';
import type { TaskAction } from './task-action.ts';
import { findTasksFile, importTasks, readTasksFile } from './tasks-file.ts';

/** Keywords that speak of one task's result; an include has none. */
const ofOneTask = ['register', 'notify', 'changed_when', 'failed_when', 'until', 'retries', 'delay'];

/** Reports keywords that mean nothing at an import or include. */
export const checkIncludeKeywords = (fields: Fields, action: TaskAction): void => {
  for (const key of fields.keys.filter((name) => ofOneTask.includes(name)))
    fields.problems.error('unknown-key', `"${key}" means nothing at ${action.name}`, fields.keySpan(key), {
      hint: 'write it at the tasks in the file',
    });
};

/** What an include's value says: a bare name, or a mapping with `file` and, for included tasks, `apply`. */
export interface IncludeArgs {
  readonly fields: Fields | undefined;
  readonly name: Source | undefined;
}

/** `apply:` holds keywords for the tasks that are included. */
export const foldApply = (inherited: Inherited, args: IncludeArgs): Inherited => {
  if (args.fields?.has('apply') !== true) return inherited;
  const apply = args.fields.at('apply');
  if (isMapping(apply.value))
    return foldInherited(inherited, new Fields(apply, args.fields.problems), 'apply');
  args.fields.wrong('apply', 'a mapping of keywords');
  return inherited;
};

/** `include_tasks: file.yml`, `include_tasks: file='file.yml'`; the older form has parameters after the name. */
const fromText = (action: TaskAction, whole: string, scope: Scope): IncludeArgs => {
  const { value, args } = action;
  const { pairs, rest } = parseFreeForm(whole, (key) => key === 'file');
  const [pair] = pairs;
  const text = pair === undefined ? whole : [pair.value, rest?.text ?? ''].join(' ').trim();
  const name = { ...sourceOf(value), text };
  const [file = ''] = text.split(/\s+(?=[A-Za-z_]\w*=)/);
  const more = file !== text && !hasTemplate(text);
  if (more) scope.problems.notYet('a parameter after the name of a file', value.span, 'use "vars"');
  return {
    fields: isMapping(args?.value) ? new Fields(args as TaskAction['value'], scope.problems) : undefined,
    name: more ? { ...name, text: file } : name,
  };
};

const includeParams = ['file', 'apply'];

const fromMapping = (action: TaskAction, scope: Scope): IncludeArgs => {
  const fields = new Fields(action.value, scope.problems);
  for (const key of fields.keys.filter((name) => !includeParams.includes(name)))
    scope.problems.error(
      'unknown-parameter',
      `unknown parameter "${key}" of ${action.name}`,
      fields.keySpan(key),
      {
        hint: didYouMean(
          nearestName(key, includeParams),
          `${action.name} takes: ${includeParams.join(', ')}`,
        ),
      },
    );
  return { fields, name: fields.source('file') };
};

const readArgs = (action: TaskAction, scope: Scope): IncludeArgs => {
  const { value } = action.value;
  if (typeof value === 'string') return fromText(action, value, scope);
  return isMapping(value) ? fromMapping(action, scope) : { fields: undefined, name: undefined };
};

const itemVariables = (values: Readonly<Record<string, unknown>>): Variables => ({
  values,
  place: () => undefined,
  origin: 'loop variables of the include',
});

/**
 * The scope of what an include brings: its own `when` is asked once for all of that.
 *
 * @param own  what is added to the keywords around it
 */
export const gated = (scope: Scope, span: Span, own: Inherited['when']): Scope => {
  const { inherited, role, topics } = scope;
  if (own.length === 0 || topics !== undefined) return scope;
  const { vars, includeVars } = inherited;
  const gate: Gate = { id: idAt(span, scope), when: own, vars, includeVars, role };
  return { ...scope, inherited: { ...inherited, gates: [...(inherited.gates ?? []), gate] } };
};

/** The `when` of an include itself; an import's stands at each of its tasks. */
export const ownWhen = (outer: Inherited, folded: Inherited, { name }: TaskAction): Inherited['when'] =>
  name.startsWith('include_') ? folded.when.slice(outer.when.length) : [];

/** The same file with the same item is the same id, in every wave. */
const dynamicVia = (span: Span, told: readonly unknown[], item: Readonly<Record<string, unknown>>): string =>
  `${renderPlace(span)}#${shortHash(JSON.stringify([...told, item]))}`;

const deepestChain = 50;

/** Reading the same file again, in a later wave, must find the play as this one did. */
const draftCopy = (play: PlayDraft): PlayDraft => ({
  roles: [...play.roles],
  roleHandlers: new Map(play.roleHandlers),
  handlers: play.handlers,
  notifications: [],
  usedRoles: new Set(play.usedRoles),
  truthy: play.truthy,
  here: play.here,
  late: play.late,
});

/** The same handler comes with the same id, however often its role is included. */
const addLate = (found: PlayDraft, { late, roleHandlers }: PlayDraft): void => {
  const known = new Set(late.handlers?.map(({ id }) => id));
  for (const [id, handler] of found.roleHandlers)
    if (!roleHandlers.has(id) && !known.has(id)) late.handlers?.push(handler);
};

/** Reads what an include turned out to name, apart from everything that was read before. */
const loadNow = (
  name: Source,
  told: readonly unknown[],
  item: Readonly<Record<string, unknown>>,
  scope: Scope,
  read: (within: Scope) => readonly Entry[],
): readonly Entry[] => {
  const problems = new Problems();
  const play = draftCopy(scope.play);
  const vars = Object.keys(item).length === 0 ? [] : [itemVariables(item)];
  const inherited = { ...scope.inherited, includeVars: [...scope.inherited.includeVars, ...vars] };
  const within: Scope = {
    ...scope,
    problems,
    play,
    inherited,
    via: [dynamicVia(name.span, told, item), ...scope.via],
  };
  if (scope.chain.length > deepestChain)
    problems.error(
      'import-cycle',
      `included more than ${deepestChain} deep: ${scope.chain.slice(-3).join(' -> ')}`,
      name.span,
    );
  const entries = problems.good ? read(within) : [];
  checkEntryTemplates([...entries, ...play.roleHandlers.values()], problems);
  checkNotifications(play, problems);
  if (!problems.good) throw new DiagnosticError(problems.all);
  addLate(play, scope.play);
  return entries;
};

const readFileNow = (path: string, name: Source, scope: Scope): readonly Entry[] => {
  const file = findTasksFile(path, name.span, scope);
  return file === undefined ? [] : readTasksFile(file, scope);
};

/** What stands at an include whose turn has to come before anything is read. */
const pendingInclude = (fields: Fields, name: Source, scope: Scope): Omit<IncludeTasks, 'load'> => ({
  type: 'include',
  id: idAt(fields.mapping.span, scope),
  file: name,
  loop: readLoop(fields),
  role: scope.role,
  folder: scope.folder,
  span: fields.mapping.span,
  name: fields.source('name'),
  ...scope.inherited,
});

const dynamicInclude = (
  fields: Fields,
  name: Source,
  own: Inherited['when'],
  scope: Scope,
): IncludeTasks => ({
  ...pendingInclude(fields, name, scope),
  load: (path, itemVars) =>
    loadNow(name, [path], itemVars, scope, (within) =>
      readFileNow(path, name, gated(within, fields.mapping.span, own)),
    ),
});

/** @param use  reads the role of a name, with what was said of its files */
export const dynamicRole = (
  fields: Fields,
  name: Source,
  from: Readonly<Record<string, Source>>,
  scope: Scope,
  use: (name: string, from: Readonly<Record<string, string>>, within: Scope) => readonly Entry[],
): IncludeTasks => {
  scope.play.late.areExpected = true;
  return {
    ...pendingInclude(fields, name, scope),
    from,
    load: (role, itemVars, told = {}) =>
      loadNow(name, [role, told], itemVars, scope, (within) => use(role, told, within)),
  };
};

const importNow = (
  fields: Fields,
  action: TaskAction,
  name: Source,
  own: Inherited['when'],
  scope: Scope,
): readonly Entry[] => {
  const path = findTasksFile(name.text, name.span, scope);
  if (path === undefined) return [];
  // A file that includes itself is meant to stop by its `when`, which only a run can tell.
  if (action.name === 'include_tasks' && scope.chain.includes(path))
    return [dynamicInclude(fields, name, own, scope)];
  return importTasks(path, fields.mapping.span, gated(scope, fields.mapping.span, own));
};

export const hasLoop = (fields: Fields): boolean => fields.keys.some(isLoopForm);

/**
 * Reads `import_tasks` and `include_tasks`. Both are folded into the list of tasks where the file's name is known and
 * nothing loops: keywords of the include hold for each of its tasks. Of `include_tasks` the `when` is asked once (see `gated`).
 */
export const readInclude = (fields: Fields, action: TaskAction, outer: Scope): readonly Entry[] => {
  const { problems } = outer;
  checkIncludeKeywords(fields, action);
  const args = readArgs(action, outer);
  const { name } = args;
  if (name === undefined || name.text.trim() === '') {
    problems.error('bad-value', `${action.name} takes the name of a file`, action.value.span);
    return [];
  }
  const folded = foldInclude(outer.inherited, fields, action.name);
  const own = ownWhen(outer.inherited, folded, action);
  const inherited = foldApply(folded, args);
  const title = fields.source('name');
  const topics =
    outer.topics === undefined || title === undefined ? outer.topics : [...outer.topics, title.text];
  const scope: Scope = { ...outer, inherited, topics };
  if (!hasTemplate(name.text) && !hasLoop(fields)) return importNow(fields, action, name, own, scope);
  if (action.name === 'include_tasks' && outer.topics === undefined)
    return [dynamicInclude(fields, name, own, scope)];
  const what = hasLoop(fields) ? 'a loop' : 'a template as the name';
  problems.error(
    'bad-import',
    `${what} at ${action.name}${outer.topics === undefined ? '' : ' of handlers'}`,
    name.span,
    {
      hint:
        outer.topics === undefined
          ? 'an import is read before anything runs; use include_tasks'
          : 'handlers are read before anything runs; name the file',
    },
  );
  return [];
};
