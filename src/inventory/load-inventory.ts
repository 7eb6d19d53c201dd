import { dirname } from 'node:path';
import { Problems } from '../language/problems.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Addition, Host, Inventory } from '../model/host.ts';
import type { Variables } from '../model/located.ts';
import type { ProjectFiles } from '../model/project.ts';
import type { Span } from '../model/span.ts';
import { variables } from '../template/layers.ts';
import { nearestName } from '../util/nearest-name.ts';
import { GroupTree, type HostNode } from './group-tree.ts';
import { localNames } from './local-names.ts';
import { type RankedVariables, ranked } from './ranked-variables.ts';
import { GroupReader } from './read-groups.ts';
import { readSources, type Source } from './sources/read-sources.ts';
import type { RunInventoryScript } from './sources/script.ts';
import { VariablesFolder } from './vars-files.ts';

export interface LoadedInventory {
  /** undefined where nothing sensible could be read; present beside other diagnostics. */
  readonly inventory: Inventory | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const topOf = (file: string): Span => ({ file, line: 1, column: 1, offset: 0, length: 0 });

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

/** Adds what tasks have added. A group that is above another is not put below it as well. */
const grow = (tree: GroupTree, additions: readonly Addition[], span: Span): GroupTree => {
  const grown = tree.copy();
  for (const { host, groups, parents, variables: values } of additions) {
    const node = grown.host(host, span);
    if (Object.keys(values).length > 0) node.vars.push(variables('add_host', values));
    for (const name of groups) {
      grown.group(name, span).hosts.set(host, span);
      for (const parent of parents)
        if (!grown.isWithin(parent, name)) grown.group(parent, span).children.set(name, span);
    }
  }
  return grown;
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
  const base = files.kind(path) === 'directory' ? path : dirname(path);
  const folder = new VariablesFolder(base, files, problems);
  warnOfStrangers(folder, tree, new Set(order), problems);
  const hostOf = hostBuilder(tree, folder, order, members);
  return {
    file: path,
    folder: base,
    hosts: new Map([...tree.hosts.values()].map(hostOf)),
    implicit: new Map(implicitLocalhosts(tree).map(hostOf)),
    groups: members,
    playbooks,
    with: (additions) => build(grow(tree, additions, topOf(path)), path, playbooks, files, new Problems()),
  };
};

const readTree = (sources: readonly Source[], path: string, problems: Problems): GroupTree => {
  const tree = new GroupTree();
  tree.group('all', topOf(path));
  tree.group('ungrouped', topOf(path));
  for (const { file, parts } of sources) {
    const reader = new GroupReader(tree, problems, file);
    for (const { group, span, part } of parts) reader.read(group, { ...part, span }, part);
  }
  return tree;
};

/** What an inventory may need besides files. */
export interface InventoryOptions {
  readonly runScript?: RunInventoryScript | undefined;
}

/**
 * Reads an inventory: Ansible's YAML structure plus `playbooks`, INI, a program that prints JSON, or a folder of them; and the
 * `group_vars/` and `host_vars/` beside it (in it, where it is a folder). Every mistake is a diagnostic; reading goes on
 * after it.
 *
 * @param path  as messages show it
 */
export const loadInventory = (
  path: string,
  files: ProjectFiles,
  { runScript }: InventoryOptions = {},
): LoadedInventory => {
  const problems = new Problems();
  const sources = readSources(path, { files, problems, runScript });
  if (sources === undefined) return { inventory: undefined, diagnostics: problems.all };
  const tree = readTree(sources, path, problems);
  if (!tree.checkCycles(problems)) return { inventory: undefined, diagnostics: problems.all };
  const playbooks = sources.flatMap((source) => source.playbooks);
  return { inventory: build(tree, path, playbooks, files, problems), diagnostics: problems.all };
};
