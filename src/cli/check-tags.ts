import type { Diagnostic } from '../model/diagnostic.ts';
import type { Play } from '../model/play.ts';
import { didYouMeanOr, nearestName } from '../util/nearest-name.ts';

/** Mean something without standing on a task. */
const special = ['all', 'tagged', 'untagged', 'always', 'never'];

/**
 * Tags of the command line that no task has: with one misspelled, nothing would be done and all be well. Tasks of an include
 * that is opened on the host only are not known here; with one, nothing is said.
 */
export const checkTags = (tags: readonly string[], plays: readonly Play[]): readonly Diagnostic[] => {
  const entries = plays.flatMap((play) => [...play.entries, ...play.handlers]);
  if (entries.some(({ type }) => type === 'include')) return [];
  const known = new Set(entries.flatMap((entry) => entry.tags));
  return tags
    .filter((tag) => !special.includes(tag) && !known.has(tag))
    .map((tag): Diagnostic => {
      const near = nearestName(tag, known);
      const all = known.size === 0 ? 'no task has tags' : `there are: ${[...known].sort().join(', ')}`;
      return {
        severity: 'error',
        code: 'unknown-tag',
        message: `no task has the tag "${tag}"`,
        hint: didYouMeanOr(near, all),
      };
    });
};
