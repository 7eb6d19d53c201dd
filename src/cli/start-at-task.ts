import type { Entry } from '../model/play.ts';
import { matchesGlob } from '../util/matches-glob.ts';
import { nearestName } from '../util/nearest-name.ts';
import type { TargetedPlay } from './load-project.ts';
import { UsageError } from './usage-error.ts';

/** Names that a task goes by: its own, and with its role's before it. */
const namesOf = (entry: Entry): readonly string[] => {
  if (entry.type === 'meta' || entry.name === undefined) return [];
  const { text } = entry.name;
  return entry.role === undefined ? [text] : [text, `${entry.role.name} : ${text}`];
};

/**
 * The plays from the first task of the name on (`*` and `?` stand for anything); what comes before it is left out.
 *
 * @throws UsageError when no task is called so. Tasks of an include that is opened on the host only have no names yet.
 */
export const startAtTask = (plays: readonly TargetedPlay[], name: string): readonly TargetedPlay[] => {
  const isIt = (entry: Entry): boolean =>
    namesOf(entry).some((known) => known === name || matchesGlob(known, name));
  const first = plays.findIndex(({ play }) => play.entries.some(isIt));
  const found = plays[first];
  if (found === undefined) {
    const near = nearestName(
      name,
      plays.flatMap(({ play }) => play.entries.flatMap(namesOf)),
    );
    const hint = near === undefined ? '; syn-deploy list shows all tasks' : `; did you mean "${near}"?`;
    throw new UsageError(`--start-at-task: no task is called "${name}"${hint}`);
  }
  const at = found.play.entries.findIndex(isIt);
  const prepares = (entry: Entry): boolean => entry.type === 'task' && entry.prepares === true;
  const entries = found.play.entries.filter((entry, index) => index >= at || prepares(entry));
  return [{ ...found, play: { ...found.play, entries } }, ...plays.slice(first + 1)];
};
