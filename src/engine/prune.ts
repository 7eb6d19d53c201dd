import type { MadeNotes, ManifestEntry } from '../facts/memory.ts';
import type { Action } from '../model/action.ts';
import type { FactKey } from '../model/fact.ts';
import type { Claim } from '../model/module.ts';
import type { Play } from '../model/play.ts';
import type { Removals } from '../model/removal.ts';
import { renderPlace } from '../model/span.ts';
import { undecided } from './decision.ts';
import { keyOfResource } from './manifest.ts';
import { factName, NotObserved, type Overlay } from './overlay.ts';
import type { PlannedTask } from './planned.ts';

/** What a run made that did not come to writing its manifest: it failed, or had enough. */
const unfinished = (resource: string): ManifestEntry => ({
  ...{ resource, wanted: [], seen: '', prune: false, source: '' },
  prunable: keyOfResource(resource).kind === 'file',
});

/**
 * Managed by an earlier run, declared no more.
 *
 * @param made    what runs made that did not come to their end
 * @param before  what earlier batches of this run declare
 */
export const orphansOf = (
  manifest: ReadonlyMap<string, ManifestEntry>,
  made: MadeNotes,
  claims: readonly Claim[],
  before: ReadonlyMap<string, unknown> = new Map(),
): readonly ManifestEntry[] => {
  const claimed = new Set([...before.keys(), ...claims.map(({ key }) => factName(key))]);
  // Of a task that is not always come to nobody can tell whether it is still there: its `when` may no longer hold.
  const others = [...made]
    .filter(([resource, { isConditional }]) => !isConditional && !manifest.has(resource))
    .map(([resource]) => unfinished(resource));
  return [...manifest.values(), ...others].filter(({ resource }) => !claimed.has(resource));
};

/** A report of a host of which nothing of the kind can be told. */
export const noOrphans = { orphans: [], prunable: [] } as const;

/** Whether `prune: true` takes it away. */
export const isPrunable = ({ resource, prunable }: ManifestEntry, removals: Removals): boolean =>
  prunable && removals.has(keyOfResource(resource).kind);

/** Longest paths first: what is in a folder goes before the folder. */
const inOrder = (orphans: readonly ManifestEntry[], removals: Removals): readonly ManifestEntry[] => {
  const rank = ({ resource }: ManifestEntry): number =>
    [...removals.keys()].indexOf(keyOfResource(resource).kind);
  return orphans.toSorted((a, b) => rank(a) - rank(b) || b.resource.length - a.resource.length);
};

/** What has become of the things that earlier runs managed and nobody declares any more. */
export interface Orphans {
  /** Those still there, and those that cannot be told apart from what others made. */
  readonly left: readonly ManifestEntry[];
  /** The decision to take away those that are to be pruned; undefined when there are none. */
  readonly pruning: PlannedTask | undefined;
}

/**
 * Looks after a play's orphans: which are left, and which go.
 *
 * @throws NotObserved when facts are missing (they have been told to `want`)
 */
export const planPruning = (
  play: Play,
  orphans: readonly ManifestEntry[],
  removals: Removals,
  overlay: Overlay,
  want: (keys: readonly FactKey[]) => void,
): Orphans => {
  const removable = inOrder(orphans, removals).flatMap((entry) => {
    const { kind, id } = keyOfResource(entry.resource);
    const removal = entry.prunable ? removals.get(kind) : undefined;
    return removal === undefined ? [] : [{ entry, id, removal }];
  });
  const keys = removable.flatMap(({ id, removal }) => removal.facts(id));
  want(keys);
  const missing = keys.filter((key) => overlay.peek(key) === undefined);
  if (missing.length > 0) throw new NotObserved(missing);
  const [now, then] = [overlay.factsAsSeen(), overlay.factsFor(() => {})];
  const gone = new Set(
    removable.filter(({ id, removal }) => removal.plan(id, now).length === 0).map(({ entry }) => entry),
  );
  const actions = removable.flatMap(({ entry, id, removal }) =>
    entry.prune || play.prune ? removal.plan(id, then) : [],
  );
  return {
    left: orphans.filter((entry) => !gone.has(entry)),
    pruning: actions.length === 0 ? undefined : pruningOf(play, actions, keys),
  };
};

const pruningOf = (play: Play, actions: readonly Action[], keys: readonly FactKey[]): PlannedTask => {
  const ref = {
    id: `prune ${play.playbook} ${play.name}`,
    name: 'Remove what is no longer declared',
    module: 'prune',
    item: null,
    source: renderPlace(play.span),
    handler: false,
  };
  return { ...undecided(ref), outcome: 'act', plan: { actions }, keys, registered: { changed: true } };
};
