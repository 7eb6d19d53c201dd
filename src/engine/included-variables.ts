import type { Variables } from '../model/located.ts';
import type { Task } from '../model/play.ts';
import { isTemplate } from '../template/compiled.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';
import type { Dynamic } from './host-variables.ts';

/** Stands among what tasks have set for what include_vars has read; no variable is called so. */
const key = '\0included';

/** Whether the task brings variables whose names nobody knows before. */
export const includesVariables = ({ module, args }: Pick<Task, 'module' | 'args'>): boolean =>
  module.name === 'include_vars' ||
  (module.templatedNames === true && Object.keys(args.value).some(isTemplate));

/** What tasks have set, with variables of one file more. */
export const withIncluded = (dynamic: Dynamic, included: Variables): Dynamic => ({
  ...dynamic,
  [key]: [...((dynamic[key] ?? []) as readonly Variables[]), included],
});

/** Of what tasks have set, what include_vars has read later than in `before`. */
export const includedSince = (dynamic: Dynamic, before: Dynamic): readonly Variables[] =>
  splitIncluded(dynamic).included.slice(splitIncluded(before).included.length);

/** What tasks have set, and apart from it what include_vars has read, weakest first: that is rendered, and weaker. */
export const splitIncluded = memoizeByObject(
  (dynamic: Dynamic): { readonly set: Dynamic; readonly included: readonly Variables[] } => {
    if (!Object.hasOwn(dynamic, key)) return { set: dynamic, included: [] };
    const { [key]: included, ...set } = dynamic;
    return { set, included: included as readonly Variables[] };
  },
);
