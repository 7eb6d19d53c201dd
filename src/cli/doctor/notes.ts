import { basename, dirname, join, posix, relative } from 'node:path';
import { isMapping } from '../../language/fields.ts';
import { parseYaml } from '../../language/yaml.ts';
import type { ProjectFiles } from '../../model/project.ts';
import { ansibleSettings } from './ansible-settings.ts';
import type { Site } from './find-site.ts';

/** Something of a project that is no playbook, and what becomes of it. */
export interface Note {
  readonly topic: 'python' | 'requirement' | 'setting' | 'secret';
  /** A file, with its line where one is meant. */
  readonly place: string;
  readonly what: string;
  readonly instead: string;
  /** False where nothing has to be done. */
  readonly matters: boolean;
}

/** Folders of Ansible's Python plugins, with what to use instead. */
const pluginFolders: Readonly<Record<string, string>> = {
  library: 'Python modules do not run here: write one in modules/ beside the playbook (docs/own-modules.md)',
  action_plugins: 'write a module in modules/ beside the playbook (docs/own-modules.md)',
  module_utils: 'a module in modules/ imports what it likes (docs/own-modules.md)',
  filter_plugins:
    'filters are those of Jinja2 and Ansible; write the expression out, or a module in modules/',
  test_plugins: 'tests are those of Jinja2 and Ansible; write the expression out',
  lookup_plugins: "lookup('pipe', 'program') prints what a program of your own finds",
  callback_plugins: '-o json, junit and html have what callbacks are written for',
  connection_plugins:
    'connections are ssh and local; ~/.ssh/config with ProxyCommand reaches what is behind others',
  inventory_plugins: 'an inventory may be any program that prints JSON',
  vars_plugins: 'variables come from the inventory, group_vars/, host_vars/ and the playbook',
  strategy_plugins: 'hosts go side by side as they are',
  become_plugins: 'sudo is what is used',
  cache_plugins: 'facts are gathered anew in each run',
};

const pythonIn = (home: string, files: ProjectFiles): readonly Note[] =>
  [home, join(home, 'plugins')].flatMap((folder) =>
    Object.entries(pluginFolders).flatMap(([name, instead]) =>
      files
        .list(join(folder, name))
        .filter((file) => file.endsWith('.py') && file !== '__init__.py')
        .map(
          (file): Note => ({
            topic: 'python',
            place: join(folder, name, file),
            what: `${name.replace('_', ' ').replace(/s$/, '')} "${file.slice(0, -3)}"`,
            instead,
            matters: true,
          }),
        ),
    ),
  );

/** Collections whose names may stand before a module's, and those of this program that come from them. */
const collectionHints: Readonly<Record<string, string>> = {
  'ansible.posix': 'its modules that are here go by their names, with or without the collection before them',
  'community.general':
    'its modules that are here go by their names, with or without the collection before them',
  'community.postgresql':
    'its modules that are here go by their names, with or without the collection before them',
};

const nameOf = (item: unknown): string | undefined => {
  if (typeof item === 'string') return item;
  if (!isMapping(item)) return undefined;
  const name = item['name'] ?? item['src'] ?? item['role'];
  return name === undefined ? undefined : String(name);
};

/** The folder that has the role of a requirement. */
const homeOfRole = (
  name: string,
  item: unknown,
  homes: readonly string[],
  files: ProjectFiles,
): string | undefined => {
  const folder = isMapping(item) && typeof item['name'] === 'string' ? item['name'] : basename(name, '.git');
  return homes.find((roles) => files.kind(join(roles, folder)) === 'directory');
};

const requirementFiles = ['requirements', 'roles/requirements', 'collections/requirements'].flatMap(
  (name) => [`${name}.yml`, `${name}.yaml`],
);

const requirementsIn = (
  path: string,
  { root }: Site,
  rolesPath: readonly string[],
  files: ProjectFiles,
): readonly Note[] => {
  const homes = [join(root, 'roles'), join(root, 'playbooks', 'roles'), ...rolesPath];
  const { located } = parseYaml(files.text(path) ?? '', path);
  if (located === undefined) return [];
  const { value } = located;
  const listOf = (key: string): readonly [unknown, readonly PropertyKey[]][] => {
    const list = Array.isArray(value) && key === 'roles' ? value : isMapping(value) ? value[key] : undefined;
    const above: readonly PropertyKey[] = Array.isArray(value) ? [] : [key];
    return Array.isArray(list) ? list.map((item, index) => [item, [...above, index]]) : [];
  };
  const placeOf = (at: readonly PropertyKey[]): string => `${path}:${located.at(at).line}`;
  const collections = listOf('collections').map(([item, at]): Note => {
    const name = nameOf(item) ?? '?';
    const hint = collectionHints[name];
    return {
      topic: 'requirement',
      place: placeOf(at),
      what: `collection ${name}`,
      instead:
        hint ?? 'collections are not read: its modules that tasks use are among those that are not here',
      matters: false,
    };
  });
  const roles = listOf('roles').map(([item, at]): Note => {
    const name = nameOf(item) ?? '?';
    const home = homeOfRole(name, item, homes, files);
    return {
      topic: 'requirement',
      place: placeOf(at),
      what: `role ${name}`,
      instead:
        home === undefined
          ? `fetch it into roles/ first: ansible-galaxy role install -r ${relative(root, path)} -p roles`
          : `it is in ${relative(root, home)}/, and read from there`,
      matters: home === undefined,
    };
  });
  return [...collections, ...roles];
};

const settingsIn = (path: string, files: ProjectFiles): readonly Note[] => {
  let section = 'defaults';
  return (files.text(path) ?? '').split(/\r?\n/).flatMap((line, index): readonly Note[] => {
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) section = header.trim();
    const setting = /^\s*([A-Za-z_]\w*)\s*[=:]/.exec(line)?.[1];
    if (header !== undefined || setting === undefined) return [];
    const meaning = ansibleSettings.get(`${section}.${setting}`);
    return [
      {
        topic: 'setting',
        place: `${path}:${index + 1}`,
        what: section === 'defaults' ? setting : `${section}.${setting}`,
        instead: meaning?.instead ?? 'not known here, and without effect',
        matters: meaning?.fate === 'differs',
      },
    ];
  });
};

const variableFiles = (folder: string, files: ProjectFiles): readonly string[] =>
  files.list(folder).flatMap((name) => {
    const path = join(folder, name);
    return files.kind(path) === 'directory' ? variableFiles(path, files) : [path];
  });

const startsAsVault = (path: string, files: ProjectFiles): boolean => {
  try {
    return files.isSealed?.(path) === true;
  } catch {
    // What cannot be read is told by those who need it.
    return false;
  }
};

const secretsOf = ({ root, inventories, playbooks, roles }: Site, files: ProjectFiles): readonly Note[] => {
  const homes = [
    root,
    ...inventories.flatMap((path) => [path, dirname(path)]),
    ...playbooks.map((path) => dirname(path)),
  ];
  const folders = homes.flatMap((home) =>
    ['group_vars', 'host_vars', 'vars'].map((name) => join(home, name)),
  );
  const all = [...folders, ...roles.flatMap((role) => [join(role, 'vars'), join(role, 'defaults')])];
  return [...new Set(all.map((folder) => posix.normalize(folder)))]
    .flatMap((folder) => variableFiles(folder, files))
    .filter((path) => startsAsVault(path, files))
    .map((path) => ({
      topic: 'secret',
      place: path,
      what: 'encrypted file',
      instead: 'it is read as it is, with --vault-password-file, --vault-id or -J',
      matters: false,
    }));
};

/**
 * Python, requirements, settings and secrets that belong to a project, each with what becomes of it here.
 *
 * @param rolesPath  folders where roles are found, besides those of the project
 */
export const notesOf = (site: Site, files: ProjectFiles, rolesPath: readonly string[]): readonly Note[] => {
  const { root, playbooks, roles, config } = site;
  const homes = [
    ...new Set([root, ...playbooks.map((path) => dirname(path))].map((path) => posix.normalize(path))),
  ];
  return [
    ...[...homes, ...roles].flatMap((home) => pythonIn(home, files)),
    ...requirementFiles
      .map((name) => join(root, name))
      .filter((path) => files.kind(path) === 'file')
      .flatMap((path) => requirementsIn(path, site, rolesPath, files)),
    ...(config === undefined ? [] : settingsIn(config, files)),
    ...secretsOf(site, files),
  ];
};

/** Files of Python modules that stand in the project, by the names that tasks have for them. */
export const pythonModules = (notes: readonly Note[]): ReadonlyMap<string, string> =>
  new Map(
    notes
      .filter(({ topic, place }) => topic === 'python' && basename(dirname(place)) === 'library')
      .map(({ place }) => [basename(place, '.py'), place]),
  );
