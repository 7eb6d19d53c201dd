import type { Play } from '../model/play.ts';
import { renderPlace } from '../model/span.ts';
import type { Batch } from './batches.ts';

interface Count {
  readonly hosts: number;
  failed: number;
}

const describe = ({ name, span }: Play): string => `play "${name}" (${renderPlace(span)})`;

/** Why a play ends for all its hosts, once these many have failed, one of them in it; undefined: it goes on. */
const verdict = (
  play: Play,
  host: string,
  { hosts, failed }: Count,
  isFatal: boolean | undefined,
): string | undefined => {
  if (isFatal === true && play.anyErrorsFatal !== true)
    return `${host} failed in ${describe(play)}, by a task that runs once for all or has any_errors_fatal`;
  if (isFatal ?? play.anyErrorsFatal === true)
    return `${host} failed in ${describe(play)}, whose any_errors_fatal is true`;
  const { maxFailPercentage: most } = play;
  if (most !== undefined && (failed / hosts) * 100 > most)
    return `${failed} of ${hosts} hosts of ${describe(play)} failed, and its max_fail_percentage is ${most}`;
  if (failed < hosts) return undefined;
  return hosts === 1
    ? `${host}, the only host of ${describe(play)}, failed`
    : `all hosts of ${describe(play)} failed`;
};

/**
 * Which plays of a batch end for all hosts, since hosts have failed or were lost in them: at the first with
 * `any_errors_fatal`, once it is more than `max_fail_percentage`, and, as in Ansible, once none is left. No play after such
 * a one is begun by anybody, nor a later batch.
 *
 * Ansible's hosts go task by task together, and all end after the task in which one failed. Here each goes on its own:
 * what a host is doing at that moment is done to its end, and it begins no further wave in that play. One that
 * had nothing left to do is not called failed.
 *
 * @see https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_error_handling.html#aborting-a-play-on-all-hosts
 */
export class PlayFailures {
  readonly #plays: readonly Play[];
  readonly #playsOf: ReadonlyMap<string, readonly Play[]>;
  readonly #counts: ReadonlyMap<Play, Count>;
  #end: { readonly at: number; readonly because: string } | undefined;

  constructor({ plays, hosts }: Batch) {
    this.#plays = plays;
    this.#playsOf = new Map(hosts.map((one) => [one.host.name, one.plays]));
    this.#counts = new Map(
      plays.map((play) => [
        play,
        { hosts: hosts.filter((one) => one.plays.includes(play)).length, failed: 0 },
      ]),
    );
  }

  /**
   * @param at       the play that the host was in, by its place in the batch
   * @param isFatal  what the task says by which it failed; undefined: it says nothing, or there was none
   */
  add(host: string, at: number, isFatal?: boolean): void {
    for (const play of this.#playsOf.get(host) ?? []) {
      const count = this.#counts.get(play);
      if (count !== undefined) count.failed += 1;
    }
    const play = this.#plays[at];
    const count = play === undefined ? undefined : this.#counts.get(play);
    if (play === undefined || count === undefined) return;
    const because = verdict(play, host, count, isFatal);
    if (because !== undefined && (this.#end === undefined || at < this.#end.at)) this.#end = { at, because };
  }

  /** Why nothing more is to be done in the play; undefined: it may go on. @param at  default: the batch's last */
  endedBy(at = this.#plays.length): string | undefined {
    return this.#end !== undefined && this.#end.at <= at ? this.#end.because : undefined;
  }
}
