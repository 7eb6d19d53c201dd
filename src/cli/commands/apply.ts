import { createProjectFiles } from '../../workspace/project-files.ts';
import { askPrompts } from '../ask-prompts.ts';
import type { Flags } from '../dispatch.ts';
import type { Io } from '../io.ts';
import { loadProject } from '../load-project.ts';
import { openSecrets, withPassphrases } from '../open-secrets.ts';
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
  const secrets = await openSecrets(flags, io);
  const files = createProjectFiles(secrets);
  const { project, request } = await withPassphrases(secrets, io, async () => {
    const read = readProjectRequest(inventory, playbooks, flags, files, io.env);
    return { request: read, project: await loadProject(read, files, askPrompts(io)) };
  });
  return await runProject({ mode, project: withoutUnguarded(project), request, files, secrets, flags, io });
};
