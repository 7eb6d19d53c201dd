import type { HostReport, RunReport } from '../model/report.ts';
import { Slots } from '../util/slots.ts';
import { Barriers } from './barriers.ts';
import type { Batch } from './batches.ts';
import { Course } from './course.ts';
import { emptyReport, runHost } from './host.ts';
import type { OtherHosts } from './host-company.ts';
import { isFailed, Reports, summarise } from './host-reports.ts';
import { HostResults } from './host-results.ts';
import { lookLate } from './look-late.ts';
import { Machines } from './machines.ts';
import { ManagedBefore } from './managed-before.ts';
import { Questions } from './questions.ts';
import type { HostWork, RunOptions } from './run-options.ts';
import { Throttles } from './throttles.ts';

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
  const reports = new Reports(options);
  const slots = new Slots(options.forks);
  const course = new Course(options);
  await using machines = new Machines(options);
  const managed = new ManagedBefore();
  const throttles = new Throttles();
  const results = new HostResults(work, options.selection, mode, async (name) => {
    const one = course.workOf(name);
    return one === undefined ? undefined : await slots.use(() => lookLate(one, course.options));
  });
  results.questions = new Questions(options.machine);
  results.facts.want(options.wantedSystemFacts ?? []);
  let endedBy: string | undefined;
  for (let batch = course.next(); batch !== undefined; batch = course.next()) {
    const left = batch.hosts.filter(({ host }) => !reports.isLost(host.name));
    const done = (report: HostReport): void => reports.add(report, course.mayReturn(report.name));
    if (endedBy === undefined)
      endedBy = await runBatch(
        { ...batch, hosts: left },
        course.options,
        { slots, results, machines, managed, throttles },
        done,
      );
    else for (const { host } of left) done(notBegun(host.name, endedBy));
    if (!course.isStretchOver) continue;
    const refused = course.grow(results, machines);
    reports.know(course.options.work);
    for (const [host, why] of refused) done(noWay(host, why));
  }
  const hosts = reports.end();
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

/** Of a host whose batch was not begun: it is not as wanted, as far as anybody knows. */
const notBegun = (name: string, endedBy: string): HostReport => ({
  ...emptyReport(name),
  status: 'failed',
  error: `not begun, since ${endedBy}`,
  durationMs: 0,
});

/** Of a host that tasks have added, with variables that lead nowhere. */
const noWay = (name: string, why: string): HostReport => ({
  ...emptyReport(name),
  status: 'failed',
  error: why,
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
