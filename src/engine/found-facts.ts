import type { SystemFact } from '../facts/system.ts';
import type { Observed } from '../model/fact.ts';
import { additionsName } from '../model/host.ts';
import type { TaskPlan } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import { Blocked, type Unknown } from '../model/unknown.ts';
import { isMapping, LazyMapping, type Mapping } from '../template/values.ts';
import { joinAdded } from './additions.ts';
import type { Dynamic } from './host-variables.ts';
import { systemFactsLater } from './system-variables.ts';

/** The variable in which everything that was found out about a host is. */
const everything = 'ansible_facts';

/** The variables that a decision sets; what was found out is there under its name, and in `ansible_facts`. */
export const setBy = ({ setFacts, ansibleFacts }: TaskPlan): Dynamic | undefined =>
  ansibleFacts === undefined ? setFacts : { ...setFacts, ...ansibleFacts, [everything]: ansibleFacts };

/** As `setBy`, of a task that is decided later. */
export const unknownSetBy = (task: Task, later: Unknown): Dynamic => {
  const names = task.module.sets?.(task.args.value) ?? [];
  const values = Object.fromEntries(names.map((name) => [name, later]));
  return names.length === 0 || task.module.name === 'set_fact' ? values : { ...values, [everything]: values };
};

const foundIn = (dynamic: Dynamic): Mapping => {
  const found = dynamic[everything];
  return isMapping(found) ? found : {};
};

/** The variables with more of them; what was found out before stays. */
export const withSet = (dynamic: Dynamic, values: Dynamic): Dynamic => {
  const all: Record<string, unknown> = { ...dynamic, ...values };
  if (Object.hasOwn(values, additionsName))
    all[additionsName] = joinAdded(dynamic[additionsName], values[additionsName]);
  return Object.hasOwn(values, everything)
    ? { ...all, [everything]: { ...foundIn(dynamic), ...foundIn(values) } }
    : all;
};

/**
 * What other hosts are told of it, by name: `ansible_facts` is made on each host of its own.
 *
 * @param dynamic  all that is set by now: of additions to the inventory, those before are told too
 */
export const toldOf = (
  values: Dynamic,
  dynamic: Dynamic = values,
): readonly (readonly [name: string, value: unknown])[] =>
  Object.entries(values)
    .filter(([name]) => name !== everything)
    .map(([name, value]) => [name, name === additionsName ? dynamic[name] : value]);

/** The variables with an `ansible_facts` that has what the system says of itself, too. */
export const withSystemFacts = (dynamic: Dynamic, system: Observed<SystemFact> | undefined): Dynamic => {
  const found = foundIn(dynamic);
  if (Object.keys(found).length === 0) return dynamic;
  if (typeof system === 'object') return { ...dynamic, [everything]: { ...system, ...found } };
  const get = (name: string): unknown => {
    if (Object.hasOwn(found, name)) return found[name];
    throw new Blocked(systemFactsLater);
  };
  return { ...dynamic, [everything]: new LazyMapping(get, () => Object.keys(found)) };
};
