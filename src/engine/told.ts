import { isUnknown, type Unknown, unknown } from '../model/unknown.ts';
import { findUnknown, isMapping, mappingOf } from '../template/values.ts';
import type { Dynamic } from './host-variables.ts';
import type { PlannedTask } from './planned.ts';
import type { Position } from './position.ts';
import type { Registered } from './results.ts';

/** A variable that a task has set, and which task. */
export interface SetValue {
  readonly name: string;
  readonly at: Position;
  readonly value: unknown;
}

/** What a task that runs once has come to, for the other hosts of the batch. */
export interface Once {
  /** Variables that it has set. */
  readonly set: Dynamic;
  readonly registered: Registered;
  /** It failed, and the host that ran it goes on in the way of its blocks. */
  readonly failed: PlannedTask | undefined;
}

/** What a host has to tell the others. */
export interface Told {
  readonly values: readonly SetValue[];
  /** Of tasks that run once, by task id. */
  readonly once: ReadonlyMap<string, Once>;
  /** Everything before it is settled: what has not been set there will not be. */
  readonly reached: Position;
  /** In check mode: includes that cannot be opened yet, and why; nobody knows what their tasks set. */
  readonly unopened: readonly { readonly at: Position; readonly because: string }[];
  /** What must not be shown of the values, nor by those who read them. */
  readonly secrets: ReadonlySet<string>;
}

/** A host that has not come to any task. */
export const nothingTold: Told = {
  values: [],
  once: new Map(),
  reached: [],
  unopened: [],
  secrets: new Set(),
};

/** In the order in which they were set. */
export const groupByName = (values: readonly SetValue[]): ReadonlyMap<string, readonly SetValue[]> => {
  const groups = new Map<string, SetValue[]>();
  for (const one of values) {
    const group = groups.get(one.name);
    if (group === undefined) groups.set(one.name, [one]);
    else group.push(one);
  }
  return groups;
};

/** The value with what is not known in it waiting for its task on that host, as others have to be told. */
const tellHost = (value: unknown, host: string): unknown => {
  if (findUnknown(value) === undefined) return value;
  const map = (part: unknown): unknown => {
    if (isUnknown(part)) return unknown(`${(part as Unknown).because} on ${host}`);
    if (Array.isArray(part)) return part.map(map);
    return isMapping(part) ? mappingOf(Object.entries(part).map(([key, held]) => [key, map(held)])) : part;
  };
  return map(value);
};

/** What tasks that run once have come to, as others have to be told of it. */
const tellOnce = (all: ReadonlyMap<string, Once>, host: string): ReadonlyMap<string, Once> =>
  new Map(
    [...all].map(([id, once]) => {
      const set = Object.entries(once.set).map(([name, value]) => [name, tellHost(value, host)] as const);
      return [id, { ...once, set: Object.fromEntries(set) }];
    }),
  );

/** As others have to be told in check mode: what is not known waits for its task on that host. */
export const toldByOther = (told: Told, host: string): Told => ({
  ...told,
  values: told.values.map((one) => ({ ...one, value: tellHost(one.value, host) })),
  once: tellOnce(told.once, host),
});
