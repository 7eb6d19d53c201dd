import { leftBy } from './blocks.ts';
import { isUnprovable, isWaitHere, type Settled } from './planned.ts';
import { isAbout, temporaryPaths } from './temporary.ts';

/**
 * Tasks whose doing is all the proof there is: their results stand. So does what was done in a temporary folder, which may be gone
 * by now and is claimed by nobody. So do failures that the host went on after, or that are none, and what the
 * tasks before them did in a block that was left, since a rescue may have undone it.
 *
 * @param settled  by the ids of tasks, and so is what is given back
 */
export const provenByRunning = (settled: ReadonlyMap<string, Settled>): ReadonlyMap<string, Settled> => {
  const left = new Set(
    [...settled.values()].flatMap(({ planned, failure }) =>
      failure === undefined || planned.ignoreErrors ? [] : leftBy(planned.within),
    ),
  );
  const temporary = [...settled.values()].flatMap(temporaryPaths);
  return new Map(
    [...settled].flatMap(([id, one]): readonly (readonly [string, Settled])[] => {
      const { planned, failure, overruled } = one;
      if (isAbout(planned, temporary)) return [[id, { ...one, planned: { ...planned, claims: [] } }]];
      const stands =
        isUnprovable(planned) ||
        isWaitHere(planned) ||
        failure !== undefined ||
        overruled !== undefined ||
        planned.within?.some(({ block, part }) => part === 'block' && left.has(block.id)) === true;
      return stands ? [[id, one]] : [];
    }),
  );
};
