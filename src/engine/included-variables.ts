import type { Variables } from '../model/located.ts';
import type { Play, Task } from '../model/play.ts';
import { isTemplate } from '../template/compiled.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';
import type { Dynamic } from './host-variables.ts';

/** Stands among what tasks have set for what include_vars has read; no variable is called so. */
const key = '\0included';

/** The same for files of `vars_files`, which are the play's and no other's. */
const ofPlaysKey = '\0vars_files';

interface OfPlay {
  readonly play: Play;
  readonly variables: Variables;
}

/** Whether the task brings variables whose names nobody knows before. */
export const includesVariables = ({ module, args }: Pick<Task, 'module' | 'args'>): boolean =>
  module.name === 'include_vars' ||
  (module.templatedNames === true && Object.keys(args.value).some(isTemplate));

/** What tasks have set, with variables of one file more. */
export const withIncluded = (dynamic: Dynamic, included: Variables): Dynamic => ({
  ...dynamic,
  [key]: [...((dynamic[key] ?? []) as readonly Variables[]), included],
});

/** What tasks have set, with a file more of the play's `vars_files`. */
export const withVarsFile = (dynamic: Dynamic, play: Play, read: Variables): Dynamic => ({
  ...dynamic,
  [ofPlaysKey]: [...((dynamic[ofPlaysKey] ?? []) as readonly OfPlay[]), { play, variables: read }],
});

const none: readonly Variables[] = [];

/** The files of a play's `vars_files` that tasks have read, weakest first. */
export const varsFilesOf = (dynamic: Dynamic, play: Play): readonly Variables[] => {
  if (!Object.hasOwn(dynamic, ofPlaysKey)) return none;
  const all = dynamic[ofPlaysKey] as readonly OfPlay[];
  return all.filter((one) => one.play === play).map(({ variables }) => variables);
};

/** The files that tasks have read later than in `before`. @param ofPlay  those of its `vars_files` */
export const includedSince = (
  dynamic: Dynamic,
  before: Dynamic,
  ofPlay: Play | undefined,
): readonly Variables[] => {
  const filesOf = (all: Dynamic): readonly Variables[] =>
    ofPlay === undefined ? splitIncluded(all).included : varsFilesOf(all, ofPlay);
  return filesOf(dynamic).slice(filesOf(before).length);
};

/** What tasks have set, and apart from it what include_vars has read, weakest first: that is rendered, and weaker. */
export const splitIncluded = memoizeByObject(
  (dynamic: Dynamic): { readonly set: Dynamic; readonly included: readonly Variables[] } => {
    // Mostly there is neither, and nothing to be copied.
    if (!Object.hasOwn(dynamic, key) && !Object.hasOwn(dynamic, ofPlaysKey))
      return { set: dynamic, included: [] };
    const { [key]: included, [ofPlaysKey]: _, ...set } = dynamic;
    return { set, included: (included ?? []) as readonly Variables[] };
  },
);
