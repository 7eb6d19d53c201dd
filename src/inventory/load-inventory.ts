import { dirname, join } from 'node:path';
import { partOf } from '../language/located-tree.ts';
import { Problems } from '../language/problems.ts';
import { parseProjectYaml } from '../language/project-yaml.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Host, Inventory } from '../model/host.ts';
import type { Located, Variables } from '../model/located.ts';
import type { ProjectFiles } from '../model/project.ts';
import type { Span } from '../model/span.ts';
import { variables } from '../template/layers.ts';
import { nearestName } from '../util/nearest-name.ts';
import { GroupTree, type HostNode } from './group-tree.ts';
import { localNames } from './local-names.ts';
import { type RankedVariables, ranked } from './ranked-variables.ts';
import { GroupReader } from './read-groups.ts';
import { VariablesFolder } from './vars-files.ts';

export interface LoadedInventory {
  /** undefined where nothing sensible could be read; present beside other diagnostics. */
  readonly inventory: Inventory | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const topOf = (file: string): Span => ({ file, line: 1, column: 1, offset: 0, length: 0 });

const looksLikeIni = (text: string): boolean => /^\s*(?:[#;].*\n\s*)*\[[\w.:-]+\]\s*$/m.test(text);

/** Text of the inventory. undefined: reported. */
const readText = (path: string, files: ProjectFiles, problems: Problems): string | undefined => {
  const kind = files.kind(path);
  if (kind === 'directory') {
    const inside = files.list(path).filter((name) => /\.ya?ml$/.test(name));
    problems.error('missing-inventory', `the inventory ${path} is a folder`, undefined, {
      hint:
        inside.length === 0
          ? 'name a YAML file'
          : `name a file: ${inside.map((name) => join(path, name)).join(', ')}`,
    });
    return undefined;
  }
  const text = kind === undefined ? undefined : files.text(path);
  if (text === undefined) {
    const near = nearestName(path.slice(path.lastIndexOf('/') + 1), files.list(dirname(path)));
    problems.error('missing-inventory', `there is no inventory ${path}`, undefined, {
      hint:
        near === undefined
          ? 'syn-deploy init makes a small one'
          : `did you mean "${join(dirname(path), near)}"?`,
    });
  }
  return text;
};

const readPlaybooks = (
  part: Located,
  path: string,
  files: ProjectFiles,
  problems: Problems,
): readonly string[] => {
  const { value } = part;
  const list: readonly unknown[] =
    typeof value === 'string' ? [value] : Array.isArray(value) ? value : [undefined];
  return list.flatMap((entry, index) => {
    const span = Array.isArray(value) ? part.at([index]) : part.span;
    if (typeof entry !== 'string' || entry === '') {
      problems.error('bad-value', '"playbooks" wants a list of files', span, {
        hint: 'playbooks: [site.yaml]',
      });
      return [];
    }
    const playbook = entry.startsWith('/') ? entry : join(dirname(path), entry);
    if (files.kind(playbook) !== 'file') {
      const near = nearestName(playbook.slice(playbook.lastIndexOf('/') + 1), files.list(dirname(playbook)));
      problems.error('missing-file', `there is no playbook ${playbook}`, span, {
        hint:
          near === undefined
            ? 'paths are relative to the folder of the inventory'
            : `did you mean "${join(dirname(entry), near)}"?`,
      });
      return [];
    }
    return [playbook];
  });
};

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readTree = (root: Located, path: string, problems: Problems): GroupTree => {
  const tree = new GroupTree();
  tree.group('all', root.span);
  tree.group('ungrouped', topOf(path));
  const reader = new GroupReader(tree, problems, path);
  for (const name of isMapping(root.value) ? Object.keys(root.value) : []) {
    if (name === 'playbooks') continue;
    const span = root.at([name], 'key');
    if (/^(?:hosts|children|vars)$/.test(name)) {
      problems.error('unknown-key', `"${name}" stands below a group, not at the top`, span, {
        hint: `all:\n  ${name}: …`,
      });
      continue;
    }
    const near = nearestName(name, ['playbooks', 'all']);
    const held = partOf(root, [name]);
    if (near !== undefined && (near === 'playbooks' || near === 'all') && !isGroup(held.value)) {
      problems.error('unknown-key', `unknown key "${name}"`, span, { hint: `did you mean "${near}"?` });
      continue;
    }
    reader.read(name, { ...held, span }, held);
  }
  return tree;
};

const isGroup = (value: unknown): boolean =>
  value === null ||
  (isMapping(value) && Object.keys(value).every((key) => /^(?:hosts|children|vars)$/.test(key)));

const priorityOf = (tree: GroupTree, name: string, problems: Problems): number => {
  const layer = tree.groups
    .get(name)
    ?.vars.findLast(({ values }) => Object.hasOwn(values, 'ansible_group_priority'));
  const value = layer?.values['ansible_group_priority'];
  if (value === undefined) return 1;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  problems.error(
    'bad-value',
    '"ansible_group_priority" wants a whole number',
    layer?.place('ansible_group_priority'),
  );
  return 1;
};

/** Names of all groups, weakest first: by depth, then priority, then name. */
const orderGroups = (tree: GroupTree, problems: Problems): readonly string[] => {
  const depths = tree.depths();
  const keyed = [...tree.groups.keys()].map((name) => ({
    name,
    depth: depths.get(name) ?? 1,
    priority: priorityOf(tree, name, problems),
  }));
  return keyed
    .sort((a, b) => a.depth - b.depth || a.priority - b.priority || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
};

const warnOfStrangers = (
  folder: VariablesFolder,
  tree: GroupTree,
  groups: ReadonlySet<string>,
  problems: Problems,
): void => {
  const check = (kind: 'group_vars' | 'host_vars', known: ReadonlySet<string>, what: string): void => {
    for (const { name, path } of folder.names(kind)) {
      const near = known.has(name) ? undefined : nearestName(name, known);
      if (near === undefined) continue;
      problems.warning('unused-variables-file', `${path}: there is no ${what} "${name}"`, topOf(path), {
        hint: `did you mean "${near}"?`,
      });
    }
  };
  check('group_vars', groups, 'group');
  check('host_vars', new Set(tree.hosts.keys()), 'host');
};

/** `ansible_group_priority` orders the groups and is no variable of their hosts, as in Ansible. */
const withoutPriority = (layer: Variables): Variables => {
  const { ansible_group_priority, ...values } = layer.values;
  return ansible_group_priority === undefined ? layer : { ...layer, values };
};

const groupLayers = (tree: GroupTree, folder: VariablesFolder, name: string): readonly RankedVariables[] => {
  const own = tree.groups.get(name)?.vars ?? [];
  const all = name === 'all';
  return [
    ...own.map((layer) => ranked(all ? 'all' : 'groups', withoutPriority(layer))),
    ...folder
      .read('group_vars', name)
      .map((layer) => ranked(all ? 'inventory group_vars/all' : 'inventory group_vars', layer)),
  ];
};

const byRank = (
  layers: readonly RankedVariables[],
  rank: RankedVariables['rank'],
): readonly RankedVariables[] => layers.filter((layer) => layer.rank === rank);

/** The machine that runs syn-deploy: in no group, and yet Ansible gives it the variables of `all`. */
const implicitLocalhosts = (tree: GroupTree): readonly HostNode[] =>
  localNames
    .filter((name) => !tree.hosts.has(name))
    .map((name) => ({
      name,
      span: topOf(''),
      vars: [variables('implicit localhost', { ansible_connection: 'local' })],
    }));

/** Makes hosts with all their variables. */
const hostBuilder = (
  tree: GroupTree,
  folder: VariablesFolder,
  order: readonly string[],
  members: ReadonlyMap<string, readonly string[]>,
): ((node: HostNode) => [name: string, host: Host]) => {
  const groupsOfHost = new Map<string, string[]>();
  for (const group of order.filter((name) => name !== 'all')) {
    for (const host of members.get(group) ?? [])
      groupsOfHost.set(host, [...(groupsOfHost.get(host) ?? []), group]);
  }
  const layersOfGroup = new Map(order.map((name) => [name, groupLayers(tree, folder, name)]));
  return ({ name, vars }) => {
    const groups = groupsOfHost.get(name) ?? [];
    const ofGroups = ['all', ...groups].flatMap((group) => layersOfGroup.get(group) ?? []);
    const layers = [
      ...byRank(ofGroups, 'all'),
      ...byRank(ofGroups, 'groups'),
      ...byRank(ofGroups, 'inventory group_vars/all'),
      ...byRank(ofGroups, 'inventory group_vars'),
      ...vars.map((layer) => ranked('host', layer)),
      ...folder.read('host_vars', name).map((layer) => ranked('inventory host_vars', layer)),
    ];
    return [name, { name, groups, variables: layers }];
  };
};

const build = (
  tree: GroupTree,
  path: string,
  playbooks: readonly string[],
  files: ProjectFiles,
  problems: Problems,
): Inventory => {
  const grouped = new Set(
    [...tree.groups.values()]
      .filter(({ name }) => name !== 'all' && name !== 'ungrouped')
      .flatMap(({ hosts }) => [...hosts.keys()]),
  );
  const ungrouped = tree.group('ungrouped', topOf(path));
  for (const { name, span } of tree.hosts.values()) {
    if (!grouped.has(name)) ungrouped.hosts.set(name, span);
    else ungrouped.hosts.delete(name);
    if (tree.groups.has(name)) {
      problems.warning('same-name', `"${name}" is a host and a group`, span, {
        hint: `the pattern "${name}" means the host, "&${name}" and "!${name}" the group`,
        related: [{ message: 'the group', span: tree.groups.get(name)?.span ?? span }],
      });
    }
  }
  const order = orderGroups(tree, problems);
  const members = new Map([...tree.groups.keys()].map((name) => [name, tree.hostsOf(name)]));
  const folder = new VariablesFolder(dirname(path), files, problems);
  warnOfStrangers(folder, tree, new Set(order), problems);
  const hostOf = hostBuilder(tree, folder, order, members);
  return {
    file: path,
    hosts: new Map([...tree.hosts.values()].map(hostOf)),
    implicit: new Map(implicitLocalhosts(tree).map(hostOf)),
    groups: members,
    playbooks,
  };
};

/**
 * Reads an inventory: the structure of Ansible's YAML inventories plus `playbooks`, and the `group_vars/` and `host_vars/`
 * beside it. Every mistake is a diagnostic; reading goes on after it.
 *
 * @param path  as messages show it
 */
export const loadInventory = (path: string, files: ProjectFiles): LoadedInventory => {
  const problems = new Problems();
  const text = readText(path, files, problems);
  if (text === undefined) return { inventory: undefined, diagnostics: problems.all };
  if (!/\.(?:ya?ml|json)$/.test(path) && looksLikeIni(text)) {
    problems.error('not-yaml', `${path} is an INI inventory; only YAML ones are read`, topOf(path), {
      hint: 'ansible-inventory --list --yaml writes the same as YAML',
    });
    return { inventory: undefined, diagnostics: problems.all };
  }
  const { located: root, diagnostics } = parseProjectYaml(text, path, files);
  for (const diagnostic of diagnostics) problems.add(diagnostic);
  if (root === undefined) return { inventory: undefined, diagnostics: problems.all };
  if (!isMapping(root.value)) {
    problems.error(
      'bad-value',
      root.value === null ? 'the inventory is empty' : 'an inventory is a mapping of groups',
      root.span,
      {
        hint: 'all:\n  hosts:\n    web1: { ansible_host: 192.0.2.10 }',
      },
    );
    return { inventory: undefined, diagnostics: problems.all };
  }
  const playbooks = Object.hasOwn(root.value, 'playbooks')
    ? readPlaybooks(partOf(root, ['playbooks']), path, files, problems)
    : [];
  const tree = readTree(root, path, problems);
  if (!tree.checkCycles(problems)) return { inventory: undefined, diagnostics: problems.all };
  return { inventory: build(tree, path, playbooks, files, problems), diagnostics: problems.all };
};
