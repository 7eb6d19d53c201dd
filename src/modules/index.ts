import type { AnyModule, ModuleRegistry } from '../model/module.ts';

/** Every module; sorted by name, a line each. */
const all: readonly AnyModule[] = [
  //
];

/** Task keys that mean a module of another name: `systemd: 'systemd_service'`. */
const otherNames: Readonly<Record<string, string>> = {};

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
