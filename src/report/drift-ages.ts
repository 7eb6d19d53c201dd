import type { RunEvent } from '../model/event.ts';
import type { HostReport, RunReport, Since, TaskReport } from '../model/report.ts';

/** A task that was not as wanted when it was last looked at. */
export interface Age extends Since {
  /** When the last run that saw it so began: ISO 8601, UTC. */
  readonly seen: string;
  /** It is told of only where something notifies it. */
  readonly handler?: true | undefined;
}

/** Ages by host and task key; see `TaskKeys`. */
export type Ages = ReadonlyMap<string, ReadonlyMap<string, Age>>;

/** What of a task says which one it is. */
export type KeyedTask = Pick<TaskReport, 'source' | 'module' | 'name' | 'item'>;

/**
 * Names for tasks by which another run finds them again: by file, module, name and item, and not by line, so that a playbook
 * may be edited above it. Of several that are alike the later ones have numbers.
 */
export class TaskKeys {
  readonly #seen = new Map<string, number>();

  /** Of the next task of a host. */
  of(host: string, { source, module, name, item }: KeyedTask): string {
    const file = source.replace(/(:\d+){1,2}$/, '').replace(/^.*\//s, '');
    const key = `${file} ${module}: ${name}${item === null ? '' : ` (${item})`}`;
    const place = `${host}\0${key}`;
    const count = (this.#seen.get(place) ?? 0) + 1;
    this.#seen.set(place, count);
    return count === 1 ? key : `${key} #${count}`;
  }
}

/**
 * Whether a task is not as wanted.
 *
 * @returns undefined where nobody knows: it was not decided
 */
export const isAmiss = ({ status }: Pick<TaskReport, 'status'>): boolean | undefined =>
  status === 'not-attempted' ? undefined : status === 'drift' || status === 'failed';

/** Tells since when tasks are not as wanted, from what earlier runs have left and from what this one sees. */
export class DriftAges {
  readonly #known: Ages;
  readonly #keys = new TaskKeys();
  /** What is written into the report: in the order of the tasks of each host. */
  readonly #told = new Map<string, TaskReport[]>();
  /** What is left to the next run. */
  readonly #open = new Map<string, Map<string, Age>>();
  #startedAt = '';

  constructor(known: Ages) {
    this.#known = known;
    for (const [host, ages] of known) this.#open.set(host, new Map(ages));
  }

  /** The same event, with `since` where it is due. In the order in which they come. */
  take(event: RunEvent): RunEvent {
    if (event.type === 'run-started') this.#startedAt = event.at.toISOString();
    if (event.type === 'task-finished')
      return { ...event, report: this.#tell(event.host, event.report, event.task.handler) };
    if (event.type === 'run-finished') {
      for (const host of event.report.hosts) this.#endHandlers(host);
      return { ...event, report: this.#withAges(event.report) };
    }
    return event;
  }

  /** After the run: of all tasks that are amiss as far as anybody knows, those of other runs too. */
  get open(): Ages {
    return this.#open;
  }

  #tell(host: string, report: TaskReport, isHandler: boolean): TaskReport {
    const told = this.#age(host, this.#keys.of(host, report), report, isHandler);
    const all = this.#told.get(host) ?? [];
    all.push(told);
    this.#told.set(host, all);
    return told;
  }

  #age(host: string, key: string, report: TaskReport, isHandler: boolean): TaskReport {
    const amiss = isAmiss(report);
    if (amiss === undefined) return report;
    const open = this.#open.get(host) ?? new Map<string, Age>();
    this.#open.set(host, open);
    if (!amiss) {
      open.delete(key);
      return report;
    }
    const before = this.#known.get(host)?.get(key);
    const since = { at: before?.at ?? this.#startedAt, checks: (before?.checks ?? 0) + 1 };
    open.set(key, { ...since, seen: this.#startedAt, ...(isHandler && { handler: true }) });
    return { ...report, since };
  }

  /** Of a handler that nothing notifies any more nobody tells. What this run did not look at may be what notifies it. */
  #endHandlers({ name, status }: HostReport): void {
    const open = this.#open.get(name);
    if (open === undefined || status === 'failed' || status === 'unreachable') return;
    const unseen = [...open].filter(([, { seen }]) => seen !== this.#startedAt);
    if (unseen.every(([, { handler }]) => handler === true)) for (const [key] of unseen) open.delete(key);
  }

  #withAges(report: RunReport): RunReport {
    const withAges = (host: HostReport): HostReport => {
      const told = this.#told.get(host.name) ?? [];
      const tasks = host.tasks.map((task, index) => {
        const since = told[index]?.since;
        return since === undefined ? task : { ...task, since };
      });
      return { ...host, tasks };
    };
    return { ...report, hosts: report.hosts.map(withAges) };
  }
}
