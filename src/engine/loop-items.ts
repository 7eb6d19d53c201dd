import type { Loop } from '../model/play.ts';
import { TaskFailure } from '../model/task-failure.ts';
import type { Scope } from '../template/scope.ts';
import { isMapping } from '../template/values.ts';
import type { Dynamic } from './host-variables.ts';

/**
 * What a loop goes through.
 *
 * @throws Blocked when it cannot be known yet; TemplateError, TaskFailure when it is wrong
 */
export const itemsOf = ({ items, lookup }: Loop, scope: Scope): readonly unknown[] => {
  const value = scope.render(items.value, items);
  if (lookup === 'list' && isMapping(value))
    throw new TaskFailure('with_list expects a list, found a mapping');
  if (lookup !== undefined) return scope.query(lookup, Array.isArray(value) ? value : [value], items.span);
  if (!Array.isArray(value))
    throw new TaskFailure(`loop wants a list, found ${value === null ? 'null' : typeof value}`);
  return value;
};

/** `ansible_loop` of one item. */
const extendedOf = (items: readonly unknown[], index: number, withItems: boolean): Dynamic => {
  const { length } = items;
  return {
    ...(withItems ? { allitems: items } : {}),
    index: index + 1,
    index0: index,
    first: index === 0,
    last: index + 1 === length,
    length,
    revindex: length - index,
    revindex0: length - index - 1,
    ...(index > 0 ? { previtem: items[index - 1] } : {}),
    ...(index + 1 < length ? { nextitem: items[index + 1] } : {}),
  };
};

/** The name that a loop's items go by. @throws Blocked, TemplateError; TaskFailure when what is rendered is no name */
export const loopVarOf = ({ control }: Loop, scope: Scope): string => {
  const { loopVar } = control;
  if (typeof loopVar === 'string') return loopVar;
  const name = scope.render(loopVar.text, { at: () => loopVar.span });
  if (typeof name === 'string' && /^[A-Za-z_]\w*$/.test(name)) return name;
  throw new TaskFailure(`loop_var: ${JSON.stringify(name)} cannot be the name of a variable`);
};

/** The variables that a loop's item brings. */
export const itemVariables = (
  { control }: Loop,
  loopVar: string,
  items: readonly unknown[],
  index: number,
): Dynamic => {
  const { indexVar, extended } = control;
  return {
    [loopVar]: items[index],
    ...(indexVar === undefined ? {} : { [indexVar]: index }),
    ansible_loop_var: loopVar,
    ...(indexVar === undefined ? {} : { ansible_index_var: indexVar }),
    ...(extended === undefined ? {} : { ansible_loop: extendedOf(items, index, extended === 'withItems') }),
  };
};
