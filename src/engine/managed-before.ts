import { type MadeClaim, wantedHash } from './manifest.ts';
import { factName } from './overlay.ts';

/** What one host's plays manage that are over. */
export interface Managed {
  /** By playbook and resource, hashes of what is wanted of it. */
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** Some of it could not be told. */
  readonly hasGaps: boolean;
}

const nothing: Managed = { resources: new Map(), hasGaps: false };

/**
 * What the hosts of a run manage by plays of earlier batches: a batch sees its own plays only, and what the others declare is
 * no orphan.
 */
export class ManagedBefore {
  readonly #hosts = new Map<string, Managed>();

  of(host: string): Managed {
    return this.#hosts.get(host) ?? nothing;
  }

  /** A batch is over for the host. */
  add(host: string, claims: readonly MadeClaim[], hasGaps: boolean): void {
    const before = this.of(host);
    const resources = new Map([...before.resources].map(([playbook, known]) => [playbook, new Map(known)]));
    for (const { play, claim } of claims) {
      const known = resources.get(play.playbook) ?? new Map<string, readonly string[]>();
      const resource = factName(claim.key);
      known.set(resource, [...new Set([...(known.get(resource) ?? []), wantedHash(claim)])]);
      resources.set(play.playbook, known);
    }
    this.#hosts.set(host, { resources, hasGaps: before.hasGaps || hasGaps });
  }
}
