import type { TaskRef } from '../model/event.ts';
import type { RunOptions } from './run-options.ts';

/** Where something is said of a task, with `: ` behind it; empty for one of the command line, which stands in no file. */
export const placePrefix = (
  { source }: Pick<TaskRef, 'source'>,
  { isAdHoc }: Pick<RunOptions, 'isAdHoc'>,
): string => (isAdHoc === true ? '' : `${source}: `);

/** A task in a sentence about it: its place, its name, and its item. */
export const describePlace = (
  ref: Pick<TaskRef, 'source' | 'name' | 'item'>,
  options: Pick<RunOptions, 'isAdHoc'>,
): string => `${placePrefix(ref, options)}${ref.name}${ref.item === null ? '' : ` (${ref.item})`}`;
