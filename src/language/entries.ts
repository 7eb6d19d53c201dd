import type { Located } from '../model/located.ts';
import type { Entry, Meta } from '../model/play.ts';
import { nearestName } from '../util/nearest-name.ts';
import { describe, didYouMean, didYouMeanOr } from './describe.ts';
import { Fields, isMapping } from './fields.ts';
import { readInclude } from './include.ts';
import { readIncludeRole } from './include-role.ts';
import { foldInherited } from './inherited.ts';
import { blockKeywords, blockNotYet } from './keywords.ts';
import { partOf } from './located-tree.ts';
import { idAt, type ReadEntries, type Scope } from './scope.ts';
import { asHandler, readTask } from './task.ts';
import { findAction, isStructural, type Structural, type TaskAction } from './task-action.ts';

const metaActions = ['flush_handlers', 'noop', 'end_play', 'end_host'] as const;

const metaNotYet: ReadonlyMap<string, string | undefined> = new Map([
  ['reset_connection', 'leave it out: every look and every change logs in with the groups of the moment'],
  ['clear_facts', undefined],
  ['clear_host_errors', undefined],
  ['refresh_inventory', undefined],
  ['end_batch', 'use end_play or end_host'],
  ['end_role', undefined],
]);

const readMeta = (fields: Fields, action: TaskAction, scope: Scope): readonly Meta[] => {
  const { value } = action;
  const text = isMapping(value.value) ? value.value['free_form'] : value.value;
  const name = metaActions.find((known) => known === text);
  if (name === undefined) {
    if (typeof text === 'string' && metaNotYet.has(text))
      scope.problems.notYet(`meta: ${text}`, value.span, metaNotYet.get(text));
    else
      scope.problems.error(
        'bad-value',
        `meta takes one of ${metaActions.join(', ')}; found ${describe(text)}`,
        value.span,
        {
          hint: typeof text === 'string' ? didYouMean(nearestName(text, metaActions)) : undefined,
        },
      );
    return [];
  }
  if (scope.topics !== undefined) {
    scope.problems.notYet('meta as a handler', action.key);
    return [];
  }
  const { span } = fields.mapping;
  return [
    {
      type: 'meta',
      id: idAt(span, scope),
      action: name,
      span,
      ...foldInherited(scope.inherited, fields, 'task'),
    },
  ];
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
  for (const key of fields.keys) {
    if (blockNotYet.has(key))
      fields.problems.notYet(`"${key}" at a block`, fields.keySpan(key), blockNotYet.get(key));
    else if (!blockKeywords.has(key))
      fields.problems.error('unknown-key', `unknown key "${key}" in a block`, fields.keySpan(key), {
        hint: didYouMeanOr(
          nearestName(key, blockKeywords),
          `a block takes: ${[...blockKeywords].sort().join(', ')}`,
        ),
      });
  }
};

const readBlock = (fields: Fields, outer: Scope): readonly Entry[] => {
  checkBlockKeys(fields);
  const scope: Scope = { ...outer, inherited: foldInherited(outer.inherited, fields, 'block') };
  if (!fields.has('block')) {
    fields.problems.error('bad-block', '"rescue" and "always" belong to a "block"', fields.mapping.span);
    return [];
  }
  for (const key of ['rescue', 'always'] as const) {
    if (!fields.has(key)) continue;
    fields.problems.notYet(
      `"${key}"`,
      fields.keySpan(key),
      'use "ignore_errors" with "register", and tasks "when" the result failed',
    );
    readEntries(fields.at(key), scope);
  }
  return readEntries(fields.at('block'), scope);
};

const readEntry = (item: Located, scope: Scope): readonly Entry[] => {
  if (!isMapping(item.value)) {
    scope.problems.error('bad-task', `a task is a mapping; found ${describe(item.value)}`, item.span);
    return [];
  }
  scope.project.onEntry?.(item);
  const fields = new Fields(item, scope.problems);
  if (fields.has('block') || fields.has('rescue') || fields.has('always')) return readBlock(fields, scope);
  const action = findAction(fields, scope.project.registry);
  if (action === undefined) return [];
  if (isStructural(action.name)) return readStructural(action.name, fields, action, scope);
  if (scope.topics === undefined && fields.has('listen'))
    fields.problems.error('unknown-key', '"listen" belongs to a handler', fields.keySpan('listen'));
  const task = readTask(fields, action, scope);
  if (task === undefined) return [];
  return [scope.topics === undefined ? task : asHandler(task, fields, scope)];
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
