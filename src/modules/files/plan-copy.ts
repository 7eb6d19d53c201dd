import { posix } from 'node:path';
import { setAttributes } from '../../actions/set-attributes.ts';
import { file } from '../../facts/files.ts';
import type { Action } from '../../model/action.ts';
import { absent, type FactKey, type Facts, type Identity } from '../../model/fact.ts';
import type { TaskContext, TaskPlan } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import type { CopyTask } from '../copy.ts';
import { resolveAttributes, type WantedAttributes } from './attribute-params.ts';
import type { LocalSource } from './copy-source.ts';
import { hasChecksum } from './has-checksum.ts';
import { factsOfContent, installContent, planWithBackup, textsOf } from './install-content.ts';
import { modeOfSource } from './install-params.ts';
import { foldersAbove, makeMissingFolders } from './plan-directory.ts';
import { planInSteps, type Step } from './plan-in-steps.ts';
import { planLinkCopy } from './plan-link-copy.ts';
import { isFolder, placeOf, resolvePlace } from './resolve-path.ts';
import { checksumOf, legacySum, resultOfFile } from './result-of-file.ts';

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/$/, '');

/** Where the files of a source stand if the copy goes as the task reads, without looking at the host. */
export const usualRoot = ({ dest }: CopyTask, { kind, name, isContents }: LocalSource): string => {
  const isInside = kind === 'folder' ? !isContents : kind === 'file' && dest.endsWith('/');
  return isInside ? posix.join(dest, name) : withoutSlash(dest);
};

/** The path of a file of the source below where it goes. */
export const below = (root: string, relative: string): string =>
  relative === '' ? root : posix.join(root, relative);

/** The source's own folders on the host, outermost first; the copied folder itself among them. */
const foldersOf = (root: string, source: LocalSource): string[] => {
  const folders = source.folders.map((path) => below(root, path));
  return source.isContents ? folders : [root, ...folders];
};

/** The facts that a copy may read; a single file may also go into a folder of the name. */
export const factsOfLocalCopy = (task: CopyTask, source: LocalSource): FactKey[] => {
  const dest = withoutSlash(task.dest);
  const roots = new Set([
    usualRoot(task, source),
    ...(source.kind === 'file' ? [posix.join(dest, source.name)] : []),
  ]);
  const folders = source.kind === 'folder' ? foldersOf(usualRoot(task, source), source) : [];
  return [
    ...[...foldersAbove(dest), dest, ...folders].map(file),
    ...[...source.links.keys()].map((relative) => file(below(usualRoot(task, source), relative))),
    ...[...roots].flatMap((root) =>
      [...source.files].flatMap(([relative, { bytes }]) => factsOfContent(below(root, relative), bytes)),
    ),
  ];
};

/** Where a single file goes. */
const destinationOf = (task: CopyTask, source: LocalSource, facts: Facts): string => {
  const { dest } = task;
  if (dest.endsWith('/') || !isFolder(facts, dest)) return usualRoot(task, source);
  if (source.kind === 'text') throw new TaskFailure(`can not use content with a dir as dest (${dest})`);
  return posix.join(dest, source.name);
};

const planFile = (task: CopyTask, source: LocalSource, facts: Facts, context: TaskContext): TaskPlan => {
  const [found] = source.files.values();
  if (found === undefined) throw new TaskFailure('there is nothing to copy');
  if (task.checksum !== undefined && !hasChecksum(found.bytes, task.checksum))
    throw new TaskFailure(`${task.src ?? 'content'} does not have the checksum ${task.checksum}`);
  const dest = destinationOf(task, source, facts);
  const wanted = { ...task, bytes: found.bytes, mode: modeOfSource(task.mode, found.mode) };
  const folder = { mode: task.directory_mode };
  const actions = planInSteps(facts, [
    // `dest: /a/b/` makes the folder; `dest: /a/b` wants it there.
    (now) =>
      task.dest.endsWith('/')
        ? makeMissingFolders(now, withoutSlash(task.dest), folder, context.identity)
        : [],
    (now) => installContent(now, (task.follow ? resolvePlace : placeOf)(now, dest), wanted, context),
  ]);
  const checksum = checksumOf(found.bytes);
  return planWithBackup(actions, {
    ...{ dest, src: task.src, checksum },
    ...legacySum(found.bytes, actions),
    ...resultOfFile(facts, dest, actions),
    ...textsOf(actions, context),
  });
};

const folderWith = (facts: Facts, path: string, wanted: WantedAttributes, identity: Identity): Action[] => {
  const { path: found, fact } = resolvePlace(facts, path);
  if (fact === absent) return makeMissingFolders(facts, path, wanted, identity);
  if (fact.type !== 'directory') throw new TaskFailure(`${path} already exists as a ${fact.type}`);
  return setAttributes(found, fact, resolveAttributes(wanted, fact));
};

const planFolder = (task: CopyTask, source: LocalSource, facts: Facts, context: TaskContext): TaskPlan => {
  const root = usualRoot(task, source);
  const { owner, group, directory_mode: mode } = task;
  const { identity } = context;
  const steps: Step[] = [
    (now) => makeMissingFolders(now, withoutSlash(task.dest), { mode }, identity),
    ...foldersOf(root, source).map(
      (path): Step =>
        (now) =>
          folderWith(now, path, { owner, group, mode }, identity),
    ),
    ...[...source.files].map(
      ([relative, { bytes, mode: own }]): Step =>
        (now) => {
          const place = (task.follow ? resolvePlace : placeOf)(now, below(root, relative));
          return installContent(now, place, { ...task, bytes, mode: modeOfSource(task.mode, own) }, context);
        },
    ),
    ...[...source.links].map(
      ([relative, target]): Step =>
        (now) =>
          planLinkCopy(task, below(root, relative), target, now, identity),
    ),
  ];
  return { actions: planInSteps(facts, steps), result: { dest: task.dest, src: task.src } };
};

/** Copies what the project has. */
export const planLocalCopy = (
  task: CopyTask,
  source: LocalSource,
  facts: Facts,
  context: TaskContext,
): TaskPlan => (source.kind === 'folder' ? planFolder : planFile)(task, source, facts, context);
