import type { Problems } from '../language/problems.ts';
import type { Variables } from '../model/located.ts';
import type { Span } from '../model/span.ts';

/** A group as it is read; the same group may stand in several places of the file. */
export interface GroupNode {
  readonly name: string;
  readonly span: Span;
  /** By name, with the place where each was first put in. */
  readonly hosts: Map<string, Span>;
  readonly children: Map<string, Span>;
  readonly vars: Variables[];
}

export interface HostNode {
  readonly name: string;
  readonly span: Span;
  readonly vars: Variables[];
}

/** All groups and hosts of an inventory, in the order of the file. Everything is in `all`. */
export class GroupTree {
  readonly groups = new Map<string, GroupNode>();
  readonly hosts = new Map<string, HostNode>();

  group(name: string, span: Span): GroupNode {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const node: GroupNode = { name, span, hosts: new Map(), children: new Map(), vars: [] };
    this.groups.set(name, node);
    return node;
  }

  host(name: string, span: Span): HostNode {
    const known = this.hosts.get(name);
    if (known !== undefined) return known;
    const node: HostNode = { name, span, vars: [] };
    this.hosts.set(name, node);
    return node;
  }

  /** The same, to be added to. */
  copy(): GroupTree {
    const tree = new GroupTree();
    for (const [name, { hosts, children, vars, ...node }] of this.groups)
      tree.groups.set(name, {
        ...node,
        hosts: new Map(hosts),
        children: new Map(children),
        vars: [...vars],
      });
    for (const [name, node] of this.hosts) tree.hosts.set(name, { ...node, vars: [...node.vars] });
    return tree;
  }

  /** Whether a group is the other, or anywhere below it. */
  isWithin(group: string, other: string): boolean {
    const below = new Set([other]);
    for (const name of below)
      for (const child of this.groups.get(name)?.children.keys() ?? []) below.add(child);
    return below.has(group);
  }

  /** Reports groups that are children of their own children. @returns false when there is one */
  checkCycles(problems: Problems): boolean {
    const done = new Set<string>();
    let good = true;
    const visit = (node: GroupNode, path: readonly GroupNode[]): void => {
      const again = path.findIndex(({ name }) => name === node.name);
      if (again !== -1) {
        good = false;
        this.#reportCycle(path.slice(again), problems);
        return;
      }
      if (done.has(node.name)) return;
      for (const child of node.children.keys()) {
        const next = this.groups.get(child);
        if (next !== undefined) visit(next, [...path, node]);
      }
      done.add(node.name);
    };
    for (const node of this.groups.values()) visit(node, []);
    return good;
  }

  #reportCycle(cycle: readonly GroupNode[], problems: Problems): void {
    const edges = cycle.map((group, index) => {
      const child = cycle[(index + 1) % cycle.length] as GroupNode;
      return { group, child, span: group.children.get(child.name) ?? group.span };
    });
    const last = edges.at(-1);
    if (last === undefined) return;
    const names = [...cycle, cycle[0] as GroupNode].map(({ name }) => `"${name}"`).join(' → ');
    problems.error('cyclic-groups', `groups are children of each other: ${names}`, last.span, {
      related: edges.slice(0, -1).map(({ group, child, span }) => ({
        message: `"${child.name}" is a child of "${group.name}" here`,
        span,
      })),
    });
  }

  #childrenOf(name: string): readonly string[] {
    const own = [...(this.groups.get(name)?.children.keys() ?? [])];
    if (name !== 'all') return own;
    const below = new Set([...this.groups.values()].flatMap(({ children }) => [...children.keys()]));
    return [
      'ungrouped',
      ...own,
      ...[...this.groups.keys()].filter((one) => one !== 'all' && !below.has(one)),
    ];
  }

  /** Every host of a group and of those below it: the group's own first, then its children's, then theirs, as Ansible does. */
  hostsOf(name: string): readonly string[] {
    const groups = new Set([name]);
    for (const group of groups) for (const child of this.#childrenOf(group)) groups.add(child);
    return [...new Set([...groups].flatMap((group) => [...(this.groups.get(group)?.hosts.keys() ?? [])]))];
  }

  /** Longest way down from `all`; that one is 0. */
  depths(): ReadonlyMap<string, number> {
    const depths = new Map<string, number>();
    const sink = (name: string, depth: number): void => {
      if ((depths.get(name) ?? -1) >= depth) return;
      depths.set(name, depth);
      for (const child of this.groups.get(name)?.children.keys() ?? []) sink(child, depth + 1);
    };
    sink('all', 0);
    for (const name of this.groups.keys()) if (name !== 'all') sink(name, 1);
    return depths;
  }
}
