import { type TreeEntry, type TreeFact, tree } from '../facts/trees.ts';
import type { Action, Change } from '../model/action.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { nulWords } from '../shell/words.ts';
import {
  type Attributes,
  attributeChanges,
  differing,
  setAttributesSh,
  withAttributes,
} from './file-attributes.ts';
import { taintsOfFile } from './file-taints.ts';

/** Changes that are named one by one; a big tree would fill the screen. */
const mostNamed = 20;

interface Step {
  readonly entry: TreeEntry;
  readonly different: Attributes;
}

const pathOf = (root: string, { path }: TreeEntry): string => `${root}/${path}`;

const describe = (root: string, steps: readonly Step[]): Change[] => {
  const named = steps.slice(0, mostNamed).map(({ entry, different }) => ({
    summary: `${pathOf(root, entry)}: ${attributeChanges(entry, different)
      .map(({ summary }) => summary)
      .join(', ')}`,
  }));
  const more = steps.length - named.length;
  return more === 0 ? named : [...named, { summary: `and ${more} more below ${root}` }];
};

/** One chown and one chmod for all entries that want the same. */
const shOf = (root: string, steps: readonly Step[]): Sh => {
  const groups = new Map<string, Step[]>();
  for (const step of steps) {
    const wanted = JSON.stringify(step.different);
    groups.set(wanted, [...(groups.get(wanted) ?? []), step]);
  }
  return joinSh(
    [...groups.values()].flatMap((group) => {
      const paths = nulWords(group.map(({ entry }) => pathOf(root, entry)));
      return setAttributesSh(group[0]?.different ?? {}, rawSh('')).map(
        (command) => sh`${paths} | xargs -0 ${command}`,
      );
    }),
  );
};

/**
 * Sets owner, group and mode of everything below a folder, itself excluded. Links are changed themselves, never what
 * they point to.
 *
 * @param wantedOf  what an entry is to have; a symbolic mode depends on the one that is there
 */
export const setTreeAttributes = (
  root: string,
  entries: TreeFact,
  wantedOf: (entry: TreeEntry) => Attributes,
): Action[] => {
  const steps = entries
    .filter(({ path }) => path !== '')
    .map((entry) => ({ entry, different: differing(entry, wantedOf(entry)) }))
    .filter(({ different }) => Object.keys(different).length > 0);
  if (steps.length === 0) return [];
  const after = new Map(steps.map(({ entry, different }) => [entry, withAttributes(entry, different)]));
  return [
    {
      kind: 'set-tree-attributes',
      summary: `set attributes below ${root}`,
      changes: describe(root, steps),
      sh: shOf(root, steps),
      predicts: [{ key: tree(root), value: entries.map((entry) => after.get(entry) ?? entry) }],
      taints: [...taintsOfFile(root), { kind: 'file', under: root }],
    },
  ];
};
