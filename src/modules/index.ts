import type { AnyModule, ModuleRegistry } from '../model/module.ts';
import { apt } from './apt.ts';
import { assert } from './assert.ts';
import { blockinfile } from './blockinfile.ts';
import { command } from './command.ts';
import { configLine } from './config_line.ts';
import { copy } from './copy.ts';
import { debconf } from './debconf.ts';
import { debug } from './debug.ts';
import { fail } from './fail.ts';
import { fetch } from './fetch.ts';
import { file } from './file.ts';
import { find } from './find.ts';
import { getent } from './getent.ts';
import { group } from './group.ts';
import { lineinfile } from './lineinfile.ts';
import { packageModule } from './package.ts';
import { packageFacts } from './package_facts.ts';
import { pause } from './pause.ts';
import { ping } from './ping.ts';
import { pip } from './pip.ts';
import { postgresqlDb } from './postgresql_db.ts';
import { postgresqlUser } from './postgresql_user.ts';
import { raw } from './raw.ts';
import { reboot } from './reboot.ts';
import { replace } from './replace.ts';
import { script } from './script.ts';
import { serviceFacts } from './service_facts.ts';
import { setFact } from './set_fact.ts';
import { setStats } from './set_stats.ts';
import { setup } from './setup.ts';
import { shell } from './shell.ts';
import { slurp } from './slurp.ts';
import { stat } from './stat.ts';
import { systemd } from './systemd.ts';
import { systemdDropin } from './systemd_dropin.ts';
import { systemdInstances } from './systemd_instances.ts';
import { systemdUnit } from './systemd_unit.ts';
import { tempfile } from './tempfile.ts';
import { template } from './template.ts';
import { user } from './user.ts';
import { validateArgumentSpec } from './validate_argument_spec.ts';
import { waitFor } from './wait_for.ts';
import { waitForConnection } from './wait_for_connection.ts';
import { yamlFile } from './yaml_file.ts';

/** Every module; sorted by name, a line each. */
const all: readonly AnyModule[] = [
  //
  apt,
  assert,
  blockinfile,
  command,
  configLine,
  copy,
  debconf,
  debug,
  fail,
  fetch,
  file,
  find,
  getent,
  group,
  lineinfile,
  packageModule,
  packageFacts,
  pause,
  ping,
  pip,
  postgresqlDb,
  postgresqlUser,
  raw,
  reboot,
  replace,
  script,
  serviceFacts,
  setFact,
  setStats,
  setup,
  shell,
  slurp,
  stat,
  systemd,
  systemdDropin,
  systemdInstances,
  systemdUnit,
  tempfile,
  template,
  user,
  validateArgumentSpec,
  waitFor,
  waitForConnection,
  yamlFile,
];

/** Task keys that mean a module of another name: `systemd: 'systemd_service'`. */
const otherNames: Readonly<Record<string, string>> = {
  gather_facts: 'setup',
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
