import type { HostReport, RunReport } from '../model/report.ts';
import { Slots } from '../util/slots.ts';
import { Barriers } from './barriers.ts';
import { type Batch, batchesOf } from './batches.ts';
import { emptyReport, runHost } from './host.ts';
import type { OtherHosts } from './host-company.ts';
import { joinReports, summarise } from './host-reports.ts';
import { HostResults } from './host-results.ts';
import { lookLate } from './look-late.ts';
import { Machines } from './machines.ts';
import { ManagedBefore } from './managed-before.ts';
import { Questions } from './questions.ts';
import type { HostWork, RunOptions } from './run-options.ts';

/**
 * A whole run. Each host: log in, observe, then plan and act in waves, then prove. Hosts go in parallel, and
 * wait for one another only between plays, and for values that another has to tell (`hostvars`).
 *
 * @returns the report; whatever went wrong on a host is in it
 */
export const run = async (options: RunOptions): Promise<RunReport> => {
  const { emit, now, mode, work } = options;
  const startedAt = now();
  emit({ type: 'run-started', mode, hosts: work.map(({ host }) => host.name), at: startedAt });
  const reports = new Map<string, HostReport>();
  const lost = new Set<string>();
  const batches = batchesOf(work);
  const slots = new Slots(options.forks);
  const workOf = new Map(work.map((one) => [one.host.name, one]));
  await using machines = new Machines(options);
  const managed = new ManagedBefore();
  const results = new HostResults(work, options.selection, mode, async (name) => {
    const one = workOf.get(name);
    return one === undefined ? undefined : await slots.use(() => lookLate(one, options));
  });
  results.questions = new Questions(options.machine);
  results.facts.want(options.wantedSystemFacts ?? []);
  let endedBy: string | undefined;
  for (const [index, batch] of batches.entries()) {
    const left = batch.hosts.filter(({ host }) => !lost.has(host.name));
    const done = (report: HostReport): void => {
      const joined = joinReports(reports.get(report.name), report);
      reports.set(report.name, joined);
      const failed = isFailed(report);
      if (failed) lost.add(report.name);
      const isOver =
        failed ||
        !batches.slice(index + 1).some((later) => later.hosts.some(({ host }) => host.name === report.name));
      if (isOver) emit({ type: 'host-finished', host: report.name, report: joined });
    };
    if (endedBy === undefined)
      endedBy = await runBatch(
        { ...batch, hosts: left },
        options,
        { slots, results, machines, managed },
        done,
      );
    else for (const { host } of left) done(notBegun(host.name, endedBy));
  }
  const hosts = work.map(({ host }) => reports.get(host.name)).filter((report) => report !== undefined);
  const report: RunReport = {
    version: 1,
    mode,
    startedAt: startedAt.toISOString(),
    durationMs: now().getTime() - startedAt.getTime(),
    hosts,
    summary: summarise(hosts),
  };
  emit({ type: 'run-finished', report });
  return report;
};

const isFailed = ({ status }: HostReport): boolean => status === 'failed' || status === 'unreachable';

/** Of a host whose batch was not begun: it is not as wanted, as far as anybody knows. */
const notBegun = (name: string, endedBy: string): HostReport => ({
  ...emptyReport(name),
  status: 'failed',
  error: `not begun, since ${endedBy}`,
  durationMs: 0,
});

/** The hosts of one batch, `forks` at once. @returns why no later batch is to be begun; undefined: it may be */
const runBatch = async (
  batch: Batch,
  options: RunOptions,
  { slots, ...shared }: { readonly slots: Slots } & Omit<OtherHosts, 'turn'>,
  done: (report: HostReport) => void,
): Promise<string | undefined> => {
  const barriers = new Barriers(batch, slots);
  const { results } = shared;
  results.beginBatch(batch.hosts);
  const runOne = async (work: HostWork): Promise<void> => {
    const { name } = work.host;
    const others = { turn: barriers.turnOf(name), ...shared };
    const report = await slots.use(() => runHost(work, options, others));
    // An audit looks at every host, whatever is wrong with others; who interrupts a run ends all of it by that.
    if (isFailed(report) && options.mode === 'apply' && options.signal?.aborted !== true) barriers.fail(name);
    barriers.leave(name);
    results.leave(name, { isLost: report.status === 'unreachable' });
    done(report);
  };
  await Promise.all(batch.hosts.map(runOne));
  return barriers.endedBy();
};
