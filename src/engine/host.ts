import type { HostReport } from '../model/report.ts';
import { BecomeFailure, type Connection, Unreachable } from '../model/transport.ts';
import { BrokenScript, TimedOut } from './exchange.ts';
import type { OtherHosts } from './host-company.ts';
import { HostRun } from './host-run.ts';
import { HostVariables } from './host-variables.ts';
import { accountsOf } from './identity.ts';
import type { HostWork, RunOptions } from './run-options.ts';

/** Of a host that nothing was done with. */
export const emptyReport = (name: string): Omit<HostReport, 'durationMs'> => ({
  name,
  status: 'unreachable',
  proved: false,
  waves: 0,
  execs: 0,
  error: null,
  tasks: [],
  orphans: [],
});

const describeLoss = ({ message, hint }: Unreachable): string =>
  hint === undefined ? message : `${message}\n${hint}`;

const isInterruption = (error: unknown, signal: AbortSignal | undefined): boolean =>
  signal?.aborted === true &&
  (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));

const interruptedText =
  'interrupted; what was running on the host was told to end, and the next apply goes on from what it finds';

/** Logs in and runs; turns what ends a host into its report. Bugs are thrown. */
const attempt = async (
  work: HostWork,
  options: RunOptions,
  others: OtherHosts,
): Promise<Omit<HostReport, 'durationMs'>> => {
  const { host } = work;
  const { settings, becomePassword } = work.access;
  const connectedFrom = options.now().getTime();
  let hostRun: HostRun | undefined;
  try {
    await using connection: Connection = await options.transport.connect(settings, options.signal);
    const durationMs = options.now().getTime() - connectedFrom;
    options.emit({ type: 'host-connected', host: host.name, durationMs });
    const variables = new HostVariables(host, options.variables);
    const accounts = accountsOf(work.plays, variables, connection.user, options.become);
    const login = { connection, accounts, becomePassword };
    hostRun = new HostRun(work, options, login, others);
    const report = await hostRun.run();
    // To take leave is a round trip, in which nothing of the host need be held.
    hostRun = undefined;
    return report;
  } catch (error) {
    if (error instanceof Unreachable) {
      const message = describeLoss(error);
      return hostRun?.partialReport('unreachable', message) ?? { ...emptyReport(host.name), error: message };
    }
    const isOrdinary =
      error instanceof BecomeFailure || error instanceof TimedOut || error instanceof BrokenScript;
    const isInterrupted = isInterruption(error, options.signal);
    if (!isOrdinary && !isInterrupted) throw error;
    const message = isOrdinary ? error.message : interruptedText;
    return (
      hostRun?.partialReport('failed', message) ?? {
        ...emptyReport(host.name),
        status: 'failed',
        error: message,
      }
    );
  }
};

/** One host from login to proof. */
export const runHost = async (
  work: HostWork,
  options: RunOptions,
  others: OtherHosts,
): Promise<HostReport> => {
  options.emit({ type: 'host-started', host: work.host.name });
  const startedAt = options.now().getTime();
  const report = await attempt(work, options, others);
  return { ...report, durationMs: options.now().getTime() - startedAt };
};
