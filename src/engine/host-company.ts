import { system } from '../facts/system.ts';
import type { Play } from '../model/play.ts';
import type { Turn } from './barriers.ts';
import type { HostResults, OnceTask } from './host-results.ts';
import type { HostSession } from './host-session.ts';
import type { Machines } from './machines.ts';
import type { ManagedBefore } from './managed-before.ts';
import type { PassResult } from './pass-result.ts';
import type { PlannedTask } from './planned.ts';
import type { Position } from './position.ts';
import type { Throttles } from './throttles.ts';
import type { Once } from './told.ts';

/** Waits for values after which those of all hosts are waited for, where the same task sets them. */
const fewWaits = 3;

/** What a host has to do with the other hosts of its run. */
export interface OtherHosts {
  readonly turn: Turn;
  readonly results: HostResults;
  readonly machines: Machines;
  readonly managed: ManagedBefore;
  readonly throttles: Throttles;
}

/** One host among the others: what it waits for them to do or to tell, and what it tells them. */
export class HostCompany {
  readonly #session: HostSession;
  readonly #turn: Turn;
  readonly #results: HostResults;
  readonly #throttles: Throttles;
  /** How often a value of another host was waited for. */
  #waits = 0;

  constructor(session: HostSession, { turn, results, throttles }: OtherHosts) {
    this.#throttles = throttles;
    this.#session = session;
    this.#turn = turn;
    this.#results = results;
  }

  /** Why the host must not do anything more; undefined: it may. */
  get stoppedBy(): string | undefined {
    return this.#turn.stoppedBy;
  }

  /** Whether others did something in the plays before the one that the host is in, since it last looked. */
  get othersActed(): boolean {
    return this.#turn.othersActed;
  }

  /** The host looks at everything that it has still to decide. To be called before it does. */
  looks(): void {
    this.#turn.looks();
  }

  /** The host has run a wave, or part of one. */
  acted(): void {
    this.#turn.acted();
  }

  /** The host has something to do, or to wait for, before it tells more. */
  hold(): void {
    this.#results.hold(this.#session.host);
  }

  /** Whether this is what another host has still to tell. @param because  as in `Blocked` */
  isAwaited(because: string): boolean {
    return this.#results.waits.isAwaited(because);
  }

  /** See `HostResults.readOnce`. What must not be shown of it is hidden here too. */
  readOnce(play: Play, task: OnceTask, at: Position): Once | undefined {
    const { host, mask } = this.#session;
    const told = this.#results.readOnce(host, play, task, at);
    if (told === undefined) return undefined;
    for (const secrets of this.#results.secretsOf(told.host)) for (const secret of secrets) mask.add(secret);
    return told.once;
  }

  /** A host that fails by the task that it is in ends the play for all, or does not. */
  setFatal(isFatal: boolean | undefined): void {
    this.#turn.isFatal = isFatal;
  }

  /** Whether others want to know what machine this is, and it has not been looked at. */
  get owesSystemFacts(): boolean {
    const { host, variables } = this.#session;
    return this.#results.facts.isWanted(host) && !variables.hasSystemFacts;
  }

  /** Tells the others what has been set here, and what machine this is, where they want to know. */
  async tell({ values, once, reached, unopened }: PassResult): Promise<void> {
    const { host, mask } = this.#session;
    this.#results.tell(host, { values, once, reached, unopened, secrets: mask.secrets });
    if (this.owesSystemFacts) await this.#tellSystemFacts();
  }

  /** Waits until the other hosts have come to the end of the plays before this one. */
  async begin(play: Play): Promise<void> {
    const begun = this.#turn.arrive(play);
    if (begun === undefined) return;
    this.hold();
    await this.#rest(`the other hosts, before ${play.name}`, begun);
  }

  /** Waits until no more hosts than they say do the tasks that are throttled. @returns lets the next go on */
  async takePlaces(tasks: readonly PlannedTask[]): Promise<() => void> {
    return await this.#throttles.take(tasks, async (wait) => {
      await this.#rest('other hosts, by "throttle"', wait);
    });
  }

  /** Waits until another host has told one of the values that tasks here hang on. */
  async waitForValues(becauses: readonly string[]): Promise<void> {
    this.#waits += 1;
    this.hold();
    // Who reads the same of a thousand hosts does not plan anew after each of them.
    const ofAll = this.#waits > fewWaits;
    await this.#rest(
      becauses[0] ?? '',
      this.#results.waits.answered(this.#session.host, becauses, { ofAll }),
    );
  }

  /**
   * Waits for what another host will tell as soon as it has been looked at, where facts can only be asked for then.
   *
   * @param pass  one that asked which facts are wanted
   * @returns false when there is nothing of that kind
   */
  async putFirstLookOff({ waits, asksLater }: PassResult): Promise<boolean> {
    const { host } = this.#session;
    if ([...waits].some((because) => this.isAwaited(because))) this.hold();
    const [soon, ...more] = this.#results.waits.toldSoon(host, asksLater);
    if (soon === undefined) return false;
    this.#session.waitFor(soon);
    await this.#turn.rest(this.#results.waits.whileSoon(host, [soon, ...more]));
    return true;
  }

  /** Waits; others who want to know what machine this is are told meanwhile. @param detail  what for, for people */
  async #rest(detail: string, wait: Promise<void>): Promise<void> {
    const { host, variables } = this.#session;
    this.#session.waitFor(detail);
    let isOver = false;
    const over = wait.then(() => {
      isOver = true;
    });
    while (!isOver) {
      const asked = variables.hasSystemFacts ? [] : [this.#results.facts.asked(host)];
      await this.#turn.rest(Promise.race([over, ...asked]));
      if (this.owesSystemFacts) await this.#tellSystemFacts();
    }
  }

  async #tellSystemFacts(): Promise<void> {
    const wanted = this.#session.newWanted();
    wanted.add([system]);
    await this.#session.exchange([], wanted, 'observe');
  }
}
