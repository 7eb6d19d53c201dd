import { posix } from 'node:path';
import { content } from '../../facts/contents.ts';
import { file } from '../../facts/files.ts';
import { tree } from '../../facts/trees.ts';
import { absent, type FactKey, type Facts } from '../../model/fact.ts';
import type { TaskContext, TaskPlan } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import type { CopyTask } from '../copy.ts';
import { installContent, planWithBackup } from './install-content.ts';
import { modeOfSource } from './install-params.ts';
import { foldersAbove, makeMissingFolders } from './plan-directory.ts';
import { planInSteps } from './plan-in-steps.ts';
import { planRemoteFolder } from './plan-remote-folder.ts';
import { isFolder, placeOf, resolvePlace } from './resolve-path.ts';
import { resultOfFile } from './result-of-file.ts';

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/$/, '');

const inside = ({ dest, src = '' }: CopyTask): string => posix.join(dest, posix.basename(src));

/** The facts that a copy on the host reads. The old content is shown in the diff by its size only. */
export const factsOfRemoteCopy = (task: CopyTask): FactKey[] => {
  const [src, dest] = [withoutSlash(task.src ?? ''), withoutSlash(task.dest)];
  const targets = task.dest.endsWith('/') ? [inside(task)] : [dest, inside(task)];
  return [
    file(src),
    tree(src),
    ...[...foldersAbove(dest), dest].map(file),
    ...targets.flatMap((path) => [file(path), content(path)]),
  ];
};

/** `remote_src`: a file or folder of the host, copied there. */
export const planRemoteCopy = (task: CopyTask, facts: Facts, context: TaskContext): TaskPlan => {
  const { path: src, fact } = resolvePlace(facts, withoutSlash(task.src ?? ''));
  if (fact === absent) throw new TaskFailure(`Source ${task.src} not found`);
  if (fact.type === 'directory') return planRemoteFolder(task, src, facts, context);
  if (fact.type !== 'file')
    throw new TaskFailure(`${task.src} is a ${fact.type}, neither a file nor a folder`);
  const dest = task.dest.endsWith('/') || isFolder(facts, task.dest) ? inside(task) : task.dest;
  const bytes = { path: src, sha256: fact.sha256, sizeBytes: fact.sizeBytes };
  const wanted = { ...task, bytes, mode: modeOfSource(task.mode, fact.mode) };
  const actions = planInSteps(facts, [
    (now) =>
      task.dest.endsWith('/')
        ? makeMissingFolders(now, withoutSlash(task.dest), { mode: task.directory_mode }, context.identity)
        : [],
    (now) => installContent(now, (task.follow ? resolvePlace : placeOf)(now, dest), wanted, context),
  ]);
  return planWithBackup(actions, { dest, src: task.src, ...resultOfFile(facts, dest, actions) });
};
