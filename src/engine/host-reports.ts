import type { HostReport, HostStatus, RunReport } from '../model/report.ts';

/** What counts more when a host went through several batches. */
const weights: Readonly<Record<HostStatus, number>> = {
  ok: 0,
  changed: 1,
  drift: 2,
  failed: 3,
  unreachable: 4,
};

/** One report a host, of all the batches it was in. */
export const joinReports = (first: HostReport | undefined, second: HostReport): HostReport => {
  if (first === undefined) return second;
  return {
    name: first.name,
    status: weights[second.status] > weights[first.status] ? second.status : first.status,
    proved: first.proved && second.proved,
    waves: first.waves + second.waves,
    execs: first.execs + second.execs,
    durationMs: first.durationMs + second.durationMs,
    error: first.error ?? second.error,
    tasks: [...first.tasks, ...second.tasks],
    orphans: [...first.orphans, ...second.orphans],
  };
};

/** How many hosts ended how. */
export const summarise = (hosts: readonly HostReport[]): RunReport['summary'] => {
  const count = (status: HostStatus): number => hosts.filter((host) => host.status === status).length;
  return {
    ok: count('ok'),
    changed: count('changed'),
    drift: count('drift'),
    failed: count('failed'),
    unreachable: count('unreachable'),
  };
};
