import type { Play } from '../model/play.ts';
import { addsToInventory } from './additions.ts';
import type { HostWork } from './run-options.ts';

/** Hosts that go through the same stretch of plays together. */
export interface Batch {
  readonly plays: readonly Play[];
  readonly hosts: readonly HostWork[];
}

/**
 * Stretches of consecutive plays: one with `serial` stands alone, and one that puts hosts in groups ends its stretch, since who is
 * in the plays after it shows then; the others are gone through in one go.
 */
const stretchesOf = (plays: readonly Play[]): readonly (readonly Play[])[] => {
  const stretches: Play[][] = [];
  for (const play of plays) {
    const last = stretches.at(-1);
    const isAlone =
      play.serial !== undefined ||
      last?.some((one) => one.serial !== undefined || addsToInventory(one)) === true;
    if (last === undefined || isAlone) stretches.push([play]);
    else last.push(play);
  }
  return stretches;
};

const chunk = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/** The plays that a host comes to after a stretch, or may be put in by tasks. */
const laterOf = ({ plays, allPlays }: HostWork, stretch: readonly Play[]): readonly Play[] => {
  const later = allPlays.slice(allPlays.indexOf(stretch.at(-1) as Play) + 1);
  return [...stretch, ...later].some(addsToInventory) ? later : plays.filter((play) => later.includes(play));
};

/**
 * The work in batches, one after another: by stretch of plays, and within a `serial` play by its number of hosts.
 *
 * @param from  the first of all plays that is not behind
 */
export const batchesOf = (work: readonly HostWork[], from = 0): readonly Batch[] =>
  stretchesOf(work[0]?.allPlays.slice(from) ?? []).flatMap((stretch) => {
    const hosts = work
      .map((one) => ({
        ...one,
        plays: one.plays.filter((play) => stretch.includes(play)),
        laterPlays: laterOf(one, stretch),
      }))
      .filter(({ plays }) => plays.length > 0);
    const size = stretch[0]?.serial ?? Math.max(1, hosts.length);
    return chunk(hosts, size).map((part): Batch => ({ plays: stretch, hosts: part }));
  });
