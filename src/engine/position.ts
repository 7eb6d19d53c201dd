/**
 * Where in a run something happens, the same on all hosts: the place of its play among all plays, then that of its entry in
 * the play, then that of a task among those which the entry brought (an include) or of a handler at a flush.
 */
export type Position = readonly number[];

/** Beyond everything. */
export const theEnd: Position = [Number.POSITIVE_INFINITY];

/** Behind everything that the entry at a position brought. */
export const behind = (at: Position): Position => [...at, Number.POSITIVE_INFINITY];

/** Whether the first comes before the second; what an entry brought comes after the entry. */
export const isBefore = (first: Position, second: Position): boolean => {
  const differs = first.findIndex((part, index) => part !== second[index]);
  if (differs === -1) return first.length < second.length;
  return (first[differs] as number) < (second[differs] ?? Number.NEGATIVE_INFINITY);
};

/** The earlier one. */
export const earlier = (first: Position, second: Position): Position =>
  isBefore(second, first) ? second : first;
