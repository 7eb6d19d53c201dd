import type { Task } from '../model/play.ts';
import { isUnknown, type Unknown, unknown } from '../model/unknown.ts';
import type { Instance } from './instance.ts';

/** What `register` keeps of one instance. */
export type Registered = Readonly<Record<string, unknown>>;

/** Keys that only exist once something ran. */
const outputKeys = [
  'rc',
  'stdout',
  'stderr',
  'stdout_lines',
  'stderr_lines',
  'start',
  'end',
  'delta',
  'msg',
] as const;

/** The result of a task whose actions have not run: it changes something, and says nobody knows what. */
export const predictedResult = (known: Registered, because: string): Registered => {
  const later: Unknown = unknown(because);
  return {
    ...Object.fromEntries(outputKeys.map((key) => [key, later])),
    ...known,
    changed: true,
    failed: false,
  };
};

/** The result of a task of which nothing is known yet: whatever is read of it waits. @param because  as in `Blocked` */
export const unknownResult = (because: string): Registered => unknown(because) as unknown as Registered;

export const skippedResult: Registered = {
  changed: false,
  failed: false,
  skipped: true,
  skip_reason: 'Conditional result was False',
};

/** Of a loop without items. */
export const emptyResult: Registered = {
  results: [],
  changed: false,
  failed: false,
  skipped: true,
  skipped_reason: 'No items in the list',
};

/** What a result says of its task's own verdict. */
export const failedAs = ({ failedWhen }: Pick<Task, 'failedWhen'>, isFailed: boolean): Registered => ({
  failed: isFailed,
  ...((failedWhen?.length ?? 0) > 0 && { failed_when_result: isFailed }),
});

/** The result of one item says which item that was. */
export const withItem = (
  result: Registered,
  { item, loopVar }: Pick<Instance, 'item' | 'loopVar'>,
): Registered => {
  if (loopVar === undefined || isUnknown(result)) return result;
  return { ...result, ansible_loop_var: loopVar, [loopVar]: item };
};

/** The one value that `register` gives: the result itself, or a loop's results under `results`. */
export const combineResults = (results: readonly Registered[], isLoop: boolean): Registered => {
  if (!isLoop) return results[0] ?? skippedResult;
  const any = (key: string): boolean => results.some((result) => result[key] === true);
  return {
    results,
    changed: any('changed'),
    failed: any('failed'),
    skipped: results.every((result) => result['skipped'] === true),
    msg: any('failed') ? 'One or more items failed' : 'All items completed',
  };
};
