import { touch } from '../../actions/touch-file.ts';
import type { ProbeFact } from '../../facts/probes.ts';
import { wallTime } from '../../facts/wall-times.ts';
import type { Action } from '../../model/action.ts';
import { absent, type FactKey, type Facts, type Identity } from '../../model/fact.ts';
import type { TaskContext } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { strptime } from '../../util/strptime.ts';
import type { FileTask } from '../file.ts';
import type { Place } from './resolve-path.ts';

/** What a task wants of one of the times. */
type Wanted = 'preserve' | 'now' | { readonly wall: string };

/** `2026-01-31 23:59:59.000000`, or undefined where the text is not of the form. */
export const wallOf = (text: string, format: string): string | undefined => {
  const micros = strptime(text, format);
  if (micros === undefined) return undefined;
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = String(micros - seconds * 1_000_000).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${fraction}`;
};

const wantedOf = (text: string | undefined, format: string, usual: 'now' | 'preserve'): Wanted => {
  if (text === undefined) return usual;
  if (text === 'now' || text === 'preserve') return text;
  return { wall: wallOf(text, format) ?? '' };
};

const timesOf = (task: FileTask): Readonly<Record<'access' | 'modification', Wanted>> => {
  const usual = task.state === 'touch' ? 'now' : 'preserve';
  return {
    access: wantedOf(task.access_time, task.access_time_format, usual),
    modification: wantedOf(task.modification_time, task.modification_time_format, usual),
  };
};

/** Which moments the times are that the task names, by the host's clock. */
export const factsOfTimes = (task: FileTask, identity: Identity): readonly FactKey<ProbeFact>[] =>
  Object.values(timesOf(task)).flatMap((time) =>
    typeof time === 'object' ? [wallTime(time.wall, identity)] : [],
  );

/** Touched to now, whatever it was: nothing that could be proved. */
export const touchesToNow = (task: FileTask): boolean => Object.values(timesOf(task)).includes('now');

/** Seconds since 1970 are exact to less than this. */
const leastSeconds = 1e-5;

/** Sets the times of what is there that are not as wanted. */
export const planTimes = (
  task: FileTask,
  { path, fact }: Place,
  facts: Facts,
  { identity }: TaskContext,
): Action[] => {
  if (fact === absent) return [];
  const { access, modification } = timesOf(task);
  const needed = (wanted: Wanted, current: number | undefined): { wall?: string; at: number } | undefined => {
    if (typeof wanted === 'string') return wanted === 'now' ? { at: Number.NaN } : undefined;
    const answer = facts.get(wallTime(wanted.wall, identity));
    if (answer === absent || answer.exitStatus !== 0)
      throw new TaskFailure(`the host does not know the time ${wanted.wall}`);
    const at = Number(answer.stdout);
    return Math.abs((current ?? Number.NaN) - at) < leastSeconds ? undefined : { wall: wanted.wall, at };
  };
  const times = { access: needed(access, fact.atime), modification: needed(modification, fact.mtime) };
  return times.access === undefined && times.modification === undefined ? [] : [touch(path, fact, times)];
};
