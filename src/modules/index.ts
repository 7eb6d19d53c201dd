import type { AnyModule, ModuleRegistry } from '../model/module.ts';
import { assert } from './assert.ts';
import { copy } from './copy.ts';
import { debug } from './debug.ts';
import { fail } from './fail.ts';
import { file } from './file.ts';
import { setFact } from './set_fact.ts';
import { stat } from './stat.ts';
import { systemd } from './systemd.ts';
import { systemdDropin } from './systemd_dropin.ts';
import { systemdInstances } from './systemd_instances.ts';
import { systemdUnit } from './systemd_unit.ts';
import { template } from './template.ts';
import { waitFor } from './wait_for.ts';

/** Every module; sorted by name, a line each. */
const all: readonly AnyModule[] = [
  //
  assert,
  copy,
  debug,
  fail,
  file,
  setFact,
  stat,
  systemd,
  systemdDropin,
  systemdInstances,
  systemdUnit,
  template,
  waitFor,
];

/** Task keys that mean a module of another name: `systemd: 'systemd_service'`. */
const otherNames: Readonly<Record<string, string>> = {
  service: 'systemd',
  systemd_service: 'systemd',
};

const byName = new Map(all.map((module) => [module.name, module]));

const named = (name: string): AnyModule => {
  const module = byName.get(name);
  if (module === undefined) throw new Error(`no module is called ${name}`);
  return module;
};

/** Modules by task key. */
export const modules: ModuleRegistry = new Map([
  ...byName,
  ...Object.entries(otherNames).map(([key, name]): [string, AnyModule] => [key, named(name)]),
]);
