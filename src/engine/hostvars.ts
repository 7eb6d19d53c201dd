import type { Variables } from '../model/located.ts';
import { changingMapping, variables } from '../template/scope.ts';
import { LazyMapping } from '../template/values.ts';
import type { HostResults } from './host-results.ts';
import type { Dynamic } from './host-variables.ts';
import type { Position } from './position.ts';
import { isSystemVariable } from './system-variables.ts';

/** Variables that a host has read from files of the project in the course of its tasks. */
export interface Included {
  readonly names: ReadonlySet<string>;
  /** @throws Blocked, TemplateError */
  get(name: string): unknown;
}

/** Who reads the variables of other hosts, and where in the playbook. */
export interface Reader {
  readonly host: string;
  readonly at: Position;
  /** What its own tasks have set so far, and what it knows of itself. */
  own(): Dynamic;
  /** What its include_vars have read so far, rendered; that is weaker. Undefined: nothing. */
  readonly included?: Included | undefined;
  /** Told of every value that must never be shown. */
  hide(secret: string): void;
}

const has = (values: Readonly<Record<string, unknown>>, name: string): boolean => Object.hasOwn(values, name);

/** Variables of one other host: strongest first, `-e`, what its tasks have set, its facts, and those of the inventory. */
const othersVariables = (
  host: string,
  inventory: LazyMapping,
  results: HostResults,
  extra: Variables,
  reader: Reader,
): LazyMapping => {
  const isFixed = (name: string): boolean => has(extra.values, name);
  return changingMapping(
    (name) => {
      if (isFixed(name)) return inventory.get(name);
      const isOfSystem = isSystemVariable(name);
      const hasOther = (): boolean => isOfSystem || inventory.get(name) !== undefined;
      const set = results.read(host, name, reader.at, hasOther);
      if (set === undefined)
        return (
          (isOfSystem ? results.facts.read(host, name, results.playAt(reader.at)) : undefined) ??
          inventory.get(name)
        );
      for (const secrets of results.secretsOf(host)) secrets.forEach(reader.hide);
      return set;
    },
    () => new Set([...inventory.keys(), ...results.namesOf(host)]),
    (name) => results.explain(host, name, reader.at),
  );
};

const ownVariables = (inventory: LazyMapping, extra: Variables, reader: Reader): LazyMapping => {
  const own = reader.own();
  const { names = new Set<string>(), get = () => undefined } = reader.included ?? {};
  return changingMapping(
    (name) => {
      if (has(extra.values, name)) return inventory.get(name);
      if (has(own, name)) return own[name];
      return names.has(name) ? get(name) : inventory.get(name);
    },
    () => new Set([...inventory.keys(), ...names, ...Object.keys(own)]),
    () => undefined,
  );
};

/**
 * The variable `hostvars` as a task sees it.
 *
 * @param inventory  `hostvars` with the variables of the inventory alone
 */
export const hostvarsLayer = (
  inventory: LazyMapping,
  results: HostResults,
  extra: Variables,
  reader: Reader,
): Variables => {
  const made = new Map<string, LazyMapping>();
  const ofHost = (host: string): unknown => {
    const known = inventory.get(host);
    if (!(known instanceof LazyMapping)) return known;
    const mapping =
      made.get(host) ??
      (host === reader.host
        ? ownVariables(known, extra, reader)
        : othersVariables(host, known, results, extra, reader));
    made.set(host, mapping);
    return mapping;
  };
  const hostvars = changingMapping(ofHost, inventory.keys, () => undefined);
  return variables('magic', { hostvars });
};
