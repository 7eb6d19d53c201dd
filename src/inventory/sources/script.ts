import { locatedAs } from '../../language/module-call.ts';
import type { Problems } from '../../language/problems.ts';
import type { Span } from '../../model/span.ts';
import type { GroupPart } from './part.ts';

/** What an inventory script came to. */
export interface ScriptRun {
  /** null: it could not be started, or was ended by a signal. */
  readonly exitStatus: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: string;
  readonly trouble: string | undefined;
}

/** Runs an executable inventory on this machine. @param path  as messages show it */
export type RunInventoryScript = (path: string, args: readonly string[]) => ScriptRun;

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const namesIn = (value: unknown): Mapping | unknown =>
  Array.isArray(value) ? Object.fromEntries(value.map((name) => [String(name), null])) : value;

/** A script may write less than the structure of YAML inventories has. */
const groupOf = (name: string, said: unknown): unknown => {
  if (!isMapping(said)) return { hosts: namesIn(said) };
  if (!['hosts', 'vars', 'children'].some((key) => Object.hasOwn(said, key)))
    return { hosts: { [name]: null }, vars: said };
  const { hosts, vars, children } = said;
  return {
    ...(hosts !== undefined && { hosts: namesIn(hosts) }),
    ...(vars !== undefined && { vars }),
    ...(children !== undefined && { children: namesIn(children) }),
  };
};

class ScriptReader {
  readonly #path: string;
  readonly #run: RunInventoryScript;
  readonly #problems: Problems;
  readonly #span: Span;

  constructor(path: string, run: RunInventoryScript, problems: Problems) {
    this.#path = path;
    this.#run = run;
    this.#problems = problems;
    this.#span = { file: path, line: 1, column: 1, offset: 0, length: 0 };
  }

  read(): readonly GroupPart[] {
    const said = this.#json(['--list']);
    if (said === undefined) return [];
    const { _meta: meta, ...groups } = said;
    const parts = Object.entries(groups).map(([name, group]) => this.#part(name, groupOf(name, group)));
    return [...parts, ...this.#hosts(parts, meta)];
  }

  #part(group: string, value: unknown): GroupPart {
    return { group, span: this.#span, part: locatedAs(value, this.#span) };
  }

  /** Variables of the hosts in the groups: all at once, or asked for one by one. */
  #hosts(parts: readonly GroupPart[], meta: unknown): readonly GroupPart[] {
    const hostvars = isMapping(meta) && isMapping(meta['hostvars']) ? meta['hostvars'] : undefined;
    const named = parts.flatMap(({ group, part }) => {
      const hosts = (part.value as Mapping)['hosts'];
      return isMapping(hosts) ? Object.keys(hosts).map((host): [string, string] => [host, group]) : [];
    });
    return [...new Map(named.toReversed())].flatMap(([host, group]) => {
      const vars = hostvars === undefined ? this.#json(['--host', host]) : hostvars[host];
      if (vars === undefined || (isMapping(vars) && Object.keys(vars).length === 0)) return [];
      return [this.#part(group, { hosts: { [host]: vars } })];
    });
  }

  #json(args: readonly string[]): Mapping | undefined {
    const { exitStatus, stdout, stderr, trouble } = this.#run(this.#path, args);
    const call = `${this.#path} ${args.join(' ')}`;
    const last = stderr.trim().split('\n').slice(-5).join('\n');
    const hint = last === '' ? undefined : last;
    if (exitStatus !== 0) {
      this.#problems.error(
        'inventory-script-failed',
        `the inventory script failed: ${call}: ${trouble ?? `exit status ${exitStatus}`}`,
        this.#span,
        { hint },
      );
      return undefined;
    }
    const text = new TextDecoder().decode(stdout).trim();
    // Nothing about a host is nothing to say of it.
    if (text === '' && args[0] === '--host') return {};
    try {
      const value: unknown = JSON.parse(text);
      if (isMapping(value)) return value;
      this.#noJson(call, 'a mapping of groups is wanted', text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.#noJson(call, error.message, text);
    }
    return undefined;
  }

  #noJson(call: string, why: string, text: string): void {
    const shown = text === '' ? 'it printed nothing' : `it printed: ${text.slice(0, 200)}`;
    this.#problems.error('inventory-script-failed', `${call} did not print JSON: ${why}`, this.#span, {
      hint: shown,
    });
  }
}

/**
 * What an executable inventory says: the JSON that it prints for `--list`, with the variables of hosts in `_meta`, or for
 * `--host NAME`.
 *
 * @see https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html#inventory-script-conventions
 */
export const readScript = (path: string, run: RunInventoryScript, problems: Problems): readonly GroupPart[] =>
  new ScriptReader(path, run, problems).read();
