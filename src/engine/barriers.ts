import type { Play } from '../model/play.ts';
import { deferred } from '../util/deferred.ts';
import type { Slots } from '../util/slots.ts';
import type { Batch } from './batches.ts';
import { PlayFailures } from './play-failures.ts';

/** What has to be behind before a play begins. */
interface Gate {
  readonly opened: ReturnType<typeof deferred<void>>;
  /** Waves of all hosts together when it opened: those of the plays before. */
  deeds: number;
}

/**
 * Where the hosts of a batch wait for one another: none begins a play before all have come to the end of the plays before
 * it, as Ansible's do, also those that have nothing to do in it. A host that failed or was lost is waited for no longer.
 * Who waits holds no place among `--forks`.
 */
export class Barriers {
  readonly #plays: readonly Play[];
  readonly #slots: Slots;
  readonly #turns: ReadonlyMap<string, Turn>;
  readonly #failures: PlayFailures;
  /** Of every play. */
  readonly #gates: readonly Gate[];
  /** How many hosts are in each play, or wait for it to begin. */
  readonly #hostsAt: number[];
  /** The last play that has begun, by its place in the batch. */
  #begun = 0;
  #deeds = 0;

  constructor(batch: Batch, slots: Slots) {
    const { plays, hosts } = batch;
    this.#plays = plays;
    this.#failures = new PlayFailures(batch);
    this.#slots = slots;
    this.#gates = plays.map(() => ({ opened: deferred<void>(), deeds: 0 }));
    this.#hostsAt = plays.map(() => 0);
    this.#turns = new Map(
      hosts.map(({ host, plays: own }) => {
        const at = plays.indexOf(own[0] as Play);
        this.#enter(at);
        return [host.name, new Turn(this, at)];
      }),
    );
    this.#advance();
  }

  /** @throws Error for a host that is not in the batch (a bug) */
  turnOf(host: string): Turn {
    const turn = this.#turns.get(host);
    if (turn === undefined) throw new Error(`${host} has no turn in this batch`);
    return turn;
  }

  /** The host is over, well or not: nobody waits for it any more. */
  leave(host: string): void {
    this.#exit(this.turnOf(host).at);
    this.#advance();
  }

  /** For a host's turn: waits without a place among `--forks`. */
  async rest(wait: Promise<void>): Promise<void> {
    await this.#slots.pause(wait);
  }

  /** The host has failed, or was lost, in the play that it was in. To be called before it leaves. */
  fail(host: string): void {
    const { at, isFatal } = this.turnOf(host);
    this.#failures.add(host, at, isFatal);
  }

  /** Why hosts were kept from going on, or later batches are to be; undefined: nothing is in the way. */
  endedBy(at?: number): string | undefined {
    return this.#failures.endedBy(at);
  }

  /** For a host's turn: waves of all hosts by now. */
  get deeds(): number {
    return this.#deeds;
  }

  /** For a host's turn: one more wave has run. */
  countDeed(): void {
    this.#deeds += 1;
  }

  /** For a host's turn. */
  placeOf(play: Play): number {
    return this.#plays.indexOf(play);
  }

  /** For a host's turn: waves of all hosts in the plays before one that has begun. */
  deedsBefore(at: number): number {
    return this.#gates[at]?.deeds ?? 0;
  }

  /**
   * For a host's turn: it leaves the play `from` behind for `to`.
   *
   * @returns resolves when that may begin; undefined: it may at once
   */
  cross(from: number, to: number): Promise<void> | undefined {
    this.#exit(from);
    this.#enter(to);
    this.#advance();
    return to <= this.#begun ? undefined : this.#gates[to]?.opened.promise;
  }

  #enter(at: number): void {
    this.#hostsAt[at] = (this.#hostsAt[at] ?? 0) + 1;
  }

  #exit(at: number): void {
    this.#hostsAt[at] = (this.#hostsAt[at] ?? 0) - 1;
  }

  /** Opens the next plays that nobody has to be waited for. */
  #advance(): void {
    while (this.#hostsAt[this.#begun] === 0 && this.#begun + 1 < this.#plays.length) {
      this.#begun += 1;
      const gate = this.#gates[this.#begun] as Gate;
      gate.deeds = this.#deeds;
      gate.opened.resolve();
    }
  }
}

/** One host's way through the plays of its batch. */
export class Turn {
  readonly #barriers: Barriers;
  #at: number;
  /** Its own waves. */
  #deeds = 0;
  /** Waves of others before it last looked. */
  #seen = 0;

  /** @param at  its first play, by its place in the batch */
  constructor(barriers: Barriers, at: number) {
    this.#barriers = barriers;
    this.#at = at;
  }

  /** Whether the failure of the task by which it failed ends the play for all; undefined: as the play says. */
  isFatal: boolean | undefined;

  /** The play it is in, or waits for. */
  get at(): number {
    return this.#at;
  }

  /** It looks at everything that it has still to decide. To be called before it does. */
  looks(): void {
    this.#seen = this.#barriers.deeds - this.#deeds;
  }

  /** It has done something, or part of it. */
  acted(): void {
    this.#deeds += 1;
    this.#barriers.countDeed();
  }

  /** Waits for something that another host has to do, and lets others have its place among `--forks` meanwhile. */
  async rest(wait: Promise<void>): Promise<void> {
    await this.#barriers.rest(wait);
  }

  /** Why it must not do anything more, by what has become of the others; undefined: it may. */
  get stoppedBy(): string | undefined {
    return this.#barriers.endedBy(this.#at);
  }

  /**
   * It has come to the end of the plays before this one.
   *
   * @returns resolves when it may begin it; undefined: it may at once
   */
  arrive(play: Play): Promise<void> | undefined {
    const from = this.#at;
    this.#at = this.#barriers.placeOf(play);
    return this.#barriers.cross(from, this.#at);
  }

  /** Whether other hosts did something in the plays before the one that it begins, since it last looked. */
  get othersActed(): boolean {
    return this.#barriers.deedsBefore(this.#at) - this.#deeds > this.#seen;
  }
}
