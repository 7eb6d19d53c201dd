import { type Addition, additionsName } from '../model/host.ts';
import type { Play } from '../model/play.ts';
import { isUnknown, type Unknown } from '../model/unknown.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';
import type { Dynamic } from './host-variables.ts';

/** What tasks of a host have added to the inventory, in order; something that cannot be known yet may be among it. */
export type Added = readonly (Addition | Unknown)[];

const none: Added = [];

/** Whether tasks of the play add hosts to the inventory, or put hosts in groups, as far as that shows before includes are opened. */
export const addsToInventory = memoizeByObject((play: Play): boolean =>
  [...play.entries, ...play.handlers].some(
    (entry) =>
      entry.type === 'task' && entry.module.sets?.(entry.args.value).includes(additionsName) === true,
  ),
);

/** What stands for it among variables, as a list: a task that is not decided has added nobody knows what. */
export const addedIn = (value: unknown): Added => {
  if (value === undefined) return none;
  return Array.isArray(value) ? (value as Added) : [value as Unknown];
};

/** Both; what is in them alike counts once. */
export const joinAdded = (before: unknown, after: unknown): Added => [
  ...new Set([...addedIn(before), ...addedIn(after)]),
];

export const isKnownAddition = (one: Addition | Unknown): one is Addition => !isUnknown(one);

/** What tasks have set, and apart from it what they have added to the inventory. */
export const splitAdded = memoizeByObject(
  (dynamic: Dynamic): { readonly set: Dynamic; readonly added: Added } => {
    if (!Object.hasOwn(dynamic, additionsName)) return { set: dynamic, added: none };
    const { [additionsName]: added, ...set } = dynamic;
    return { set, added: addedIn(added) };
  },
);
