import { posix } from 'node:path';
import { type FileFact, file } from '../../facts/files.ts';
import { type Absent, absent, type Facts } from '../../model/fact.ts';
import { TaskFailure } from '../../model/task-failure.ts';

/** A path, and what is there. */
export interface Place {
  readonly path: string;
  readonly fact: FileFact | Absent;
}

/** As Linux: MAXSYMLINKS. */
const mostLinks = 40;

/** The path itself. */
export const placeOf = (facts: Facts, path: string): Place => ({ path, fact: facts.get(file(path)) });

/**
 * Where a path leads once links are followed; a link to nothing leads to where the file would be.
 *
 * NOTE: each link is a fact that was not asked for beforehand, so a link costs one more look.
 *
 * @returns undefined on a loop
 */
export const followLinks = (facts: Facts, path: string): Place | undefined => {
  let place = placeOf(facts, path);
  for (let count = 0; place.fact !== absent && place.fact.type === 'link'; count += 1) {
    if (count === mostLinks) return undefined;
    place = placeOf(facts, posix.resolve(posix.dirname(place.path), place.fact.target));
  }
  return place;
};

/** As `followLinks`. @throws TaskFailure on a loop */
export const resolvePlace = (facts: Facts, path: string): Place => {
  const place = followLinks(facts, path);
  if (place === undefined) throw new TaskFailure(`${path}: too many levels of symbolic links`);
  return place;
};

/** @throws TaskFailure when the folder that `path` is in is not there */
export const mustHaveFolder = (facts: Facts, path: string): void => {
  const folder = posix.dirname(path);
  const { fact } = resolvePlace(facts, folder);
  if (fact === absent) throw new TaskFailure(`Destination directory ${folder} does not exist`);
  if (fact.type !== 'directory') throw new TaskFailure(`${folder} is a ${fact.type}, not a directory`);
};

/** Whether a folder is at the path, links followed. */
export const isFolder = (facts: Facts, path: string): boolean => {
  const { fact } = resolvePlace(facts, path);
  return fact !== absent && fact.type === 'directory';
};
