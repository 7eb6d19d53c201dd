import { posix } from 'node:path';
import { makeDirectories } from '../../actions/make-directory.ts';
import { setAttributes } from '../../actions/set-attributes.ts';
import { setTreeAttributes } from '../../actions/set-tree-attributes.ts';
import { tree } from '../../facts/trees.ts';
import type { Action } from '../../model/action.ts';
import { absent, type Facts, type Identity } from '../../model/fact.ts';
import type { TaskContext, TaskPlan } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import type { FileTask } from '../file.ts';
import { resolveAttributes, type WantedAttributes } from './attribute-params.ts';
import { type Place, placeOf, resolvePlace } from './resolve-path.ts';

/** The folders that a path is in, outermost first, without `/`. */
export const foldersAbove = (path: string): string[] => {
  const folder = posix.dirname(path);
  return folder === '/' || folder === '.' ? [] : [...foldersAbove(folder), folder];
};

const missingFolders = (facts: Facts, path: string): string[] =>
  [...foldersAbove(path), path].filter((folder) => {
    const { fact } = resolvePlace(facts, folder);
    if (fact !== absent && fact.type !== 'directory')
      throw new TaskFailure(`${folder} already exists as a ${fact.type}`);
    return fact === absent;
  });

/** A new folder before its attributes are set. */
const fresh = { mode: '0755', type: 'directory' } as const;

/** Makes a folder and those above it that are missing, all with the same attributes, as Ansible has it. */
export const makeMissingFolders = (
  facts: Facts,
  path: string,
  wanted: WantedAttributes,
  identity: Identity,
): Action[] => {
  const missing = missingFolders(facts, path);
  return missing.length === 0 ? [] : [makeDirectories(missing, resolveAttributes(wanted, fresh), identity)];
};

const recurse = (task: FileTask, facts: Facts, path: string): Action[] => {
  const entries = facts.get(tree(path));
  if (entries === absent) return [];
  return setTreeAttributes(path, entries, (entry) => resolveAttributes(task, entry));
};

const placeOfFolder = (task: FileTask, facts: Facts): Place => {
  const place = (task.follow ? resolvePlace : placeOf)(facts, task.path);
  if (place.fact !== absent && place.fact.type !== 'directory')
    throw new TaskFailure(`${task.path} already exists as a ${place.fact.type}`);
  return place;
};

/** `state: directory`. */
export const planDirectory = (task: FileTask, facts: Facts, { identity }: TaskContext): TaskPlan => {
  const { path, fact } = placeOfFolder(task, facts);
  const result = { path: task.path, state: 'directory' };
  if (fact === absent) return { actions: makeMissingFolders(facts, path, task, identity), result };
  const own = setAttributes(path, fact, resolveAttributes(task, fact));
  return { actions: task.recurse ? [...own, ...recurse(task, facts, path)] : own, result };
};
