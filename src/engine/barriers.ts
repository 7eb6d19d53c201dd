import type { Play } from '../model/play.ts';
import { deferred } from '../util/deferred.ts';
import type { Slots } from '../util/slots.ts';
import type { HostWork } from './run-options.ts';

interface Gate {
  /** Hosts that have not come to the play's end yet. */
  readonly waiting: Set<string>;
  readonly acted: Set<string>;
  readonly opened: ReturnType<typeof deferred<void>>;
}

/**
 * Where the hosts of a play wait for one another before any of them begins the next play, as Ansible's do. A host
 * that failed or was lost is waited for no longer. Who waits holds no place among `--forks`.
 */
export class Barriers {
  readonly #gates = new Map<Play, Gate>();
  readonly #slots: Slots;

  constructor(work: readonly HostWork[], slots: Slots) {
    this.#slots = slots;
    for (const { host, plays } of work) {
      for (const play of plays) this.#gateOf(play).waiting.add(host.name);
    }
  }

  #gateOf(play: Play): Gate {
    const gate = this.#gates.get(play) ?? { waiting: new Set(), acted: new Set(), opened: deferred() };
    this.#gates.set(play, gate);
    return gate;
  }

  /** @returns whether another host did something in the play */
  async arrive(play: Play, host: string, acted: boolean): Promise<boolean> {
    const gate = this.#gates.get(play);
    if (gate === undefined) return false;
    if (acted) gate.acted.add(host);
    this.#leaveGate(gate, host);
    if (gate.waiting.size > 0) await this.#slots.pause(gate.opened.promise);
    return [...gate.acted].some((name) => name !== host);
  }

  /** The host is over, well or not: nobody waits for it any more. */
  leave(host: string): void {
    for (const gate of this.#gates.values()) this.#leaveGate(gate, host);
  }

  #leaveGate(gate: Gate, host: string): void {
    gate.waiting.delete(host);
    if (gate.waiting.size === 0) gate.opened.resolve();
  }
}
