import { addsToInventory } from '../engine/additions.ts';
import type { Entry, Play, Task } from '../model/play.ts';
import { matchesGlob } from '../util/matches-glob.ts';

/** Parameters of tasks that name hosts and groups. */
const naming = ['key', 'parents', 'name', 'groups'] as const;

/** A text with templates as a pattern of what may come out of it: `os_{{ … }}` gives `os_*`. */
const patternOf = (text: string): string =>
  text
    .replaceAll(/[[\]?*]/g, '?')
    .replaceAll(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, '*')
    .replaceAll(' ', '-');

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.flatMap(textsIn) : value === undefined ? [] : String(value).split(',');

const addedBy = ({ args: { value } }: Task): readonly string[] =>
  naming.flatMap((name) => textsIn(value[name]).map((text) => patternOf(text.trim())));

const patternsOf = (entry: Entry): readonly string[] => {
  // Nobody knows what its tasks do.
  if (entry.type === 'include') return ['*'];
  return entry.type === 'task' && isAdding(entry) ? addedBy(entry) : [];
};

const isAdding = ({ module }: Task): boolean => module.name === 'group_by' || module.name === 'add_host';

/**
 * Names of groups and hosts that tasks of these plays may add to the inventory.
 *
 * @returns undefined: they add nothing
 */
export const mayBeAddedBy = (plays: readonly Play[]): ((name: string) => boolean) | undefined => {
  const mayAdd = (play: Play): boolean =>
    addsToInventory(play) || play.entries.some(({ type }) => type === 'include');
  if (!plays.some(mayAdd)) return undefined;
  const patterns = plays.flatMap((play) => [...play.entries, ...play.handlers].flatMap(patternsOf));
  // A pattern that matches nothing yet may match what comes.
  return (name) => /[*?[~]/.test(name) || patterns.some((pattern) => matchesGlob(name, pattern));
};
