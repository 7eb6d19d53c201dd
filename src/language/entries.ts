import type { Diagnostic } from '../model/diagnostic.ts';
import type { Located } from '../model/located.ts';
import type { Block, Condition, Entry, Meta, Within } from '../model/play.ts';
import type { Span } from '../model/span.ts';
import { didYouMean, didYouMeanOr, nearestName } from '../util/nearest-name.ts';
import { describe } from './describe.ts';
import { Fields, isMapping } from './fields.ts';
import { warnOfIdle } from './idle-keywords.ts';
import { readInclude } from './include.ts';
import { readIncludeRole } from './include-role.ts';
import { foldInherited } from './inherited.ts';
import { blockIdle, blockKeywords, blockNotYet } from './keywords.ts';
import { partOf } from './located-tree.ts';
import { hangsOnSwitch, isForOtherSystems } from './other-systems.ts';
import { isInLibrary } from './own-modules.ts';
import { Problems } from './problems.ts';
import { idAt, type ReadEntries, type Scope } from './scope.ts';
import { ifItsTurnComes } from './stand-in.ts';
import { asHandler, readStandIn, readTask } from './task.ts';
import { findAction, isStructural, type Structural, type TaskAction } from './task-action.ts';

const metaActions = ['flush_handlers', 'noop', 'end_play', 'end_batch', 'end_role', 'end_host'] as const;

/** Meta tasks that have nothing to do here, and why. */
const idleMeta: ReadonlyMap<string, string | undefined> = new Map([
  // Nothing is kept of a login: every look and every change has the groups of the moment.
  ['reset_connection', undefined],
  ['clear_facts', 'what a host says of itself is looked at once a run'],
  ['clear_host_errors', 'a host that failed or was lost is not gone on with; the next run does'],
  ['refresh_inventory', 'the inventory is read once, before anything runs'],
]);

const actionOf = (text: unknown, span: Span, { problems }: Scope): Meta['action'] | undefined => {
  const name = metaActions.find((known) => known === text);
  if (name !== undefined) return name;
  if (typeof text === 'string' && idleMeta.has(text)) {
    const why = idleMeta.get(text);
    if (why !== undefined)
      problems.warning('no-effect', `"meta: ${text}" has no effect`, span, { hint: why });
    return 'noop';
  }
  const known = [...metaActions, ...idleMeta.keys()];
  problems.error('bad-value', `meta takes one of ${known.join(', ')}; found ${describe(text)}`, span, {
    hint: typeof text === 'string' ? didYouMean(nearestName(text, known)) : undefined,
  });
  return undefined;
};

const readMeta = (fields: Fields, action: TaskAction, scope: Scope): readonly Meta[] => {
  const { value } = action;
  const text = isMapping(value.value) ? value.value['free_form'] : value.value;
  const name = actionOf(text, value.span, scope);
  if (name === undefined) return [];
  if (name === 'end_role' && scope.role === undefined)
    scope.problems.error('bad-value', '"meta: end_role" outside of a role', value.span);
  if (scope.topics !== undefined) {
    if (name !== 'noop') scope.problems.notYet('meta as a handler', action.key);
    return [];
  }
  const { span } = fields.mapping;
  const inherited = foldInherited(scope.inherited, fields, 'task');
  return [{ type: 'meta', id: idAt(span, scope), action: name, role: scope.role, span, ...inherited }];
};

const readStructural = (
  name: Structural,
  fields: Fields,
  action: TaskAction,
  scope: Scope,
): readonly Entry[] => {
  if (name === 'meta') return readMeta(fields, action, scope);
  if (name === 'import_tasks' || name === 'include_tasks') return readInclude(fields, action, scope);
  return readIncludeRole(fields, action, scope);
};

const checkBlockKeys = (fields: Fields): void => {
  warnOfIdle(fields, blockIdle);
  for (const key of fields.keys) {
    if (blockNotYet.has(key))
      fields.problems.notYet(`"${key}" at a block`, fields.keySpan(key), blockNotYet.get(key));
    else if (!blockKeywords.has(key) && !blockIdle.has(key))
      fields.problems.error('unknown-key', `unknown key "${key}" in a block`, fields.keySpan(key), {
        hint: didYouMeanOr(
          nearestName(key, blockKeywords),
          `a block takes: ${[...blockKeywords].sort().join(', ')}`,
        ),
      });
  }
};

const parts = ['block', 'rescue', 'always'] as const;

const isEmpty = (tasks: unknown): boolean => tasks === null || (Array.isArray(tasks) && tasks.length === 0);

const scopeWithin = (scope: Scope, within: Within): Scope => ({
  ...scope,
  inherited: { ...scope.inherited, within: [...(scope.inherited.within ?? []), within] },
});

/** The tasks of its parts in a row, each with the part that it stands in. */
const readBlock = (fields: Fields, outer: Scope): readonly Entry[] => {
  checkBlockKeys(fields);
  const scope: Scope = { ...outer, inherited: foldInherited(outer.inherited, fields, 'block') };
  if (!fields.has('block')) {
    fields.problems.error('bad-block', '"rescue" and "always" belong to a "block"', fields.mapping.span);
    return [];
  }
  if (outer.topics !== undefined && (fields.has('rescue') || fields.has('always')))
    fields.problems.error('bad-block', 'no "rescue" and "always" among handlers', fields.mapping.span);
  const hasTasks = (part: Within['part']): boolean => fields.has(part) && !isEmpty(fields.at(part).value);
  const block: Block = {
    id: idAt(fields.mapping.span, scope),
    hasRescue: hasTasks('rescue'),
    hasAlways: hasTasks('always'),
  };
  if (!block.hasRescue && !block.hasAlways) return readEntries(fields.at('block'), scope);
  return parts
    .filter(hasTasks)
    .flatMap((part) => readEntries(fields.at(part), scopeWithin(scope, { block, part })));
};

const readOne = (item: Located, scope: Scope): readonly Entry[] => {
  if (!isMapping(item.value)) {
    scope.problems.error('bad-task', `a task is a mapping; found ${describe(item.value)}`, item.span);
    return [];
  }
  scope.project.onEntry?.(item);
  const fields = new Fields(item, scope.problems);
  if (fields.has('block') || fields.has('rescue') || fields.has('always')) return readBlock(fields, scope);
  const isForAnsible = (name: string): boolean => isInLibrary(name, scope);
  const action = findAction(fields, { registry: scope.project.registry, isForAnsible });
  if (action === undefined) return [];
  if (isStructural(action.name)) return readStructural(action.name, fields, action, scope);
  if (scope.topics === undefined && fields.has('listen'))
    fields.problems.error('unknown-key', '"listen" belongs to a handler', fields.keySpan('listen'));
  const task = readTask(fields, action, scope);
  return [scope.topics === undefined ? task : asHandler(task, fields, scope)];
};

/** What is only for other systems may be as strange as it likes: it fails if its turn comes after all. */
const readForOthers = (item: Located, scope: Scope, wrong: Diagnostic): readonly Entry[] => {
  const quiet: Scope = { ...scope, problems: new Problems() };
  const fields = new Fields(item, quiet.problems);
  const task = readStandIn(fields, wrong, quiet);
  return [scope.topics === undefined ? task : asHandler(task, fields, quiet)];
};

const whenOf = (item: Located, { inherited }: Scope): readonly Condition[] => [
  ...inherited.when,
  ...new Fields(item, new Problems()).conditions('when'),
];

/** An include of what is not there, which its `when` may well keep from being missed. */
const isOptional = (item: Located, { code, span }: Diagnostic, when: readonly Condition[]): boolean => {
  const isInclude = new Fields(item, new Problems()).keys.some((key) =>
    /(?:^|\.)include_(?:role|tasks)$/.test(key),
  );
  const isHere = span?.file === item.span.file;
  return isInclude && isHere && /^missing-(?:role|file)$/.test(code) && when.length > 0;
};

/** Reads an entry apart, so that mistakes in what may never have its turn can be left for then. */
const readEntry = (item: Located, scope: Scope): readonly Entry[] => {
  const problems = new Problems();
  const entries = readOne(item, { ...scope, problems });
  const [wrong, ...more] = problems.all.filter(({ severity }) => severity === 'error');
  const when = wrong === undefined ? [] : whenOf(item, scope);
  if (wrong !== undefined && isForOtherSystems(when)) return readForOthers(item, scope, wrong);
  if (wrong !== undefined && (hangsOnSwitch(when) || isOptional(item, wrong, when))) {
    for (const { code, message, span, hint, related } of [wrong, ...more])
      scope.problems.warning(code, `${message}${ifItsTurnComes}`, span, { hint, related });
    return readForOthers(item, scope, wrong);
  }
  for (const diagnostic of problems.all) scope.problems.add(diagnostic);
  return entries;
};

/** Reads a list of tasks, or of handlers where the scope has topics. Nothing (an empty file, `tasks:`) is no tasks. */
export const readEntries: ReadEntries = (list, scope) => {
  if (list.value === null || list.value === undefined) return [];
  if (!Array.isArray(list.value)) {
    scope.problems.error('bad-tasks', `tasks are a list; found ${describe(list.value)}`, list.span, {
      hint: 'start each task with "- "',
    });
    return [];
  }
  return list.value.flatMap((_, index) => readEntry(partOf(list, [index]), scope));
};
