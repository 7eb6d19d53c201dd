import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { removals } from '../actions/removals.ts';
import { HostResults } from '../engine/host-results.ts';
import { run } from '../engine/run.ts';
import type { RunOptions } from '../engine/run-options.ts';
import { factKinds } from '../facts/kinds.ts';
import { SshConfig } from '../inventory/ssh-config/ssh-config.ts';
import type { FactKind } from '../model/fact.ts';
import type { ProjectFiles } from '../model/project.ts';
import { describeTime } from '../report/describe-since.ts';
import type { AdHoc } from '../report/task-lines.ts';
import { examineLogins } from '../transport/examine-logins.ts';
import { createSshMachine } from '../transport/ssh-machine.ts';
import { createTransports } from '../transport/transports.ts';
import { describeOrigin, type Origin } from '../workspace/origin.ts';
import type { ProjectSecrets } from '../workspace/secrets.ts';
import { createDelegates } from './delegates.ts';
import type { Flags } from './dispatch.ts';
import { interrupted, reportLost, statusOfRun } from './exit-status.ts';
import { createGrowth, type GrowthRequest } from './growth.ts';
import { createInterrupt } from './interrupt.ts';
import type { Io } from './io.ts';
import { type Project, type ProjectRequest, refuseErrors } from './load-project.ts';
import { readLogins } from './logins.ts';
import { createMachine } from './machine.ts';
import { type History, noHistory } from './no-history.ts';
import { withPassphrases } from './open-secrets.ts';
import { readPasswords } from './passwords.ts';
import { printDiagnostics } from './print-diagnostics.ts';
import { createReporters } from './reporters.ts';
import { readRunRequest } from './run-request.ts';
import { spareMemory } from './spare-memory.ts';
import { validateWork } from './validate-work.ts';
import { createVariableSources } from './variable-sources.ts';
import { prepareWork } from './work.ts';

export interface RunInput {
  readonly mode: 'apply' | 'check';
  /** A task of the command line. */
  readonly adHoc?: AdHoc | undefined;
  readonly project: Project;
  readonly request: ProjectRequest;
  readonly files: ProjectFiles;
  readonly secrets: ProjectSecrets;
  readonly flags: Flags;
  readonly io: Io;
}

/** What it needs is loaded only where it is asked for. @throws UsageError */
const openHistory = async (flags: Flags, io: Io): Promise<History> =>
  flags['history'] === undefined ? noHistory : (await import('./history.ts')).createHistory(flags, io.mask);

/** For others who want the same host. */
const describeHolder = ({ user, hostname }: Origin, since: Date): string =>
  `${user}@${hostname}, process ${process.pid}, since ${describeTime(since.toISOString())}`;

/**
 * Validates for every host, then runs.
 *
 * @returns the exit status
 * @throws UsageError, DiagnosticError before any host is contacted
 */
export const runProject = async ({
  mode,
  adHoc,
  project,
  request,
  files,
  secrets,
  flags,
  io,
}: RunInput): Promise<number> => {
  const runRequest = readRunRequest(request.inventory, flags);
  const world = { mode, files };
  const { extraVars } = request;
  const variablesOf: GrowthRequest['variablesOf'] = (read) =>
    createVariableSources({ ...read, ...world, extraVars, env: io.env });
  const variables = createVariableSources({ ...project, ...world, extraVars, env: io.env });
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
  const { verbosity } = runRequest;
  const reporters = await createReporters(flags, io, {
    ...{ mode, verbosity, adHoc },
    subject: request.inventory,
  });
  const history = await openHistory(flags, io);
  using interrupt = createInterrupt(io, () =>
    reporters.emit({
      type: 'warned',
      host: null,
      message: 'interrupted: what runs on the hosts comes to its end; once more ends it at once',
    }),
  );
  using _spared = spareMemory(work.length);
  const origin = describeOrigin();
  await using transport = createTransports(logins);
  const machine = createMachine(io, reporters);
  const options: RunOptions = {
    mode,
    isAdHoc: adHoc !== undefined,
    work,
    transport,
    delegate: createDelegates(project.inventory, variables, runRequest, passwords, sshConfig),
    variables,
    grow: createGrowth({ project, extraVars, runRequest, passwords, sshConfig, variablesOf }),
    kinds: new Map([...factKinds, ...project.kinds.map((kind): [string, FactKind] => [kind.kind, kind])]),
    removals,
    files: machine.over(files),
    machine,
    selection: runRequest.selection,
    wantedSystemFacts: validated.results.facts.wanted,
    become: runRequest.become,
    forks: runRequest.forks,
    timeoutMs: runRequest.timeoutMs,
    emit: (event) => history.tell(io.mask?.value(event) ?? event, reporters.emit),
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
  const lost = [...(await reporters.finish()), ...(await history.keep())];
  for (const sentence of lost) io.stderr.write(`syn-deploy: ${sentence}\n`);
  if (interrupt.stop.aborted) return interrupted;
  return statusOfRun(report) + (lost.length > 0 ? reportLost : 0);
};
