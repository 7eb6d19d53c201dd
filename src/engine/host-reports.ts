import type { Emit } from '../model/event.ts';
import type { HostReport, HostStatus, RunReport } from '../model/report.ts';
import type { RunOptions } from './run-options.ts';

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
    prunable: [...first.prunable, ...second.prunable],
  };
};

export const isFailed = ({ status }: HostReport): boolean => status === 'failed' || status === 'unreachable';

/** The reports of all hosts, as their batches end. */
export class Reports {
  readonly #emit: Emit;
  readonly #order: string[];
  readonly #reports = new Map<string, HostReport>();
  readonly #lost = new Set<string>();
  readonly #over = new Set<string>();

  constructor({ emit, work }: Pick<RunOptions, 'emit' | 'work'>) {
    this.#emit = emit;
    this.#order = [];
    this.know(work);
  }

  /** Hosts of the run, in the order in which they are to be told; those that were known before come first. */
  know(work: RunOptions['work']): void {
    for (const { host } of work) if (!this.#order.includes(host.name)) this.#order.push(host.name);
  }

  /** Whether the host has failed in a batch, so that it is in no later one. */
  isLost(host: string): boolean {
    return this.#lost.has(host);
  }

  /** A batch is over for the host. @param mayReturn  it is in a later one, or may come to be in one */
  add(report: HostReport, mayReturn: boolean): void {
    const { name } = report;
    if (!this.#order.includes(name)) this.#order.push(name);
    this.#reports.set(name, joinReports(this.#reports.get(name), report));
    if (isFailed(report)) this.#lost.add(name);
    if (isFailed(report) || !mayReturn) this.#finish(name);
  }

  /** No batch is left. @returns those of all hosts that were run on, in the order in which they came */
  end(): readonly HostReport[] {
    for (const name of this.#reports.keys()) this.#finish(name);
    return this.#order.map((name) => this.#reports.get(name)).filter((report) => report !== undefined);
  }

  #finish(host: string): void {
    const report = this.#reports.get(host);
    if (report === undefined || this.#over.has(host)) return;
    this.#over.add(host);
    this.#emit({ type: 'host-finished', host, report });
  }
}

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
