import type { Diagnostic } from '../model/diagnostic.ts';
import type { ProjectFiles } from '../model/project.ts';
import { createProjectFiles } from '../workspace/project-files.ts';
import { leavePrompts } from './ask-prompts.ts';
import type { Flags } from './dispatch.ts';
import type { Io } from './io.ts';
import { loadProject, type Project, refuseErrors } from './load-project.ts';
import { openSecrets, withPassphrases } from './open-secrets.ts';
import { readProjectRequest } from './project-request.ts';
import { type RunRequest, selectionOf } from './run-request.ts';
import { validateWork } from './validate-work.ts';
import { createVariableSources } from './variable-sources.ts';
import { prepareWork } from './work.ts';

/** A project that was read and validated for every host, without contacting any. */
export interface ValidProject {
  readonly project: Project;
  readonly warnings: readonly Diagnostic[];
  readonly hostCount: number;
}

/** What a command that contacts nobody knows of connections. */
export const noConnections = (inventory: string, flags: Flags): RunRequest => ({
  inventory,
  selection: selectionOf(flags),
  forks: 1,
  timeoutMs: 0,
  user: undefined,
  privateKey: undefined,
  become: false,
  acceptNewHostKeys: false,
  connectTimeoutMs: undefined,
  sshConfigFile: undefined,
  lockTimeoutMs: 0,
  reconnectMs: 0,
  verbosity: 0,
});

/** Reads and validates everything. @throws UsageError, DiagnosticError with all mistakes */
export const readValidProject = async (
  inventory: string,
  playbooks: readonly string[],
  flags: Flags,
  io: Io,
): Promise<ValidProject> => {
  const secrets = await openSecrets(flags, io);
  const files = createProjectFiles(secrets);
  return await withPassphrases(secrets, io, () => validated(inventory, playbooks, flags, files, io));
};

const validated = async (
  inventory: string,
  playbooks: readonly string[],
  flags: Flags,
  files: ProjectFiles,
  io: Io,
): Promise<ValidProject> => {
  const request = readProjectRequest(inventory, playbooks, flags, files, io.env);
  const project = await loadProject(request, files, leavePrompts);
  const world = { mode: 'check', files, extraVars: request.extraVars, env: io.env, isOffline: true } as const;
  const variables = createVariableSources({ ...project, ...world });
  const runRequest = noConnections(inventory, flags);
  const passwords = { login: undefined, become: undefined };
  const { work, diagnostics } = prepareWork(project.plays, variables, runRequest, passwords, undefined);
  const { selection, become } = runRequest;
  const found = validateWork(work, { ...world, variables, selection, become });
  const warnings = refuseErrors([...project.warnings, ...variables.diagnostics, ...diagnostics, ...found]);
  return { project, warnings, hostCount: work.length };
};
