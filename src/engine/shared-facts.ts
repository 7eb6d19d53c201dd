import type { SystemFact } from '../facts/system.ts';
import { absent, type Observed } from '../model/fact.ts';
import type { Play } from '../model/play.ts';
import { Blocked } from '../model/unknown.ts';
import { deferred } from '../util/deferred.ts';
import type { Dynamic } from './host-variables.ts';
import type { HostWork, RunOptions } from './run-options.ts';
import { systemLayer } from './system-variables.ts';

/** Looks at what machine a host is that is not being run on. @returns undefined: that could not be seen */
export type LookLate = (host: string) => Promise<Observed<SystemFact> | undefined>;

interface Entry {
  readonly host: string;
  plays: readonly Play[];
  isRunning: boolean;
  /** It cannot be looked at. */
  isLost: boolean;
  variables: Dynamic | undefined;
  /** Others read it, or are likely to. */
  isWanted: boolean;
  /** Somebody waits for it; resolved when that is so. */
  isAsked: boolean;
  readonly asked: ReturnType<typeof deferred<void>>;
  /** Resolved, and replaced, when something about it is other than it was. */
  news: ReturnType<typeof deferred<void>>;
  /** The look of a host that is not being run on, once somebody waits for it. */
  late: Promise<void> | undefined;
}

const newEntry = (host: string, plays: readonly Play[]): Entry => ({
  ...{ host, plays, isRunning: true, isLost: false, variables: undefined, late: undefined },
  ...{ isWanted: false, isAsked: false, asked: deferred<void>(), news: deferred<void>() },
});

/**
 * What machine each host of a run is (`ansible_memtotal_mb`), for those that read it in `hostvars`. A host tells it when it is looked
 * at, or when somebody asks; one that is over by then, or whose batch has not begun, is looked at for it alone.
 */
export class SharedFacts {
  readonly #entries: Map<string, Entry>;
  readonly #mode: RunOptions['mode'];
  readonly #lookLate: LookLate | undefined;
  readonly #awaited = new Map<string, Entry>();
  /** Plays whose hosts read one another's facts. */
  readonly #mutual = new Set<Play>();

  /** @param lookLate  undefined: who is over tells nothing more */
  constructor(work: readonly HostWork[], mode: RunOptions['mode'], lookLate: LookLate | undefined) {
    this.#mode = mode;
    this.#lookLate = lookLate;
    this.#entries = new Map(work.map(({ host: { name }, plays }) => [name, newEntry(name, plays)]));
  }

  /** See `HostResults.grow`. */
  grow(work: readonly HostWork[]): void {
    for (const { host, plays } of work) {
      const entry = this.#entries.get(host.name) ?? newEntry(host.name, plays);
      entry.plays = plays;
      this.#entries.set(host.name, entry);
    }
  }

  beginBatch(work: readonly HostWork[]): void {
    const batch = new Set(work.map(({ host }) => host.name));
    for (const entry of this.#entries.values()) entry.isRunning = batch.has(entry.host);
  }

  leave(host: string, isLost: boolean): void {
    const entry = this.#entryOf(host);
    entry.isRunning = false;
    entry.isLost ||= isLost;
    this.#notify(entry);
  }

  /** The facts of these hosts will be read by others. */
  want(hosts: Iterable<string>): void {
    for (const host of hosts) this.#entryOf(host).isWanted = true;
  }

  /** Hosts whose facts others read. */
  get wanted(): readonly string[] {
    return [...this.#entries.values()].filter(({ isWanted }) => isWanted).map(({ host }) => host);
  }

  /** Whether others read the facts of the host. */
  isWanted(host: string): boolean {
    return this.#entryOf(host).isWanted;
  }

  /** Whether somebody waits for the facts of the host. */
  isAsked(host: string): boolean {
    return this.#entryOf(host).isAsked;
  }

  /** Resolves when somebody waits for the facts of the host. */
  async asked(host: string): Promise<void> {
    await this.#entryOf(host).asked.promise;
  }

  /** What has been seen of the host. */
  tell(host: string, fact: Observed<SystemFact>): void {
    const entry = this.#entryOf(host);
    if (entry.variables !== undefined) return;
    entry.variables = fact === absent ? {} : systemLayer(fact).values;
    this.#notify(entry);
  }

  /**
   * A variable that the host says of itself.
   *
   * @param play  where it is read
   * @returns undefined: it has not been looked at, and will not be
   * @throws Blocked when it has still to be looked at, or when an audit cannot look
   */
  read(host: string, name: string, play: Play | undefined): unknown {
    const entry = this.#entries.get(host);
    if (entry === undefined || entry.variables !== undefined) return entry?.variables?.[name];
    const because = `the facts of ${host}`;
    if (this.#isOpen(entry)) this.#want(entry, play);
    else if (this.#mode === 'apply') return undefined;
    this.#awaited.set(because, entry);
    throw new Blocked(because);
  }

  /** The host whose facts this stands for, as in `Blocked`; undefined: it is about something else. */
  hostOf(because: string): string | undefined {
    return this.#awaited.get(because)?.host;
  }

  /** Whether this stands for facts that may still be told. */
  isAwaited(because: string): boolean {
    const entry = this.#awaited.get(because);
    return entry !== undefined && this.#isOpen(entry);
  }

  /** Asks, and resolves when they are told, or will not be. */
  async answered(because: string): Promise<void> {
    const entry = this.#awaited.get(because);
    if (entry !== undefined) await this.#answer(entry);
  }

  /** Asks all hosts whose facts are read, and resolves when they are told, or will not be. */
  async allAnswered(): Promise<void> {
    const open = [...this.#entries.values()].filter((entry) => entry.isWanted && this.#isOpen(entry));
    await Promise.all(open.map((entry) => this.#answer(entry)));
  }

  async #answer(entry: Entry): Promise<void> {
    entry.isAsked = true;
    entry.asked.resolve();
    while (this.#isOpen(entry)) {
      if (!entry.isRunning && this.#lookLate !== undefined) entry.late ??= this.#look(entry, this.#lookLate);
      await (entry.isRunning ? entry.news.promise : entry.late);
    }
  }

  async #look(entry: Entry, lookLate: LookLate): Promise<void> {
    const fact = await lookLate(entry.host);
    if (fact !== undefined) this.tell(entry.host, fact);
    else entry.isLost = true;
  }

  #isOpen({ variables, isLost, isRunning }: Entry): boolean {
    return variables === undefined && !isLost && (isRunning || this.#lookLate !== undefined);
  }

  /**
   * Who reads the facts of one host of its own play reads those of the others too, as a rule: `/etc/hosts` from `groups.all`. Which
   * they are would show one after the other only, each once the one before is known.
   */
  #want(entry: Entry, play: Play | undefined): void {
    entry.isWanted = true;
    if (play === undefined || !entry.plays.includes(play) || this.#mutual.has(play)) return;
    this.#mutual.add(play);
    for (const other of this.#entries.values()) other.isWanted ||= other.plays.includes(play);
  }

  #notify(entry: Entry): void {
    const { news } = entry;
    entry.news = deferred();
    news.resolve();
  }

  #entryOf(host: string): Entry {
    const entry = this.#entries.get(host);
    if (entry === undefined) throw new Error(`${host} is no host of this run`);
    return entry;
  }
}
