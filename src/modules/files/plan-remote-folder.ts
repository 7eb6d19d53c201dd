import { posix } from 'node:path';
import { setAttributes } from '../../actions/set-attributes.ts';
import { content } from '../../facts/contents.ts';
import { file } from '../../facts/files.ts';
import { type TreeEntry, tree } from '../../facts/trees.ts';
import type { Action } from '../../model/action.ts';
import { absent, type FactKey, type Facts } from '../../model/fact.ts';
import type { TaskContext, TaskPlan } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import type { CopyTask } from '../copy.ts';
import { resolveAttributes } from './attribute-params.ts';
import { installContent } from './install-content.ts';
import { modeOfSource } from './install-params.ts';
import { makeMissingFolders } from './plan-directory.ts';
import { planInSteps, type Step } from './plan-in-steps.ts';
import { planLinkCopy } from './plan-link-copy.ts';
import { placeOf, resolvePlace } from './resolve-path.ts';

/** Files are written one by one, each of them checked and put in place by itself. */
const mostEntries = 10_000;

/** A folder of the host, and where it goes. */
interface Folders {
  readonly task: CopyTask;
  /** Links followed. */
  readonly from: string;
  readonly to: string;
  readonly context: TaskContext;
}

const isBelow = (path: string, folder: string): boolean => `${path}/`.startsWith(`${folder}/`);

/** What is there at the source itself; of a link that is followed, what it leads to. */
const sourceOf = ({ task, from }: Folders, { path }: TreeEntry, facts: Facts) => {
  const place = (task.local_follow ? resolvePlace : placeOf)(facts, posix.join(from, path));
  if (place.fact === absent) throw new TaskFailure(`${from}/${path} leads to nothing`);
  return { path: place.path, fact: place.fact };
};

/** A folder that is there keeps its mode: only a new one takes that of the source. */
const planSubfolder = ({ task, to, context }: Folders, entry: TreeEntry, facts: Facts): readonly Action[] => {
  const { owner, group, directory_mode } = task;
  const path = posix.join(to, entry.path);
  const place = resolvePlace(facts, path);
  if (place.fact !== absent && place.fact.type === 'directory')
    return setAttributes(
      place.path,
      place.fact,
      resolveAttributes({ owner, group, mode: directory_mode }, place.fact),
    );
  return makeMissingFolders(
    facts,
    path,
    { owner, group, mode: directory_mode ?? entry.mode },
    context.identity,
  );
};

const planEntry = (folders: Folders, entry: TreeEntry, facts: Facts): readonly Action[] => {
  if (entry.type === 'directory') return planSubfolder(folders, entry, facts);
  const { task, to, context } = folders;
  const source = sourceOf(folders, entry, facts);
  const path = posix.join(to, entry.path);
  if (source.fact.type === 'link')
    return planLinkCopy(task, path, source.fact.target, facts, context.identity);
  if (source.fact.type === 'directory')
    throw new TaskFailure(
      `${source.path} is a folder that a link in ${task.src} leads to; with local_follow: false links are copied as links`,
    );
  if (source.fact.type !== 'file')
    throw new TaskFailure(`${source.path} is a ${source.fact.type}, which cannot be copied`);
  const place = (task.follow ? resolvePlace : placeOf)(facts, path);
  const bytes = { path: source.path, sha256: source.fact.sha256, sizeBytes: source.fact.sizeBytes };
  const mode =
    modeOfSource(task.mode, source.fact.mode) ?? (place.fact === absent ? source.fact.mode : undefined);
  return installContent(facts, place, { ...task, bytes, mode }, context);
};

/** Everything of a kind is asked for at once: one by one each file would cost a look. */
const askTogether = ({ from, to }: Folders, entries: readonly TreeEntry[], facts: Facts): void => {
  const paths = entries.map(({ path }) => path);
  facts.together?.([from, to].flatMap((root) => paths.map((path): FactKey => file(posix.join(root, path)))));
  const differs = ({ path }: TreeEntry): boolean => {
    const [source, there] = [from, to].map((root) => facts.get(file(posix.join(root, path))));
    if (source === undefined || source === absent || there === undefined || there === absent) return false;
    return source.type === 'file' && there.type === 'file' && source.sha256 !== there.sha256;
  };
  facts.together?.(entries.filter(differs).map(({ path }): FactKey => content(posix.join(to, path))));
};

/**
 * `remote_src` of a folder: what is in it is made the same at its destination, what else is there stays. Modes are the source's for what is
 * new, as in Ansible; owner and group are those of the account that copies, if the task does not say.
 *
 * @param from  the folder, links followed
 */
export const planRemoteFolder = (
  task: CopyTask,
  from: string,
  facts: Facts,
  context: TaskContext,
): TaskPlan => {
  const { src = '', dest } = task;
  const place = resolvePlace(facts, dest.replace(/(?<=.)\/$/, ''));
  const to = src.endsWith('/') ? place.path : posix.join(place.path, posix.basename(src));
  if (isBelow(to, from)) throw new TaskFailure(`${dest} is in ${src} itself`);
  const entries = facts.get(tree(from));
  if (entries === absent) throw new TaskFailure(`Source ${src} not found`);
  if (entries.length > mostEntries)
    throw new TaskFailure(
      `${src} has more than ${mostEntries} entries; an archive (unarchive) or a package carries that many`,
    );
  const folders: Folders = { task, from, to, context };
  askTogether(folders, entries, facts);
  const steps = entries.map(
    (entry): Step =>
      (now) =>
        planEntry(folders, entry, now),
  );
  return { actions: planInSteps(facts, steps), result: { dest, src: task.src } };
};
