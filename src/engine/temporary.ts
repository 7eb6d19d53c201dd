import type { PlannedTask, Settled } from './planned.ts';

/** Where something was made for the time of the run. */
export const temporaryPaths = ({ planned, registered }: Settled): readonly string[] => {
  const named = planned.plan.actions.flatMap(({ temporary }) => temporary ?? []);
  return named
    .map((key) => registered[key])
    .filter((path): path is string => typeof path === 'string' && path !== '');
};

/** Whether what a task looks at has one of the paths in its name. */
export const isAbout = ({ keys }: PlannedTask, paths: readonly string[]): boolean =>
  paths.some((path) => keys.some(({ id }) => id.includes(path)));
