import type { Inherited } from '../model/play.ts';

/** Which tasks of the plays are meant: `--tags`, `--skip-tags`. */
export interface Selection {
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** The plays that are given are not whole: `--start-at-task`. */
  readonly startsLater?: boolean | undefined;
}

const matchesAny = (wanted: readonly string[], tags: readonly string[]): boolean =>
  wanted.some(
    (tag) =>
      tags.includes(tag) ||
      (tag === 'all' && !tags.includes('never')) ||
      (tag === 'tagged' && tags.length > 0) ||
      (tag === 'untagged' && tags.length === 0),
  );

/** Ansible's rules: `always` runs unless skipped by name, `never` only when one of its tags is asked for. */
export const isSelected = (
  { tags }: Pick<Inherited, 'tags'>,
  { tags: wanted, skipTags }: Selection,
): boolean => {
  if (matchesAny(skipTags, tags)) return false;
  const asked = wanted.length === 0 ? ['all'] : wanted;
  return tags.includes('always') || matchesAny(asked, tags);
};

/** Whether anything is left out: then nothing can be said of orphans. */
export const isPartial = ({ tags, skipTags, startsLater = false }: Selection): boolean =>
  startsLater || skipTags.length > 0 || (tags.length > 0 && !tags.includes('all'));
