import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { removals } from '../actions/removals.ts';
import { HostResults } from '../engine/host-results.ts';
import { run } from '../engine/run.ts';
import type { RunOptions } from '../engine/run-options.ts';
import { factKinds } from '../facts/kinds.ts';
import { SshConfig } from '../inventory/ssh-config/ssh-config.ts';
import type { ProjectFiles } from '../model/project.ts';
import { examineLogins } from '../transport/examine-logins.ts';
import { createSshMachine } from '../transport/ssh-machine.ts';
import { createTransports } from '../transport/transports.ts';
import { describeOrigin, type Origin } from '../workspace/origin.ts';
import type { ProjectSecrets } from '../workspace/secrets.ts';
import { createDelegates } from './delegates.ts';
import type { Flags } from './dispatch.ts';
import { interrupted, statusOfRun } from './exit-status.ts';
import { createInterrupt } from './interrupt.ts';
import type { Io } from './io.ts';
import { type Project, type ProjectRequest, refuseErrors } from './load-project.ts';
import { readLogins } from './logins.ts';
import { withPassphrases } from './open-secrets.ts';
import { readPasswords } from './passwords.ts';
import { printDiagnostics } from './print-diagnostics.ts';
import { createReporter } from './reporters.ts';
import { readRunRequest } from './run-request.ts';
import { spareMemory } from './spare-memory.ts';
import { validateWork } from './validate-work.ts';
import { createVariableSources } from './variable-sources.ts';
import { prepareWork } from './work.ts';

export interface RunInput {
  readonly mode: 'apply' | 'check';
  readonly project: Project;
  readonly request: ProjectRequest;
  readonly files: ProjectFiles;
  readonly secrets: ProjectSecrets;
  readonly flags: Flags;
  readonly io: Io;
}

/** For others who want the same host. */
const describeHolder = ({ user, hostname }: Origin, since: Date): string =>
  `${user}@${hostname}, process ${process.pid}, since ${since.toISOString()}`;

/**
 * Validates for every host, then runs.
 *
 * @returns the exit status
 * @throws UsageError, DiagnosticError before any host is contacted
 */
export const runProject = async ({
  mode,
  project,
  request,
  files,
  secrets,
  flags,
  io,
}: RunInput): Promise<number> => {
  const runRequest = readRunRequest(flags);
  const world = { mode, files };
  const variables = createVariableSources({
    ...project,
    ...world,
    extraVars: request.extraVars,
    env: io.env,
  });
  const passwords = await readPasswords(flags, io);
  const logins = readLogins(io);
  const sshConfig = new SshConfig(createSshMachine(io.env));
  const { work, diagnostics } = prepareWork(project.plays, variables, runRequest, passwords, sshConfig);
  const validate = { ...world, variables, selection: runRequest.selection, become: runRequest.become };
  const validated = await withPassphrases(secrets, io, () => {
    const results = new HostResults(work, runRequest.selection, mode);
    return { results, found: validateWork(work, validate, results) };
  });
  const warnings = refuseErrors([
    ...project.warnings,
    ...variables.diagnostics,
    ...diagnostics,
    ...validated.found,
    ...(await examineLogins(
      work.map(({ access }) => access.settings),
      logins,
    )),
  ]);
  if (warnings.length > 0) printDiagnostics(warnings, io);
  const reporter = await createReporter(flags, io, { mode, verbosity: runRequest.verbosity });
  using interrupt = createInterrupt(io, () =>
    reporter.emit({
      type: 'warned',
      host: null,
      message: 'interrupted: what runs on the hosts comes to its end; once more ends it at once',
    }),
  );
  using _spared = spareMemory(work.length);
  const origin = describeOrigin();
  await using transport = createTransports(logins);
  const options: RunOptions = {
    mode,
    work,
    transport,
    delegate: createDelegates(project.inventory, variables, runRequest, passwords, sshConfig),
    variables,
    kinds: factKinds,
    removals,
    files,
    selection: runRequest.selection,
    wantedSystemFacts: validated.results.facts.wanted,
    become: runRequest.become,
    forks: runRequest.forks,
    timeoutMs: runRequest.timeoutMs,
    emit: (event) => reporter.emit(io.mask?.value(event) ?? event),
    mask: io.mask,
    now: () => new Date(),
    nonce: () => randomBytes(16).toString('hex'),
    sleep: async (ms) => void (await sleep(ms, undefined, { signal: interrupt.stop })),
    origin,
    guard: {
      run: randomBytes(16).toString('hex'),
      holder: describeHolder(origin, new Date()),
      lockTimeoutMs: runRequest.lockTimeoutMs,
      reconnectMs: runRequest.reconnectMs,
    },
    stop: interrupt.stop,
    signal: interrupt.signal,
  };
  const report = await run(options);
  await reporter.finish();
  return interrupt.stop.aborted ? interrupted : statusOfRun(report);
};
