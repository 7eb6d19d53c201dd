import { posix } from 'node:path';
import { unknownId } from '../../actions/file-attributes.ts';
import { type FileFact, file, justWritten } from '../../facts/files.ts';
import { tree } from '../../facts/trees.ts';
import type { Action } from '../../model/action.ts';
import { type Absent, absent, type Facts } from '../../model/fact.ts';
import { isFact, predictedBy, shownMode } from './result-of-file.ts';

type Shown = Readonly<Record<string, unknown>>;

interface Difference {
  readonly before: Shown;
  readonly after: Shown;
}

const kindOf = (fact: FileFact | Absent): string => {
  if (fact === absent) return 'absent';
  if (fact.type === 'directory' || fact.type === 'link') return fact.type;
  return fact.links > 1 ? 'hard' : 'file';
};

const idOf = (id: number, name: string): number | string => (id === unknownId ? name : id);

const isMoment = (time: number | undefined): time is number =>
  time !== undefined && Number.isFinite(time) && time !== justWritten;

/** What Ansible tells of a file that was there and stays: numbers of accounts, modes, times. */
const attributesOf = ({ uid, owner, gid, group, mode, mtime, atime }: FileFact): Shown => ({
  owner: idOf(uid, owner),
  group: idOf(gid, group),
  mode: shownMode(mode),
  ...(isMoment(mtime) && { mtime }),
  ...(isMoment(atime) && { atime }),
});

const onlyOther = (one: Shown, other: Shown): Shown =>
  Object.fromEntries(Object.entries(one).filter(([name, value]) => name in other && other[name] !== value));

const between = (before: FileFact | Absent, after: unknown): Difference => {
  if (before === absent || !isFact(after)) return { before: {}, after: {} };
  if (after.type === 'link') {
    const isMoved = before.type === 'link' && before.target !== after.target;
    return isMoved
      ? { before: { src: before.target }, after: { src: after.target } }
      : { before: {}, after: {} };
  }
  const [was, is] = [attributesOf(before), attributesOf(after)];
  return { before: onlyOther(was, is), after: onlyOther(is, was) };
};

/** What is in a folder that is to go; only where it was asked for. */
const contentOf = (facts: Facts, path: string): Shown => {
  const entries = facts.get(tree(path));
  if (entries === absent) return {};
  const named = (isWanted: (type: string) => boolean): readonly string[] =>
    entries
      .filter((entry) => entry.path !== '' && isWanted(entry.type))
      .map((entry) => posix.join(path, entry.path));
  return {
    path_content: {
      directories: named((type) => type === 'directory'),
      files: named((type) => type !== 'directory'),
    },
  };
};

/**
 * Ansible's `diff` of a result of `file`, which it has whether a diff is asked for or not; what would go with a folder is told only then.
 *
 * @param path   that the task names
 * @param at     where the attributes are: behind a link perhaps
 * @param state  that is wanted; undefined: of any kind
 */
export const differenceOfFile = (
  facts: Facts,
  {
    path,
    at,
    state,
    showsContent,
  }: {
    readonly path: string;
    readonly at: string;
    readonly state: string | undefined;
    readonly showsContent: boolean;
  },
  actions: readonly Action[],
): Difference => {
  const before = facts.get(file(at));
  const kind = kindOf(before);
  const isOther = state !== undefined && state !== kind && !(state === 'file' && kind === 'hard');
  const content = state === 'absent' && showsContent && kind === 'directory' ? contentOf(facts, at) : {};
  const parts = between(before, predictedBy(actions, at));
  return {
    before: { path, ...(isOther && { state: kind }), ...parts.before, ...content },
    after: { path, ...(isOther && { state }), ...parts.after },
  };
};
