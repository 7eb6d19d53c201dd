import type { Entry, Play } from '../../model/play.ts';
import type { Flags } from '../dispatch.ts';
import { allWell } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { readValidProject } from '../offline.ts';
import { printDiagnostics } from '../print-diagnostics.ts';
import { withoutUnguardedHandlers } from '../unguarded.ts';

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const isTask = ({ type }: Entry): boolean => type === 'task';

const countTasks = ({ entries, handlers }: Play): number => entries.filter(isTask).length + handlers.length;

/** `validate`: reads everything, connects nowhere. @throws DiagnosticError with all mistakes */
export const validate = async (
  inventory: string,
  playbooks: readonly string[],
  flags: Flags,
  io: Io,
): Promise<number> => {
  const { project, hostCount, ...read } = await readValidProject(inventory, playbooks, flags, io);
  const warnings = withoutUnguardedHandlers(read.warnings, project);
  if (warnings.length > 0) printDiagnostics(warnings, io);
  const tasks = project.plays.reduce((sum, { play }) => sum + countTasks(play), 0);
  io.stdout.write(
    `ok: ${plural(project.plays.length, 'play')}, ${plural(tasks, 'task')}, ${plural(hostCount, 'host')}\n`,
  );
  return allWell;
};
