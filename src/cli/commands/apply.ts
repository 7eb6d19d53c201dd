import { createProjectFiles } from '../../workspace/project-files.ts';
import type { Flags } from '../dispatch.ts';
import type { Io } from '../io.ts';
import { loadProject } from '../load-project.ts';
import { readProjectRequest } from '../project-request.ts';
import { runProject } from '../run-project.ts';
import { withoutUnguarded } from '../unguarded.ts';

/** `apply` and `check`: reads everything, then runs it on the hosts. @returns the exit status */
export const apply = async (
  mode: 'apply' | 'check',
  inventory: string,
  playbooks: readonly string[],
  flags: Flags,
  io: Io,
): Promise<number> => {
  const files = createProjectFiles();
  const request = readProjectRequest(inventory, playbooks, flags, files);
  const project = withoutUnguarded(loadProject(request, files));
  return await runProject({ mode, project, request, files, flags, io });
};
