import { aptLists } from '../../facts/apt-lists.ts';
import type { Facts } from '../../model/fact.ts';
import type { AptParams } from './apt-params.ts';
/** Whether an update of the package lists is asked for at all. */
export const updates = (p: AptParams): boolean => p.update_cache ?? p.cache_valid_time > 0;

/** Seconds; `fallback` where the user named none. */
const validity = (p: AptParams, fallback: number): number =>
  p.cache_valid_time > 0 ? p.cache_valid_time : fallback;

/** Why the package lists are to be updated; undefined: they are new enough. */
export const staleness = (facts: Facts, validSeconds: number): string | undefined => {
  const lists = facts.get(aptLists);
  if (lists === 'absent') return 'there are none';
  if (lists.sourcesNewer) return 'older than the sources';
  return lists.ageSeconds > validSeconds ? `older than ${validSeconds} s` : undefined;
};

/** Seconds for which lists are new enough where the user named no time. */
export const hour = 3600;

/** With names to be present, lists are only looked at to decide whether an installation updates them first. */
export const updatesFirst = (p: AptParams, facts: Facts, fallback: number): boolean =>
  updates(p) && staleness(facts, validity(p, fallback)) !== undefined;
