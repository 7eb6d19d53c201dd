import type { Play } from '../model/play.ts';
import { type HostState, stateOf } from './host-state.ts';
import { isBefore, type Position } from './position.ts';
import type { SharedFacts } from './shared-facts.ts';

/** A value that has still to be told. */
export interface Awaited {
  readonly host: string;
  /** The play of what sets it. */
  readonly play: Play;
  /** It is there, or will never be, once the host has come to this place. */
  readonly until: Position;
}

/** What hosts wait for that others have still to tell, by what is said of it (`Blocked`), and for how long. */
export class ResultWaits {
  readonly #hosts: ReadonlyMap<string, HostState>;
  readonly #facts: SharedFacts;
  readonly #awaited = new Map<string, Awaited>();

  constructor(hosts: ReadonlyMap<string, HostState>, facts: SharedFacts) {
    this.#hosts = hosts;
    this.#facts = facts;
  }

  /** From now on somebody waits for it. @param because  as in `Blocked` */
  add(because: string, awaited: Awaited): void {
    this.#awaited.set(because, awaited);
  }

  /** Whether this is what somebody waits for that a host has still to tell. @param because  as in `Blocked` */
  isAwaited(because: string): boolean {
    const awaited = this.#awaited.get(because);
    if (awaited === undefined) return this.#facts.isAwaited(because);
    return this.#isOpen(awaited, stateOf(this.#hosts, awaited.host));
  }

  #isOpen({ until }: Awaited, { stage, told }: HostState): boolean {
    return stage === 'running' && isBefore(told.reached, until);
  }

  /**
   * Resolves when one of these is awaited no more.
   *
   * @param reader  the host that waits for them
   * @param ofAll   when none of them is, of any host that the same tasks are to set it on
   */
  async answered(
    reader: string,
    becauses: readonly string[],
    { ofAll }: { readonly ofAll: boolean },
  ): Promise<void> {
    const facts = becauses.filter((because) => this.#facts.isAwaited(because));
    const values = becauses.filter((because) => this.#awaited.has(because));
    const isAnswered = (): boolean => !becauses.every((because) => this.isAwaited(because));
    // Some may have been told since the reader planned: it tells others something itself before it waits.
    if (!isAnswered())
      await Promise.race([
        ...facts.map((because) => this.#facts.answered(because)),
        ...(values.length > 0 ? [this.#until(values, isAnswered)] : []),
      ]);
    if (!ofAll) return;
    if (facts.length > 0) await this.#facts.allAnswered();
    const { reached } = stateOf(this.#hosts, reader).told;
    for (const because of values) {
      const awaited = this.#awaited.get(because);
      // NOTE: never for what stands later than all that the reader has settled: others may wait for the reader there.
      if (awaited !== undefined && !isBefore(reached, awaited.until)) await this.#answeredByAll(awaited);
    }
  }

  async #answeredByAll(awaited: Awaited): Promise<void> {
    for (const state of this.#hosts.values()) {
      if (!state.plays.includes(awaited.play)) continue;
      while (this.#isOpen(awaited, state)) await state.news.promise;
    }
  }

  /**
   * Those of the things that a host waits for which are likely to be told as soon as another host has been looked at.
   *
   * Who waits for others (`hold`) is not one to be waited for so: where all hosts read from one another, all are looked at
   * at once, and not one after the other.
   */
  toldSoon(host: string, becauses: Iterable<string>): readonly string[] {
    return this.#facts.isAsked(host) ? [] : [...becauses].filter((because) => this.#isSoon(because));
  }

  /** Resolves when one of these is told, or will not be soon, or when somebody waits for the facts of this host. */
  async whileSoon(host: string, becauses: readonly string[]): Promise<void> {
    const isLate = (): boolean => !becauses.every((because) => this.#isSoon(because));
    await Promise.race([this.#until(becauses, isLate), this.#facts.asked(host)]);
  }

  #isSoon(because: string): boolean {
    const host = this.#hostOf(because);
    return host !== undefined && this.isAwaited(because) && stateOf(this.#hosts, host).isPrompt;
  }

  #hostOf(because: string): string | undefined {
    return this.#awaited.get(because)?.host ?? this.#facts.hostOf(because);
  }

  #statesOf(becauses: readonly string[]): readonly HostState[] {
    const hosts = becauses.flatMap((because) => this.#hostOf(because) ?? []);
    return [...new Set(hosts)].map((host) => stateOf(this.#hosts, host));
  }

  /** Looks again whenever one of the hosts that these are awaited of has news. */
  async #until(becauses: readonly string[], isSo: () => boolean): Promise<void> {
    const states = this.#statesOf(becauses);
    while (!isSo()) await Promise.race(states.map(({ news }) => news.promise));
  }
}
