import type { Change } from '../../model/action.ts';
import type { HostReport, RunReport, TaskReport, TaskStatus } from '../../model/report.ts';
import { describeSince } from '../describe-since.ts';

/** What a finding can be: what a task came to, a host that was ended, or what an earlier run has left behind. */
export type FindingStatus = TaskStatus | 'unreachable' | 'orphaned';

/** Hosts with the same finding, of which the same is to be said. */
export interface Places {
  /** `cause: host, since …`; may be empty. */
  readonly note: string;
  /** By their places in the report. */
  readonly hosts: readonly number[];
}

/** Something that readers want to know of, on one host or on many to which the same happens. */
export interface Finding {
  readonly status: FindingStatus;
  readonly title: string;
  /** `file:line:column`; null for what is no task. */
  readonly source: string | null;
  /** Its row among the tasks; -1 for what is no task. */
  readonly task: number;
  /** May have several lines. */
  readonly message: string | null;
  readonly changes: readonly Change[];
  readonly places: readonly Places[];
}

/** A task as all hosts have it. */
export interface TaskRow {
  readonly title: string;
  readonly source: string;
}

/** A report, turned round: by what is to be said and not by host. */
export interface Overview {
  readonly tasks: readonly TaskRow[];
  /** For each host what its tasks came to, by their rows; undefined: it has no such task. */
  readonly cells: readonly (readonly (TaskStatus | undefined)[])[];
  /** The worst first. */
  readonly findings: readonly Finding[];
}

/** The worst last. */
const order: readonly TaskStatus[] = ['skipped', 'ok', 'not-attempted', 'changed', 'drift', 'failed'];

const findingOrder: readonly FindingStatus[] = [
  'unreachable',
  'failed',
  'drift',
  'changed',
  'orphaned',
  'not-attempted',
];

/** `copy: Its configuration (main)` */
const titleOf = ({ module, name, item }: TaskReport): string =>
  `${module}: ${name}${item === null ? '' : ` (${item})`}`;

const noteOf = ({ cause, owed, since }: TaskReport): string =>
  [
    cause === null ? '' : `cause: ${cause}`,
    owed ? 'owed by an earlier run' : '',
    since === undefined ? '' : describeSince(since),
  ]
    .filter((part) => part !== '')
    .join(', ');

const worse = (one: TaskStatus | undefined, other: TaskStatus): TaskStatus =>
  one === undefined || order.indexOf(other) > order.indexOf(one) ? other : one;

const messageOf = ({ status, message, because }: TaskReport): string | null => {
  const later = status === 'not-attempted' && because !== null ? [`decided later: waits for ${because}`] : [];
  const lines = [...later, ...(message === null ? [] : [message])];
  return lines.length === 0 ? null : lines.join('\n');
};

/** Puts the same findings of several hosts together. */
class FindingBook {
  readonly #found = new Map<string, { finding: Omit<Finding, 'places'>; places: Map<string, number[]> }>();

  add(finding: Omit<Finding, 'places'>, host: number, note = ''): void {
    const key = JSON.stringify(finding);
    const entry = this.#found.get(key) ?? { finding, places: new Map<string, number[]>() };
    this.#found.set(key, entry);
    const hosts = entry.places.get(note) ?? [];
    hosts.push(host);
    entry.places.set(note, hosts);
  }

  /** The worst first, and of one kind by task. */
  get all(): readonly Finding[] {
    return [...this.#found.values()]
      .map(({ finding, places }) => ({
        ...finding,
        places: [...places].map(([note, hosts]) => ({ note, hosts })),
      }))
      .sort(
        (a, b) =>
          findingOrder.indexOf(a.status) - findingOrder.indexOf(b.status) ||
          a.task - b.task ||
          (a.places[0]?.hosts[0] ?? 0) - (b.places[0]?.hosts[0] ?? 0),
      );
  }
}

/** Whether the failed task says all that the host's error says. */
const isToldByTask = ({ error, tasks }: HostReport): boolean =>
  tasks.some(
    ({ status, source, name, message }) => status === 'failed' && error === `${source}: ${name}: ${message}`,
  );

/** What concerns a host as a whole. */
const addHost = (book: FindingBook, host: HostReport, at: number): void => {
  const whole = { source: null, task: -1, changes: [] };
  if (host.error !== null && !isToldByTask(host)) {
    const status = host.status === 'unreachable' ? 'unreachable' : 'failed';
    const title = status === 'unreachable' ? 'the host was not reached' : 'the host failed';
    book.add({ ...whole, status, title, message: host.error }, at);
  }
  if (host.orphans.length > 0) {
    const title = 'managed by an earlier run, declared no more';
    book.add({ ...whole, status: 'orphaned', title, message: host.orphans.join('\n') }, at);
  }
};

const isFinding = ({ status }: TaskReport): boolean => status !== 'ok' && status !== 'skipped';

/** Looks through all hosts and tasks of a report once. */
export const overviewOf = ({ hosts }: RunReport): Overview => {
  const rows = new Map<string, number>();
  const tasks: TaskRow[] = [];
  const book = new FindingBook();
  const rowOf = (title: string, source: string): number => {
    const key = `${source}\0${title}`;
    const row = rows.get(key) ?? tasks.length;
    if (row === tasks.length) tasks.push({ title, source });
    rows.set(key, row);
    return row;
  };
  const cells = hosts.map((host, at) => {
    const own: (TaskStatus | undefined)[] = [];
    addHost(book, host, at);
    for (const task of host.tasks) {
      const title = titleOf(task);
      const row = rowOf(title, task.source);
      own[row] = worse(own[row], task.status);
      if (!isFinding(task)) continue;
      const { status, source, changes } = task;
      book.add({ status, title, source, task: row, message: messageOf(task), changes }, at, noteOf(task));
    }
    return own;
  });
  return { tasks, cells, findings: book.all };
};
