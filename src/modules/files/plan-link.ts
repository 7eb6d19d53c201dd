import { posix } from 'node:path';
import { makeHardLink, makeLink } from '../../actions/make-link.ts';
import { setAttributes } from '../../actions/set-attributes.ts';
import { type FileFact, file } from '../../facts/files.ts';
import { type Absent, absent, type Facts } from '../../model/fact.ts';
import type { TaskContext, TaskPlan } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import type { FileTask } from '../file.ts';
import { resolveAttributes } from './attribute-params.ts';
import { mustHaveFolder, resolvePlace } from './resolve-path.ts';

const targetOf = ({ path, src }: FileTask, current: FileFact | Absent): string => {
  if (src !== undefined) return src;
  if (current !== absent && current.type === 'link') return current.target;
  throw new TaskFailure(`src is required for creating the link ${path}`);
};

const mayReplace = ({ path, force }: FileTask, current: FileFact | Absent): void => {
  if (current === absent || current.type === 'link' || force) return;
  throw new TaskFailure(`refusing to convert from ${current.type} to symlink for ${path}`);
};

/** Attributes of what the link leads to (`follow`), or of the link itself. */
const planAttributes = (task: FileTask, facts: Facts, target: string): TaskPlan => {
  const wanted = [task.owner, task.group, task.mode].some((value) => value !== undefined);
  if (!wanted) return { actions: [] };
  if (!task.follow) {
    const link = facts.get(file(task.path));
    return { actions: link === absent ? [] : setAttributes(task.path, link, resolveAttributes(task, link)) };
  }
  const { path, fact } = resolvePlace(facts, target);
  if (fact !== absent) return { actions: setAttributes(path, fact, resolveAttributes(task, fact)) };
  return { actions: [], warnings: [`${target} does not exist, so its owner and mode cannot be set`] };
};

/** `state: link`. */
export const planLink = (task: FileTask, facts: Facts, { identity }: TaskContext): TaskPlan => {
  const current = facts.get(file(task.path));
  const src = targetOf(task, current);
  const target = posix.resolve(posix.dirname(task.path), src);
  if (!task.force && resolvePlace(facts, target).fact === absent)
    throw new TaskFailure(
      `src file does not exist, use "force=yes" if you really want to create the link: ${target}`,
    );
  mayReplace(task, current);
  mustHaveFolder(facts, task.path);
  const isThere = current !== absent && current.type === 'link' && current.target === src;
  const attributes = planAttributes(task, facts, target);
  const links = isThere ? [] : [makeLink(task.path, src, current, identity)];
  return {
    ...attributes,
    actions: [...links, ...attributes.actions],
    result: { dest: task.path, src, state: 'link' },
  };
};

/** `state: hard`. */
export const planHardLink = (task: FileTask, facts: Facts): TaskPlan => {
  const { path, src = '', force } = task;
  const [source, current] = [facts.get(file(src)), facts.get(file(path))];
  const result = { dest: path, src, state: 'hard' };
  if (source === absent) throw new TaskFailure(`src does not exist: ${src}`);
  if (current !== absent && current.type === source.type && current.inode === source.inode)
    return { actions: setAttributes(path, current, resolveAttributes(task, current)), result };
  if (current !== absent && current.type !== 'link' && !force)
    throw new TaskFailure(
      `Cannot link, ${current.links > 1 ? 'different hard link' : current.type} exists at ${path}`,
    );
  mustHaveFolder(facts, path);
  const attributes = setAttributes(path, source, resolveAttributes(task, source));
  return { actions: [makeHardLink(path, src, source, current), ...attributes], result };
};
