import { file, justWritten } from '../../facts/files.ts';
import type { UnitFact } from '../../facts/units.ts';
import { isActive } from '../../facts/units.ts';
import type { Facts } from '../../model/fact.ts';
import { Blocked } from '../../model/unknown.ts';

/**
 * The first of the paths that is newer than a moment of the unit's life. A path that isn't there is newer than nothing;
 * a directory counts with its own time (something was added to it or taken from it); a link with its own.
 *
 * @throws Blocked when the unit starts and the file is written by this same run, so that only a look can tell which
 *   came first
 */
const firstNewer = (
  fact: UnitFact,
  since: number,
  paths: readonly string[],
  facts: Facts,
): string | undefined =>
  paths.find((path) => {
    const seen = facts.get(file(path));
    if (seen === 'absent') return false;
    if (seen.mtime === justWritten && since === justWritten)
      throw new Blocked(`the start of ${fact.id} and the writing of ${path}`);
    return seen.mtime > since;
  });

const complain = (path: string, moment: string): string =>
  `running with stale configuration: ${path} is newer than its ${moment}`;

/** Why a unit that is up has to be restarted; undefined when nothing is newer than its start. */
export const staleSinceStart = (
  fact: UnitFact,
  paths: readonly string[],
  facts: Facts,
): string | undefined => {
  if (!isActive(fact) || fact.startedAt === 0) return undefined;
  const path = firstNewer(fact, fact.startedAt, paths, facts);
  return path === undefined ? undefined : complain(path, 'start');
};

/** Why a unit that is up has to be reloaded; undefined when nothing is newer than its start or last reload. */
export const staleSinceReload = (
  fact: UnitFact,
  paths: readonly string[],
  facts: Facts,
): string | undefined => {
  if (!isActive(fact) || fact.configuredAt === 0) return undefined;
  const path = firstNewer(fact, fact.configuredAt, paths, facts);
  const moment = fact.configuredAt === fact.startedAt ? 'start' : 'last reload';
  return path === undefined ? undefined : complain(path, moment);
};
