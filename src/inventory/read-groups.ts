import { partOf } from '../language/located-tree.ts';
import type { Problems } from '../language/problems.ts';
import { readVariables } from '../language/variables.ts';
import type { Located, Variables } from '../model/located.ts';
import type { Span } from '../model/span.ts';
import { nearestName } from '../util/nearest-name.ts';
import { checkConnectionVariables } from './connection-variables.ts';
import type { GroupNode, GroupTree } from './group-tree.ts';
import { expandRange, RangeProblem } from './host-range.ts';

const groupKeys = ['hosts', 'vars', 'children'];

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const keysOf = ({ value }: Located): readonly string[] => (isMapping(value) ? Object.keys(value) : []);

/** A mapping or nothing; everything else is reported. */
const wantMapping = (part: Located, what: string, hint: string, problems: Problems): boolean => {
  if (part.value === null || part.value === undefined) return false;
  if (isMapping(part.value)) return true;
  problems.error('bad-value', `${what} wants a mapping`, part.span, { hint });
  return false;
};

/** A single name may stand without a colon, as in Ansible: `hosts: web1`. */
const wordAsMapping = (part: Located): Located =>
  typeof part.value === 'string'
    ? { value: { [part.value]: null }, span: part.span, at: () => part.span, sourceAt: () => undefined }
    : part;

/** Reads the groups of an inventory into a tree, and reports what is no group. */
export class GroupReader {
  readonly #tree: GroupTree;
  readonly #problems: Problems;
  readonly #file: string;

  constructor(tree: GroupTree, problems: Problems, file: string) {
    this.#tree = tree;
    this.#problems = problems;
    this.#file = file;
  }

  read(name: string, keyPlace: Located, part: Located): void {
    const span = keyPlace.span;
    if (!/^[A-Za-z0-9_.-]+$/.test(name)) {
      this.#problems.error('bad-group-name', `"${name}" cannot be the name of a group`, span, {
        hint: 'letters, digits, "_", "-" and "."; the other signs have a meaning in host patterns',
      });
    }
    const group = this.#tree.group(name, span);
    const hint = `a group takes: ${groupKeys.join(', ')}`;
    if (!wantMapping(part, `the group "${name}"`, hint, this.#problems)) return;
    for (const key of keysOf(part)) this.#key(group, key, part, hint);
  }

  #key(group: GroupNode, key: string, part: Located, hint: string): void {
    const held = partOf(part, [key]);
    if (key === 'vars') {
      group.vars.push(this.#variables(held, `vars of the group "${group.name}" in ${this.#file}`));
    } else if (key === 'hosts') {
      this.#hosts(group, wordAsMapping(held));
    } else if (key === 'children') {
      this.#children(group, wordAsMapping(held));
    } else {
      const near = nearestName(key, groupKeys);
      this.#problems.error(
        'unknown-key',
        `unknown key "${key}" in the group "${group.name}"`,
        part.at([key], 'key'),
        {
          hint:
            near === undefined
              ? `${hint}; variables belong below "vars", groups below "children"`
              : `did you mean "${near}"? ${hint}`,
        },
      );
    }
  }

  #variables(part: Located, origin: string): Variables {
    checkConnectionVariables(part, this.#problems);
    const read = readVariables(part, origin, this.#problems);
    return { ...read, at: (path) => part.at(path) };
  }

  #hosts(group: GroupNode, part: Located): void {
    const example = 'a name a line, each with a colon behind it: "web1:"';
    if (!wantMapping(part, '"hosts"', example, this.#problems)) return;
    for (const key of keysOf(part)) {
      const span = part.at([key], 'key');
      const held = partOf(part, [key]);
      const mapping = wantMapping(
        held,
        `the host "${key}"`,
        'variables of the host: { ansible_host: 192.0.2.1 }',
        this.#problems,
      );
      const own = mapping ? [this.#variables(held, `the host "${key}" in ${this.#file}`)] : [];
      const { names, port } = this.#names(key, part);
      for (const name of names) {
        if (port !== undefined) this.#port(name, port, key, span);
        this.#tree.host(name, span).vars.push(...own);
        if (!group.hosts.has(name)) group.hosts.set(name, span);
      }
    }
  }

  /** A port behind a name is heard where the host is named first, as in Ansible. */
  #port(name: string, port: number, key: string, span: Span): void {
    const known = this.#tree.hosts.get(name);
    if (known === undefined) {
      const origin = `the host "${key}"`;
      this.#tree.host(name, span).vars.push({ values: { ansible_port: port }, place: () => span, origin });
      return;
    }
    const ports = known.vars.map(({ values }) => values['ansible_port']);
    if (ports.includes(port)) return;
    this.#problems.warning('variable-without-effect', `the port of "${key}" has no effect`, span, {
      hint: 'a port stands where the host is named first; elsewhere: { ansible_port: … }',
      related: [{ message: `"${name}" is named here first`, span: known.span }],
    });
  }

  /** `web[1:3]:2222` is three names and a port. */
  #names(key: string, part: Located): { names: readonly string[]; port: number | undefined } {
    const span = part.at([key], 'key');
    const withPort = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+(?:\[[^\]]*\][^:[\]]*)*):(\d+)$/.exec(key);
    const name = withPort?.[1] ?? key;
    try {
      const names = expandRange(
        /^\[[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\]$/.test(name) ? name.slice(1, -1) : name,
      );
      const wrong = names.find((one) => !/^[\w.:%-]+$/u.test(one) || one.startsWith('-'));
      if (wrong === undefined) return { names, port: withPort === null ? undefined : Number(withPort[2]) };
      this.#problems.error('bad-host-name', `"${wrong}" cannot be the name of a host`, span, {
        hint: 'letters, digits, ".", "-" and "_"; a range is web[01:10]',
      });
    } catch (error) {
      if (!(error instanceof RangeProblem)) throw error;
      this.#problems.error('bad-host-range', error.message, span);
    }
    return { names: [], port: undefined };
  }

  #children(group: GroupNode, part: Located): void {
    const example = 'a group a line, each with a colon behind it: "web:"';
    if (!wantMapping(part, '"children"', example, this.#problems)) return;
    for (const name of keysOf(part)) {
      const span = part.at([name], 'key');
      if (name === 'all') {
        this.#problems.error('cyclic-groups', '"all" cannot be a child: every group is below it', span);
        continue;
      }
      if (!group.children.has(name)) group.children.set(name, span);
      const held = partOf(part, [name]);
      this.read(name, { ...held, span }, held);
    }
  }
}
