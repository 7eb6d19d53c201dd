import type { Flags } from '../dispatch.ts';
import { allWell } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { readValidProject } from '../offline.ts';
import { printDiagnostics } from '../print-diagnostics.ts';

/** `validate`: reads everything, connects nowhere. @throws DiagnosticError with all mistakes */
export const validate = async (
  inventory: string,
  playbooks: readonly string[],
  flags: Flags,
  io: Io,
): Promise<number> => {
  const { project, warnings, hostCount } = readValidProject(inventory, playbooks, flags, io);
  printDiagnostics(warnings, io);
  const tasks = project.plays.reduce((sum, { play }) => sum + play.entries.length, 0);
  io.stdout.write(`ok: ${project.plays.length} plays, ${tasks} tasks, ${hostCount} hosts\n`);
  return allWell;
};
