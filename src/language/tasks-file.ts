import { posix } from 'node:path';
import type { Entry } from '../model/play.ts';
import { renderPlace, type Span } from '../model/span.ts';
import { findFile, missingHint } from './find-file.ts';
import { readYaml, type Scope } from './scope.ts';

/** Folders where an include's file is looked for: beside the file, in the role (handlers may include its tasks), beside the playbook. */
const foldersOf = ({ folder, role, topics, project }: Scope): readonly string[] => {
  const parts = topics === undefined ? ['tasks', ''] : ['handlers', 'tasks', ''];
  const ofRole = role === undefined ? [] : parts.map((part) => posix.join(role.folder, part));
  return [folder, ...ofRole, project.folder];
};

/** Path of an included file. @returns undefined when there is none; reported at `span` */
export const findTasksFile = (name: string, span: Span, scope: Scope): string | undefined => {
  // What a lookup found is a path from where the command was started.
  const found = findFile(scope.project.files, name, [...foldersOf(scope), '']);
  if (found === undefined)
    scope.problems.error('missing-file', `no file "${name}"`, span, {
      hint: missingHint(scope.project.files, name, foldersOf(scope)),
    });
  return found;
};

/** The list of tasks in a file; nothing for an empty one. */
export const readTasksFile = (path: string, scope: Scope): readonly Entry[] => {
  const root = readYaml(scope.project, scope.problems, path);
  if (root === undefined) return [];
  const within: Scope = { ...scope, folder: posix.dirname(path), chain: [...scope.chain, path] };
  return scope.readEntries(root, within);
};

/**
 * Reads the file that an import names into the place of the import.
 *
 * @param place  of the import; part of the ids of what comes through it
 */
export const importTasks = (path: string, place: Span, scope: Scope): readonly Entry[] => {
  if (scope.chain.includes(path)) {
    const cycle = [...scope.chain.slice(scope.chain.indexOf(path)), path];
    scope.problems.error('import-cycle', `"${path}" imports itself: ${cycle.join(' -> ')}`, place);
    return [];
  }
  return readTasksFile(path, { ...scope, via: [renderPlace(place), ...scope.via] });
};
