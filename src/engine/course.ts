import { addsToInventory, isKnownAddition } from './additions.ts';
import { type Batch, batchesOf } from './batches.ts';
import type { HostResults } from './host-results.ts';
import type { Machines } from './machines.ts';
import type { HostWork, RunOptions } from './run-options.ts';

/**
 * The batches of a run, one after another. Who is in those that have not begun may still change: tasks of a play put hosts in groups,
 * or add hosts to the inventory.
 *
 * @see docs/decisions/0015-groups-made-by-tasks.md
 */
export class Course {
  #options: RunOptions;
  #toCome: Batch[];
  #batch: Batch | undefined;
  /** How much tasks had added when the batches to come were made. */
  #additions = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#toCome = [...batchesOf(options.work)];
  }

  /** With hosts and variables as they are by now. */
  get options(): RunOptions {
    return this.#options;
  }

  workOf(host: string): HostWork | undefined {
    return this.#options.work.find((one) => one.host.name === host);
  }

  /** @returns undefined: the run is over */
  next(): Batch | undefined {
    this.#batch = this.#toCome.shift();
    return this.#batch;
  }

  /** Whether no batch of the same plays is left. */
  get isStretchOver(): boolean {
    return this.#batch !== undefined && this.#toCome[0]?.plays !== this.#batch.plays;
  }

  /** Whether the host is in a later batch, or may be put in one. */
  mayReturn(host: string): boolean {
    const isToCome = this.#toCome.some(({ hosts }) => hosts.some((one) => one.host.name === host));
    return isToCome || (this.#hasLaterPlays && this.#mayGrow);
  }

  get #from(): number {
    const { plays, hosts } = this.#batch as Batch;
    const last = plays.at(-1);
    return last === undefined ? 0 : (hosts[0]?.allPlays.indexOf(last) ?? 0) + 1;
  }

  get #hasLaterPlays(): boolean {
    return this.#from < (this.#options.work[0]?.allPlays.length ?? 0);
  }

  get #mayGrow(): boolean {
    const plays = [this.#batch, ...this.#toCome].flatMap((batch) => batch?.plays ?? []);
    return this.#options.grow !== undefined && plays.some(addsToInventory);
  }

  /**
   * To be called when a stretch is over: makes the batches to come anew, where tasks have added something.
   *
   * @returns hosts that there is no way to, and why
   */
  grow(results: HostResults, machines: Machines): ReadonlyMap<string, string> {
    const { grow, emit } = this.#options;
    const { added } = results;
    const { length } = added;
    if (grow === undefined || length === this.#additions || !this.#hasLaterPlays) return new Map();
    this.#additions = length;
    const additions = added.filter(isKnownAddition);
    if (additions.length < length)
      emit({
        type: 'warned',
        host: null,
        message: `who is in the plays from here on cannot be told yet, since a task that puts hosts in groups waits for what has still to be done`,
      });
    const { refused, ...grown } = grow(additions, this.#from);
    this.#options = { ...this.#options, ...grown };
    machines.delegate = grown.delegate;
    results.grow(grown.work);
    this.#warnOfLate();
    this.#toCome = [...batchesOf(grown.work, this.#from)];
    return refused;
  }

  /** An include has brought the task, so that the plays after its own had begun without it. */
  #warnOfLate(): void {
    const plays = this.#batch?.plays ?? [];
    if (plays.length < 2 || plays.some(addsToInventory)) return;
    const names = plays.slice(1).map(({ name }) => `"${name}"`);
    this.#options.emit({
      type: 'warned',
      host: null,
      message: `a task that an include brought has put hosts in groups, or added some; ${names.join(', ')} may have begun without them`,
    });
  }
}
