import type { ProjectFiles } from '../model/project.ts';
import type { Flags } from './dispatch.ts';
import { readExtraVars } from './extra-vars.ts';
import { listFlag, namesFlag, textFlag } from './flags.ts';
import type { ProjectRequest } from './load-project.ts';

/** What the command line says of files and variables. @throws UsageError, DiagnosticError */
export const readProjectRequest = (
  inventory: string,
  playbooks: readonly string[],
  flags: Flags,
  files: ProjectFiles,
  env: ProjectRequest['env'],
): ProjectRequest => ({
  inventory,
  playbooks,
  limit: textFlag(flags, 'limit'),
  startAtTask: textFlag(flags, 'startAtTask'),
  tags: [...namesFlag(flags, 'tags'), ...namesFlag(flags, 'skipTags')],
  extraVars: readExtraVars(listFlag(flags, 'extraVars'), files),
  env,
});
