import { randomUUID } from 'node:crypto';
import { dirname, isAbsolute, join } from 'node:path';
import { nearestFile } from '../language/find-file.ts';
import type { Play, Role } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import { Blocked } from '../model/unknown.ts';
import type { PasswordRequest } from '../template/lookups.ts';
import { OperationProblem } from '../template/operation-problem.ts';
import type { Lookups } from '../template/scope.ts';
import { runHere } from '../transport/run-here.ts';
import { secretsInText } from '../util/secrets-in-text.ts';
import { keepPassword, newPassword } from '../workspace/kept-password.ts';
import { globFiles, treeOf } from './find-files.ts';

/** Folders of a role or beside a playbook that a file of a kind lies in, after Ansible. */
const subfolders = {
  file: ['files'],
  template: ['templates'],
  find: ['files', 'templates', 'vars', 'tasks'],
  tree: ['filetree', 'files'],
} as const;

/** What lookups may do on the machine that runs syn-deploy. */
export interface LookupOptions {
  /** `offline`: commands that contact nobody run none either; only `apply` writes passwords. */
  readonly mode: 'apply' | 'check' | 'offline';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What is not done again: a command run, a password read or made. */
const once = <T>(make: (key: string) => T): ((key: string) => T) => {
  const known = new Map<string, { readonly value: T }>();
  return (key) => {
    const found = known.get(key) ?? { value: make(key) };
    known.set(key, found);
    return found.value;
  };
};

/**
 * NOTE: Ansible runs the command each time. Here texts are rendered for every look and proof: an answer that changed in
 * between would never be as wanted.
 */
const createPipe = (env: Environment, { mode }: LookupOptions, folder: string) =>
  once((command) => {
    if (mode === 'offline') throw new Blocked(`the output of the command "${command}" on this machine`);
    const { exitStatus, stdout, stderr, trouble } = runHere('/bin/sh', ['-c', command], { folder, env });
    if (exitStatus === 0) return new TextDecoder().decode(stdout);
    const said = stderr.trim() === '' ? '' : `: ${stderr.trim().slice(-500)}`;
    throw new OperationProblem(
      `lookup('pipe'): "${command}" ${trouble ?? `ended with status ${exitStatus}`}${said}`,
    );
  });

/** What Ansible writes behind a password: the salt of its hash, and what kind of hash it is. */
const withoutSalt = (text: string): string => text.trim().replace(/ salt=.*$/, '');

const createPassword = (files: ProjectFiles, { mode }: LookupOptions, folder: string) => {
  const made = new Map<string, string>();
  const make = ({ path, length, characters }: PasswordRequest, place: string): string => {
    if (mode === 'offline') throw new Blocked(`the password that an apply makes and keeps in ${path}`);
    const password = newPassword(length, characters);
    // What a check plans with is forgotten: to make the file is to change something.
    if (mode === 'check') return password;
    try {
      keepPassword(place, password);
    } catch (error) {
      throw new OperationProblem(`lookup('password'): cannot write ${place}: ${(error as Error).message}`);
    }
    return password;
  };
  const fleeting = new Map<string, string>();
  /** Of a password that is kept in no file. */
  const another = (purpose: string, { length, characters }: PasswordRequest): string => {
    const key = JSON.stringify([purpose, length, characters]);
    const password = fleeting.get(key) ?? newPassword(length, characters);
    fleeting.set(key, password);
    files.secrets?.hide(password);
    return password;
  };
  return (request: PasswordRequest): string => {
    if (request.fleeting !== undefined) return another(request.fleeting, request);
    const place = isAbsolute(request.path) ? request.path : join(folder, request.path);
    const stored = made.has(place) ? undefined : files.text(place);
    const password = made.get(place) ?? (stored === undefined ? make(request, place) : withoutSalt(stored));
    if (password === '') throw new OperationProblem(`lookup('password'): ${place} is empty`);
    made.set(place, password);
    files.secrets?.hide(password);
    return password;
  };
};

/**
 * What templates may look up: files of their role, then beside the playbook, each in the folder of their kind first; what
 * commands print here, in the folder of the playbook.
 *
 * @returns the same lookups for the same play and role, so that what was rendered with them can be shared
 */
export const createLookups = (
  files: ProjectFiles,
  env: Environment,
  options: LookupOptions = { mode: 'offline' },
): ((play: Play, role: Role | undefined) => Lookups) => {
  const known = new Map<string, Lookups>();
  // NOTE: Ansible looks at the clock each time. Here texts are rendered for every look and proof, as for `pipe`.
  const begun = new Date();
  const chance = randomUUID();
  const ofPlaybook = once((folder) => ({
    pipe: createPipe(env, options, folder),
    password: createPassword(files, options, folder),
  }));
  const inFolders = (folders: readonly string[], playbookFolder: string, isTruthy: boolean): Lookups => {
    const homesOf = (kind: keyof typeof subfolders): readonly string[] =>
      folders.flatMap((folder) => [...subfolders[kind].map((sub) => join(folder, sub)), folder]);
    const placesOf = (kind: keyof typeof subfolders, name: string): readonly string[] => {
      if (isAbsolute(name)) return [name];
      return homesOf(kind).map((home) => join(home, name));
    };
    // What `first_found` or `fileglob` found is a path from where the command was started.
    const find = (kind: keyof typeof subfolders, name: string): string | undefined =>
      [...placesOf(kind, name), name].find((place) => files.kind(place) === 'file');
    const read = (kind: 'file' | 'template') => (name: string) => {
      const path = find(kind, name);
      const text = path === undefined ? undefined : files.text(path);
      if (path !== undefined && text !== undefined && files.isSealed?.(path) === true)
        for (const secret of secretsInText(text)) files.secrets?.hide(secret);
      return text;
    };
    return {
      env: (name) => env[name],
      file: read('file'),
      template: read('template'),
      find: (name) => placesOf('find', name).find((place) => files.kind(place) === 'file'),
      kind: (path) => files.kind(path),
      glob: (pattern) => globFiles(placesOf('file', pattern), files),
      tree: (name) => treeOf(placesOf('tree', name), files),
      nearest: (kind, name) => nearestFile(files, name, homesOf(kind)),
      now: () => begun,
      // NOTE: for those who write as for Ansible: what is another value in each run is never as wanted.
      chance: isTruthy ? () => chance : undefined,
      ...ofPlaybook(playbookFolder),
    };
  };
  return (play, role) => {
    const playbookFolder = dirname(play.playbook);
    const folders = [...(role === undefined ? [] : [role.folder]), playbookFolder];
    const isTruthy = role?.truthy ?? play.truthy;
    const key = [isTruthy, ...folders].join('\0');
    const lookups = known.get(key) ?? inFolders(folders, playbookFolder, isTruthy);
    known.set(key, lookups);
    return lookups;
  };
};
