import type { ManifestEntry } from '../facts/memory.ts';
import type { FactKey } from '../model/fact.ts';
import type { Claim } from '../model/module.ts';
import type { Play } from '../model/play.ts';
import type { Removals } from '../model/removal.ts';
import { renderPlace } from '../model/span.ts';
import { keyOfResource } from './manifest.ts';
import { factName, NotObserved, type Overlay } from './overlay.ts';
import { undecided } from './plan-instance.ts';
import type { PlannedTask } from './planned.ts';

/** Managed by an earlier run, declared no more. */
export const orphansOf = (
  manifest: ReadonlyMap<string, ManifestEntry>,
  claims: readonly Claim[],
): readonly ManifestEntry[] => {
  const claimed = new Set(claims.map(({ key }) => factName(key)));
  return [...manifest.values()].filter(({ resource }) => !claimed.has(resource));
};

/** Longest paths first: what is in a folder goes before the folder. */
const inOrder = (orphans: readonly ManifestEntry[], removals: Removals): readonly ManifestEntry[] => {
  const rank = ({ resource }: ManifestEntry): number =>
    [...removals.keys()].indexOf(keyOfResource(resource).kind);
  return orphans.toSorted((a, b) => rank(a) - rank(b) || b.resource.length - a.resource.length);
};

/**
 * The decision to take away a play's orphans, or undefined when there are none to take away.
 *
 * @throws NotObserved when facts are missing (they have been told to `want`)
 */
export const planPruning = (
  play: Play,
  orphans: readonly ManifestEntry[],
  removals: Removals,
  overlay: Overlay,
  want: (keys: readonly FactKey[]) => void,
): PlannedTask | undefined => {
  const prunable = inOrder(orphans, removals).filter(
    ({ prunable: isPrunable, prune, resource }) =>
      isPrunable && (prune || play.prune) && removals.has(keyOfResource(resource).kind),
  );
  const keys = prunable.flatMap(({ resource }) => {
    const { kind, id } = keyOfResource(resource);
    return [...(removals.get(kind)?.facts(id) ?? [])];
  });
  want(keys);
  const missing = keys.filter((key) => overlay.peek(key) === undefined);
  if (missing.length > 0) throw new NotObserved(missing);
  const facts = overlay.factsFor(() => {});
  const actions = prunable.flatMap(({ resource }) => {
    const { kind, id } = keyOfResource(resource);
    return [...(removals.get(kind)?.plan(id, facts) ?? [])];
  });
  if (actions.length === 0) return undefined;
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
