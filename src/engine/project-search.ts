import { basename, dirname, isAbsolute, join } from 'node:path';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { ControllerFile, ControllerTree, LocalFile, TreeOptions } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';
import { walkProject } from './walk-project.ts';

/** A task names a file of the project, and nothing is there. */
export class MissingFile extends TaskFailure {}

/** Where a task's file may lie, first match wins. */
const placesOf = (task: Task, playbook: string, name: string, folder: string): readonly string[] => {
  if (isAbsolute(name)) return [name];
  const folders = [task.role?.folder, task.folder, dirname(playbook)].filter((place) => place !== undefined);
  return [...new Set(folders.flatMap((place) => [join(place, folder, name), join(place, name)]))];
};

const find = (files: ProjectFiles, task: Task, playbook: string, name: string, folder: string): string => {
  const places = placesOf(task, playbook, name, folder);
  // What a lookup found is a path from where the command was started.
  const found =
    [...places, name].find((place) => files.kind(place) !== undefined) ??
    // Tasks on this machine make such files, of any name: these are looked for again.
    (isAbsolute(name) && files.again?.(name) !== undefined ? name : undefined);
  if (found === undefined) throw new MissingFile(`no file "${name}"; looked for ${places.join(', ')}`);
  return found;
};

/** What cannot be opened is one task's trouble: others are told of theirs beside it, and the task may be one that may fail. */
const open = (files: ProjectFiles, path: string): Uint8Array | undefined => {
  try {
    return files.read(path);
  } catch (error) {
    const [diagnostic] = error instanceof DiagnosticError ? error.diagnostics : [];
    if (diagnostic === undefined || files.isSealed?.(path) !== true) throw error;
    const { code, message } = diagnostic;
    // Ansible's words, which tests of roles look for.
    const msg = `A vault password or secret must be specified to decrypt ${path}`;
    throw new TaskFailure(`${path}: ${message}`, code === 'no-vault-password' ? { msg } : {}, {
      cause: error,
    });
  }
};

const readFile = (files: ProjectFiles, path: string, decrypt: boolean): ControllerFile => {
  const take = !decrypt && files.stored !== undefined ? files.stored : (from: string) => open(files, from);
  const bytes = files.kind(path) === 'file' ? take(path) : undefined;
  if (bytes === undefined) throw new TaskFailure(`${path} is not a file`);
  return { path, bytes, mode: files.mode(path) };
};

/** Finds each file once: every host asks for the same ones. */
const once = (
  find: (folder: 'files' | 'templates', name: string, decrypt: boolean) => ControllerFile,
): ((name: string, folder: 'files' | 'templates', decrypt?: boolean) => ControllerFile) => {
  const known = new Map<string, ControllerFile>();
  return (name, folder, decrypt = true) => {
    const key = `${decrypt} ${folder}/${name}`;
    const found = known.get(key) ?? find(folder, name, decrypt);
    known.set(key, found);
    return found;
  };
};

/** NOTE: looked at each time, since tasks write such files. */
export const localFile = (files: ProjectFiles, playbook: string, name: string): LocalFile => {
  const path = isAbsolute(name) ? name : join(dirname(playbook), name);
  const kind = files.kind(path);
  return { path, kind, bytes: kind === 'file' ? files.read(path) : undefined };
};

const search = (task: Task, files: ProjectFiles, playbook: string) => ({
  readFile: once(
    (folder: 'files' | 'templates', name, decrypt): ControllerFile =>
      readFile(files, find(files, task, playbook, name, folder), decrypt),
  ),
  readTree: (
    name: string,
    folder: 'files' | 'templates',
    { decrypt = true, follow = true }: TreeOptions = {},
  ): ControllerTree => {
    const root = find(files, task, playbook, name, folder);
    if (files.kind(root) !== 'directory')
      return {
        files: new Map([[basename(root), readFile(files, root, decrypt)]]),
        folders: [],
        links: new Map(),
      };
    const { files: paths, folders, links } = walkProject(files, root, follow);
    return {
      files: new Map([...paths].map(([below, path]) => [below, readFile(files, path, decrypt)])),
      folders,
      links,
    };
  },
});

const searches = memoizeByObject((files: ProjectFiles) =>
  memoizeByObject((task: Task, playbook: string) => search(task, files, playbook)),
);

/** The file look-ups of one task, each made once for a state of the project. */
export const createProjectSearch = (task: Task, files: ProjectFiles, playbook: string) =>
  searches(files)(task, playbook);
