import type { RunEvent, TaskRef } from '../model/event.ts';
import type { HostStatus } from '../model/report.ts';

/** What one host is at. */
export interface HostView {
  readonly name: string;
  /** The stage, or the running action's task. */
  readonly doing: string;
  /** What the running action does; empty between actions. */
  readonly action: string;
  /** The last line that the running action printed; empty: none. */
  readonly said: string;
  /** When it began to do it, milliseconds. */
  readonly since: number;
  /** Undefined while it is under way. */
  readonly status: HostStatus | undefined;
}

/** What is going on, as far as the events have told. */
export interface RunView {
  readonly hosts: readonly string[];
  /** Hosts that have been started, by name. */
  readonly views: ReadonlyMap<string, HostView>;
  /** Names of hosts under way, in the order in which they were started. */
  readonly active: ReadonlySet<string>;
  readonly ended: Readonly<Record<HostStatus, number>>;
  readonly startedAt: number;
}

const stages: Readonly<Record<'observe' | 'act' | 'prove' | 'wait', string>> = {
  observe: 'observing',
  act: 'acting',
  prove: 'proving',
  wait: 'waiting for',
};

const nameOf = ({ name, item }: TaskRef): string => (item === null ? name : `${name} (${item})`);

const esc = '\u001b';
const bell = '\u0007';

/** Colours, cursor movements and titles (ECMA-48 control sequences and OSC strings) that programs print for terminals. */
const controlSequence = new RegExp(
  `${esc}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)?|[@-Z\\\\-_])`,
  'g',
);

/** The last line of an output that is not empty; a carriage return begins a line too, as progress bars use it. */
const lastLine = (text: string): string | undefined =>
  text
    .slice(-2000)
    .replaceAll(controlSequence, '')
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .findLast((line) => line !== '');

/** Keeps a `RunView` up to date. */
export class RunWatch implements RunView {
  readonly hosts: string[];
  readonly views = new Map<string, HostView>();
  readonly active = new Set<string>();
  readonly ended: Record<HostStatus, number> = { ok: 0, changed: 0, drift: 0, failed: 0, unreachable: 0 };
  readonly startedAt: number;
  readonly #now: () => number;

  constructor(hosts: readonly string[], now: () => number) {
    this.hosts = [...hosts];
    this.#now = now;
    this.startedAt = now();
  }

  #set(host: string, news: Partial<HostView>): void {
    const old = this.views.get(host);
    const known = old ?? {
      name: host,
      doing: '',
      action: '',
      said: '',
      since: this.#now(),
      status: undefined,
    };
    this.views.set(host, { ...known, ...news });
  }

  #begin(host: string, doing: string, action = ''): void {
    this.active.add(host);
    this.#set(host, { doing, action, said: '', since: this.#now() });
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case 'host-started':
        // A host that tasks have added.
        if (!this.views.has(event.host) && !this.hosts.includes(event.host)) this.hosts.push(event.host);
        this.#begin(event.host, 'connecting');
        break;
      case 'stage-started':
        this.#begin(event.host, `${stages[event.stage]} ${event.detail}`);
        break;
      case 'action-started':
        this.#begin(event.host, nameOf(event.task), event.summary);
        break;
      case 'action-printed':
        this.#set(event.host, { said: lastLine(event.text) ?? this.views.get(event.host)?.said ?? '' });
        break;
      case 'host-finished':
        this.active.delete(event.host);
        this.ended[event.report.status] += 1;
        this.#set(event.host, { status: event.report.status });
        break;
      default:
        break;
    }
  }
}
