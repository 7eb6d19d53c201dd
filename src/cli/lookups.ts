import { dirname, isAbsolute, join } from 'node:path';
import type { Play, Role } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import type { Lookups } from '../template/scope.ts';

/** Folders of a role or beside a playbook that a file of a kind lies in, after Ansible. */
const subfolders = {
  file: ['files'],
  template: ['templates'],
  find: ['files', 'templates', 'vars', 'tasks'],
} as const;

/**
 * What templates may look up: files of their role, then beside the playbook, each in the folder of their kind first.
 *
 * @returns the same lookups for the same play and role, so that what was rendered with them can be shared
 */
export const createLookups = (
  files: ProjectFiles,
  env: Readonly<Record<string, string | undefined>>,
): ((play: Play, role: Role | undefined) => Lookups) => {
  const known = new Map<string, Lookups>();
  const inFolders = (folders: readonly string[]): Lookups => {
    const find = (kind: keyof typeof subfolders, name: string): string | undefined => {
      const places = folders.flatMap((folder) => [
        ...subfolders[kind].map((sub) => join(folder, sub, name)),
        join(folder, name),
      ]);
      return (isAbsolute(name) ? [name] : places).find((place) => files.kind(place) === 'file');
    };
    const read = (kind: 'file' | 'template') => (name: string) => {
      const path = find(kind, name);
      return path === undefined ? undefined : files.text(path);
    };
    return {
      env: (name) => env[name],
      file: read('file'),
      template: read('template'),
      find: (name) => find('find', name),
    };
  };
  return (play, role) => {
    const folders = [...(role === undefined ? [] : [role.folder]), dirname(play.playbook)];
    const key = folders.join('\0');
    const lookups = known.get(key) ?? inFolders(folders);
    known.set(key, lookups);
    return lookups;
  };
};
