import type { HostReport, RunReport } from '../model/report.ts';
import { Slots } from '../util/slots.ts';
import { Barriers } from './barriers.ts';
import { type Batch, batchesOf } from './batches.ts';
import { runHost } from './host.ts';
import { joinReports, summarise } from './host-reports.ts';
import type { HostWork, RunOptions } from './run-options.ts';

/**
 * A whole run. Each host: log in, observe, then plan and act in waves, then prove. Hosts go in parallel, and
 * wait for one another only between plays.
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
  for (const [index, batch] of batches.entries()) {
    await runBatch(batch, options, lost, (report, failed) => {
      const joined = joinReports(reports.get(report.name), report);
      reports.set(report.name, joined);
      if (failed) lost.add(report.name);
      const isOver =
        failed ||
        !batches.slice(index + 1).some((later) => later.hosts.some(({ host }) => host.name === report.name));
      if (isOver) emit({ type: 'host-finished', host: report.name, report: joined });
    });
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

/** The hosts of one batch, `forks` at once; those that failed before are left out, as Ansible leaves them. */
const runBatch = async (
  { plays, hosts }: Batch,
  options: RunOptions,
  lost: ReadonlySet<string>,
  done: (report: HostReport, failed: boolean) => void,
): Promise<void> => {
  const left = hosts.filter(({ host }) => !lost.has(host.name));
  const slots = new Slots(options.forks);
  const barriers = new Barriers({ plays, hosts: left }, slots);
  const runOne = async (work: HostWork): Promise<void> => {
    const report = await slots.use(() => runHost(work, options, barriers.turnOf(work.host.name)));
    barriers.leave(work.host.name);
    done(report, report.status === 'failed' || report.status === 'unreachable');
  };
  await Promise.all(left.map(runOne));
};
