import { basename, dirname, join } from 'node:path';
import type { ProjectFiles } from '../../model/project.ts';

/** What belongs to an Ansible project, by its paths. */
export interface Site {
  readonly root: string;
  readonly playbooks: readonly string[];
  /** Folders. */
  readonly roles: readonly string[];
  readonly inventories: readonly string[];
  /** `ansible.cfg`, where there is one. */
  readonly config: string | undefined;
}

const isYaml = (name: string): boolean => /\.ya?ml$/.test(name);

const below = (folder: string, files: ProjectFiles): readonly string[] =>
  files.list(folder).map((name) => join(folder, name));

/** Its text; undefined where it is none, which whoever reads it for good reports. */
const textOf = (path: string, files: ProjectFiles): string | undefined => {
  if (files.kind(path) !== 'file' || files.isSealed?.(path) === true) return undefined;
  const bytes = files.read(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
};

/** A list whose items have hosts, or import other playbooks; told by its text, so that one with an error in it is one too. */
const isPlaybook = (path: string, files: ProjectFiles): boolean =>
  isYaml(path) &&
  /^(?:- |\s+)(?:hosts|(?:ansible\.builtin\.)?import_playbook)\s*:/m.test(textOf(path, files) ?? '') &&
  /^- /m.test(textOf(path, files) ?? '');

export const isRole = (folder: string, files: ProjectFiles): boolean =>
  files.kind(join(folder, 'tasks')) === 'directory' &&
  (files.list(join(folder, 'tasks')).some(isYaml) || files.kind(join(folder, 'meta')) === 'directory');

const rolesIn = (folder: string, files: ProjectFiles): readonly string[] =>
  below(folder, files).filter((path) => isRole(path, files));

const variableFolders = ['group_vars', 'host_vars'];

const inventoryName =
  /^(?:hosts|inventory|inventories|production|staging|prod|stage|dev|development|testing)(?:[-_.]?\w+)?$/;

/** Says the hosts of a group, or is of the sort that says it is an inventory. A file of variables has such a name too. */
const hasGroups = (path: string, files: ProjectFiles): boolean =>
  /^(?:all|plugin|playbooks)\s*:|(?:^[ \t]+|\{\s*|,\s*)["']?(?:hosts|children)["']?\s*:/m.test(
    textOf(path, files) ?? '',
  );

const looksLikeInventory = (path: string, files: ProjectFiles): boolean => {
  const name = basename(path);
  if (!inventoryName.test(name) || files.kind(path) !== 'file') return false;
  if (isYaml(name) && files.isSealed?.(path) !== true && !hasGroups(path, files)) return false;
  return !isPlaybook(path, files) && !/\.(?:md|txt|j2|sh|cfg)$/.test(name);
};

/** `inventories/production/`, `inventory/hosts.yaml`; a folder of files is one inventory. */
const inFolder = (folder: string, files: ProjectFiles): readonly string[] => {
  const parts = below(folder, files).filter((path) => !variableFolders.includes(basename(path)));
  const folders = parts.filter((path) => files.kind(path) === 'directory');
  if (folders.length > 0 || basename(folder) === 'inventories')
    return [...parts].filter((path) => !/\.md$/.test(path));
  return parts.length === 0 ? [] : [folder];
};

/** Where there are none that ansible.cfg names: those that go by the usual names. */
const findInventories = (root: string, files: ProjectFiles): readonly string[] => [
  ...below(root, files).filter((path) => looksLikeInventory(path, files)),
  ...['inventory', 'inventories']
    .map((name) => join(root, name))
    .filter((path) => files.kind(path) === 'directory')
    .flatMap((path) => inFolder(path, files)),
];

const findPlaybooks = (root: string, files: ProjectFiles): readonly string[] =>
  [root, join(root, 'playbooks')]
    .flatMap((folder) => below(folder, files))
    .filter((path) => files.kind(path) === 'file' && isPlaybook(path, files));

const configIn = (root: string, files: ProjectFiles): string | undefined => {
  const path = join(root, 'ansible.cfg');
  return files.kind(path) === 'file' ? path : undefined;
};

/** The project that a playbook belongs to: the folder above `playbooks/`, else its own. */
const rootOf = (playbook: string): string => {
  const folder = dirname(playbook);
  return basename(folder) === 'playbooks' ? dirname(folder) : folder;
};

/**
 * What there is to read at a path: of a playbook, itself and what stands around it; of a folder, its playbooks, roles and
 * inventories; of a role, the role; of a folder of roles, all of them.
 *
 * @returns undefined where nothing is at the path
 */
export const findSite = (path: string, files: ProjectFiles): Site | undefined => {
  const kind = files.kind(path);
  if (kind === undefined) return undefined;
  if (kind === 'file') {
    const root = rootOf(path);
    return {
      root,
      playbooks: [path],
      roles: [],
      inventories: findInventories(root, files),
      config: configIn(root, files),
    };
  }
  if (isRole(path, files))
    return { root: path, playbooks: [], roles: [path], inventories: [], config: configIn(path, files) };
  const playbooks = findPlaybooks(path, files);
  const inventories = findInventories(path, files);
  const roles = [join(path, 'roles'), join(path, 'playbooks', 'roles')].flatMap((folder) =>
    rolesIn(folder, files),
  );
  return {
    root: path,
    playbooks,
    roles: playbooks.length + roles.length > 0 ? roles : rolesIn(path, files),
    inventories,
    config: configIn(path, files),
  };
};
