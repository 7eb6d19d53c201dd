import type { HostReport } from '../model/report.ts';
import { BecomeFailure, Unreachable } from '../model/transport.ts';
import { BrokenScript } from './broken-script.ts';
import { Locked, TimedOut } from './exchange.ts';
import type { OtherHosts } from './host-company.ts';
import { type CutShort, HostRun } from './host-run.ts';
import { HostVariables } from './host-variables.ts';
import { accountsOf } from './identity.ts';
import { Line } from './line.ts';
import { noOrphans } from './prune.ts';
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
  ...noOrphans,
});

const describeLoss = ({ message, hint }: Unreachable): string =>
  hint === undefined ? message : `${message}\n${hint}`;

const isInterruption = (error: unknown, { signal, stop }: RunOptions): boolean =>
  [signal, stop].some(
    (one) =>
      one?.aborted === true &&
      (error === one.reason || (error instanceof Error && error.name === 'AbortError')),
  );

const describeInterruption = ({ signal }: RunOptions, waves: number): string =>
  waves === 0
    ? 'interrupted before anything was done here'
    : signal?.aborted === true
      ? 'interrupted; what was running on the host was told to end, and the next apply goes on from what it finds'
      : 'interrupted; what was running on the host has come to its end. What was to follow was not begun: services may be stopped until the next apply, which goes on from there';

const interruptedAtEnd =
  'interrupted; what was running on the host has come to its end, and it was the last of it. That all is as wanted was not looked at again: the next apply does';

/** What an action that was begun, and cut off by this, has come to. */
const describeCut = (error: unknown, message: string): CutShort => {
  if (error instanceof TimedOut || error instanceof BrokenScript) return { error: undefined, cut: message };
  const cut =
    error instanceof Unreachable
      ? `it is not known how it ended: ${error.message}`
      : 'ended by the interruption';
  return { error: message, cut: `begun; ${cut}` };
};

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
    options.stop?.throwIfAborted();
    await using line = await Line.open({
      connect: () => options.transport.connect(settings, options.signal),
      sleep: options.sleep,
      now: options.now,
      patienceMs: options.guard?.reconnectMs ?? 0,
      onLost: (message) => {
        options.emit({ type: 'warned', host: host.name, message: `${message}; logging in again` });
        const wave = hostRun?.waves ?? 0;
        const detail = `the host, to log in again: ${message}`;
        options.emit({ type: 'stage-started', host: host.name, stage: 'wait', wave, detail });
      },
    });
    const durationMs = options.now().getTime() - connectedFrom;
    options.emit({ type: 'host-connected', host: host.name, durationMs });
    const variables = new HostVariables(host, options.variables);
    const accounts = accountsOf(work.plays, variables, line.user, options.become);
    const machine = others.machines.of(host.name);
    const login = { line, machine, accounts, becomePassword };
    hostRun = new HostRun(work, options, login, others);
    const report = await hostRun.run();
    // To take leave is a round trip, in which nothing of the host need be held.
    hostRun = undefined;
    return report;
  } catch (error) {
    if (error instanceof Unreachable) {
      const message = describeLoss(error);
      return (
        hostRun?.partialReport('unreachable', describeCut(error, message)) ?? {
          ...emptyReport(host.name),
          error: message,
        }
      );
    }
    const isOrdinary = [BecomeFailure, TimedOut, BrokenScript, Locked].some((kind) => error instanceof kind);
    if (!isOrdinary && !isInterruption(error, options)) throw error;
    const message = isOrdinary
      ? (error as Error).message
      : describeInterruption(options, hostRun?.waves ?? 0);
    // That nothing was begun needs no list of all that was not.
    const begun = error instanceof Locked && hostRun?.waves === 0 ? undefined : hostRun;
    return (
      begun?.partialReport('failed', {
        ...describeCut(error, message),
        ...(!isOrdinary && options.signal?.aborted !== true && { errorAtEnd: interruptedAtEnd }),
      }) ?? {
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
