import type { MadeNotes, ManifestEntry } from '../facts/memory.ts';
import type { FactKey } from '../model/fact.ts';
import type { Claim } from '../model/module.ts';
import type { Play, Task } from '../model/play.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';
import { sha256 } from '../util/sha256.ts';
import type { FactKinds } from './observe.ts';
import { factName, type Observation } from './overlay.ts';
import { placeOf } from './place-of.ts';

/** A claim as a pass met it. */
export interface MadeClaim {
  readonly play: Play;
  readonly claim: Claim;
  readonly task: Task;
}

/** The file of a playbook's manifest on a host. @param name  of the playbook, see `Origin` */
export const manifestId = (name: string): string => `${sha256(name).slice(0, 16)}.json`;

const hashOf = (value: unknown): string => sha256(JSON.stringify(value) ?? '').slice(0, 32);

/** What is wanted of a thing, as the manifest keeps it. The claims of tasks that mean the same on many hosts are the same objects. */
export const wantedHash = memoizeByObject(({ wanted }: Claim): string => hashOf(wanted));

/** Hash of what is lasting about a fact as it was observed. */
export const seenHash = (kinds: FactKinds, key: FactKey, observation: Observation): string => {
  const value = observation.get(factName(key));
  const lasting = kinds.get(key.kind)?.lasting;
  return hashOf(
    lasting === undefined || value === 'absent' || value === undefined ? (value ?? null) : lasting(value),
  );
};

/** What there is to tell of a host for its manifest. */
export interface ManifestFacts {
  /** As it is now. */
  readonly seen: Observation;
  /** As the run found it. */
  readonly found: Observation;
  /** What the playbook's manifest held before. */
  readonly known: ReadonlyMap<string, ManifestEntry>;
  /** What earlier runs made, and did not come to note in it. */
  readonly made: Pick<MadeNotes, 'has'>;
  /** Later plays of the playbook have a say in things too: an entry that has all of theirs stays as it is. */
  readonly isOpen: boolean;
}

/**
 * A file that was there before it was managed is somebody else's, whoever wrote it last: a package's, an administrator's. It
 * is not to be taken away with the task.
 */
const isOurs = (resource: string, key: FactKey, { found, known, made }: ManifestFacts): boolean => {
  const before = known.get(resource);
  if (before !== undefined) return before.prunable;
  return key.kind !== 'file' || found.get(resource) === 'absent' || made.has(resource);
};

/** Whether what some plays say of a thing is a part of what is known of it. */
const isSameFor = ({ wanted, seen, prunable }: ManifestEntry, known: ManifestEntry): boolean =>
  wanted.every((hash) => known.wanted.includes(hash)) && seen === known.seen && prunable === known.prunable;

/**
 * What a playbook manages now: a line a thing, whoever has a say in it; what was known before stays in its order.
 *
 * @param others  what it managed and does no more, and is still there; and what other plays of it manage
 */
export const renderManifest = (
  claims: readonly MadeClaim[],
  others: readonly ManifestEntry[],
  kinds: FactKinds,
  facts: ManifestFacts,
): string => {
  const entries = new Map<string, ManifestEntry>();
  for (const { claim, task, play } of claims) {
    const resource = factName(claim.key);
    const other = entries.get(resource);
    const isWhole = claim.prunable !== false && other?.prunable !== false;
    entries.set(resource, {
      resource,
      wanted: [...new Set([...(other?.wanted ?? []), wantedHash(claim)])],
      seen: seenHash(kinds, claim.key, facts.seen),
      prunable: isWhole && isOurs(resource, claim.key, facts),
      prune: task.prune ?? play.prune,
      source: placeOf(task.span),
    });
  }
  for (const other of others) {
    const mine = entries.get(other.resource);
    const wanted = [...new Set([...other.wanted, ...(mine?.wanted ?? [])])];
    entries.set(other.resource, { ...(mine ?? other), wanted });
  }
  if (facts.isOpen)
    for (const [resource, entry] of entries) {
      const known = facts.known.get(resource);
      if (known !== undefined && isSameFor(entry, known)) entries.set(resource, known);
    }
  const order = [...facts.known.keys()].filter((resource) => entries.has(resource));
  const all = [...new Set([...order, ...entries.keys()])].map((resource) => entries.get(resource));
  return JSON.stringify({ version: 1, entries: all });
};

const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');

/** Whether what a host gives back is an entry as we write them. */
const isEntry = (value: unknown): value is ManifestEntry => {
  if (typeof value !== 'object' || value === null) return false;
  const { resource, wanted, seen, prunable, prune, source } = value as Readonly<Record<string, unknown>>;
  const areFlags = [prunable, prune].every((flag) => typeof flag === 'boolean');
  return [resource, seen, source].every(isText) && Array.isArray(wanted) && wanted.every(isText) && areFlags;
};

/** @returns the entries by resource; none where the text is not a manifest (a host that lost it is as any other) */
export const parseManifest = (text: string | undefined): ReadonlyMap<string, ManifestEntry> => {
  if (text === undefined) return new Map();
  try {
    const { entries } = JSON.parse(text) as { entries: readonly unknown[] };
    return new Map(entries.filter(isEntry).map((entry) => [entry.resource, entry]));
  } catch {
    return new Map();
  }
};

/** `kind:id` back into a key. */
export const keyOfResource = (resource: string): FactKey => {
  const at = resource.indexOf(':');
  return { kind: resource.slice(0, at), id: resource.slice(at + 1) };
};

/**
 * Whose drift it is: `host` when what is wanted has not moved since the last apply, `wanted` when the host is still as it was
 * left, `both` when both moved; `follows` when neither did (a unit older than a file that another task manages); null where
 * nothing is remembered.
 */
export const causeOf = (
  claims: readonly Claim[],
  manifest: ReadonlyMap<string, ManifestEntry>,
  kinds: FactKinds,
  observation: Observation,
): 'host' | 'wanted' | 'both' | 'follows' | null => {
  const known = claims.flatMap((claim) => {
    const entry = manifest.get(factName(claim.key));
    return entry === undefined ? [] : [{ claim, entry }];
  });
  if (known.length === 0) return null;
  const playbookMoved = known.some(({ claim, entry }) => !entry.wanted.includes(wantedHash(claim)));
  const hostMoved = known.some(({ claim, entry }) => seenHash(kinds, claim.key, observation) !== entry.seen);
  if (playbookMoved) return hostMoved ? 'both' : 'wanted';
  return hostMoved ? 'host' : 'follows';
};
