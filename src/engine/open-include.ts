import type { IncludeTasks, Play, Source } from '../model/play.ts';
import type { Scope } from '../template/scope.ts';
import type { Dynamic } from './host-variables.ts';
import { itemsOf, itemVariables, loopVarOf } from './loop-items.ts';
import type { Position } from './position.ts';
import { type Step, stepOf } from './sequence.ts';

/** Where an include stands. */
export interface IncludePlace {
  readonly play: Play;
  readonly at: Position;
  /** Variables of the loops of the includes around it. */
  readonly vars: Dynamic;
}

/**
 * The steps that take the place of an include, once it is known which file it means.
 *
 * @param scopeWith  the include's scope, with the variables of loops
 * @throws Blocked while that is not known; TaskFailure, TemplateError, DiagnosticError when something about it is wrong
 */
export const openInclude = (
  include: IncludeTasks,
  { play, at, vars }: IncludePlace,
  scopeWith: (vars: Dynamic) => Scope,
): readonly Step[] => {
  const openWith = (itemVars: Dynamic, own: Dynamic) => {
    const scope = scopeWith(itemVars);
    if (!include.when.every((condition) => scope.test(condition))) return [];
    const text = (source: Source): string => String(scope.render(source.text, { at: () => source.span }));
    const from = Object.entries(include.from ?? {}).map(([part, source]) => [part, text(source)]);
    const entries = include.load(text(include.file), own, Object.fromEntries(from));
    return entries.map((entry) => ({ entry, itemVars }));
  };
  const items = variablesOf(include, scopeWith(vars));
  const opened =
    items === undefined ? openWith(vars, {}) : items.flatMap((own) => openWith({ ...vars, ...own }, own));
  return opened.map(({ entry, itemVars }, order) => stepOf(play, entry, [...at, order], itemVars));
};

/** Of each item, the variables that hold it; undefined without a loop. */
const variablesOf = ({ loop }: IncludeTasks, scope: Scope): readonly Dynamic[] | undefined => {
  if (loop === undefined) return undefined;
  const items = itemsOf(loop, scope);
  const loopVar = loopVarOf(loop, scope);
  return items.map((_, index) => itemVariables(loop, loopVar, items, index));
};
