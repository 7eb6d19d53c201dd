import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { ProjectFiles } from '../model/project.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Folders where roles are found besides `roles/` beside the playbook, strongest first. */
export interface RolesPath {
  readonly roles: readonly string[];
  /** Folders that have `ansible_collections/` in them. */
  readonly collections: readonly string[];
}

/** The file that Ansible would read its settings from. */
const configOf = (env: Environment, files: ProjectFiles, home: string): string | undefined => {
  const named = env['ANSIBLE_CONFIG'];
  const places = [
    ...(named === undefined ? [] : [named]),
    'ansible.cfg',
    join(home, '.ansible.cfg'),
    '/etc/ansible/ansible.cfg',
  ];
  return places.find((path) => files.kind(path) === 'file');
};

/** A setting of the section `[defaults]`. Nothing else of the file is read. */
const settingOf = (text: string, names: readonly string[]): string | undefined => {
  const section = /^\[defaults\]\s*$([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(text)?.[1] ?? '';
  const line = section.split('\n').find((one) => names.includes(/^\s*(\w+)\s*[=:]/.exec(one)?.[1] ?? ''));
  return line
    ?.replace(/^[^=:]*[=:]/, '')
    .replace(/\s[#;].*$/, '')
    .trim();
};

const foldersOf = (value: string | undefined, from: string, home: string): readonly string[] =>
  (value ?? '')
    .split(':')
    .filter((folder) => folder !== '')
    .map((folder) => folder.replace(/^~(?=\/|$)/, home))
    .map((folder) => (isAbsolute(folder) ? folder : join(from, folder)));

/**
 * Where Ansible finds roles: its environment variables, else its settings file, then the folders that ansible-galaxy installs to.
 *
 * @param home  for `~/`
 */
export const readRolesPath = (
  env: Environment,
  files: ProjectFiles,
  home = env['HOME'] ?? homedir(),
): RolesPath => {
  const config = configOf(env, files, home);
  const text = config === undefined ? '' : (files.text(config) ?? '');
  const beside = config === undefined ? '' : dirname(config);
  const read = (variables: readonly string[], settings: readonly string[]): readonly string[] => {
    const given = variables.map((name) => env[name]).find((value) => value !== undefined);
    return given === undefined
      ? foldersOf(settingOf(text, settings), beside, home)
      : foldersOf(given, '', home);
  };
  // Folders that nobody has named and that are not there are not worth a word in messages.
  const there = (folders: readonly string[]): readonly string[] =>
    folders.filter((folder) => files.kind(folder) === 'directory');
  return {
    roles: [
      ...read(['ANSIBLE_ROLES_PATH'], ['roles_path']),
      ...there([join(home, '.ansible/roles'), '/usr/share/ansible/roles', '/etc/ansible/roles']),
    ],
    collections: [
      ...read(
        ['ANSIBLE_COLLECTIONS_PATH', 'ANSIBLE_COLLECTIONS_PATHS'],
        ['collections_path', 'collections_paths'],
      ),
      ...there([join(home, '.ansible/collections'), '/usr/share/ansible/collections']),
    ],
  };
};
