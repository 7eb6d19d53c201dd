import type { BatchSize, Play } from '../model/play.ts';
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

/** No hosts are all that are left. */
const countOf = ({ size, unit }: BatchSize, all: number): number =>
  unit === 'percent' ? Math.max(1, Math.floor((size * all) / 100)) : size || all;

/** Items in parts; the last size holds on. */
const parted = <T>(items: readonly T[], sizes: readonly BatchSize[]): readonly (readonly T[])[] => {
  const parts: (readonly T[])[] = [];
  for (let at = 0; at < items.length; ) {
    const size = sizes[Math.min(parts.length, sizes.length - 1)];
    const next = at + (size === undefined ? items.length : countOf(size, items.length));
    parts.push(items.slice(at, next));
    at = next;
  }
  return parts;
};

/** The plays that a host comes to after a stretch, or may be put in by tasks. */
const laterOf = ({ plays, allPlays }: HostWork, stretch: readonly Play[]): readonly Play[] => {
  const later = allPlays.slice(allPlays.indexOf(stretch.at(-1) as Play) + 1);
  return [...stretch, ...later].some(addsToInventory) ? later : plays.filter((play) => later.includes(play));
};

/**
 * The work in batches, one after another: by stretch of plays, and within a `serial` play by the sizes that it says.
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
    const serial = stretch[0]?.serial;
    if (serial === undefined) return hosts.length === 0 ? [] : [{ plays: stretch, hosts }];
    return parted(hosts, serial).map((part): Batch => {
      const batch = part.map(({ host }) => host.name);
      return { plays: stretch, hosts: part.map((one) => ({ ...one, batch })) };
    });
  });
