import type { AnyModule, ModuleRegistry } from '../model/module.ts';
import { apt } from './apt.ts';
import { aptKey } from './apt_key.ts';
import { aptRepository } from './apt_repository.ts';
import { assert } from './assert.ts';
import { blockinfile } from './blockinfile.ts';
import { command } from './command.ts';
import { configLine } from './config_line.ts';
import { copy } from './copy.ts';
import { deb822Repository } from './deb822_repository.ts';
import { debconf } from './debconf.ts';
import { debug } from './debug.ts';
import { fail } from './fail.ts';
import { file } from './file.ts';
import { getUrl } from './get_url.ts';
import { git } from './git.ts';
import { group } from './group.ts';
import { lineinfile } from './lineinfile.ts';
import { packageModule } from './package.ts';
import { pip } from './pip.ts';
import { postgresqlDb } from './postgresql_db.ts';
import { postgresqlUser } from './postgresql_user.ts';
import { replace } from './replace.ts';
import { setFact } from './set_fact.ts';
import { shell } from './shell.ts';
import { slurp } from './slurp.ts';
import { stat } from './stat.ts';
import { systemd } from './systemd.ts';
import { systemdDropin } from './systemd_dropin.ts';
import { systemdInstances } from './systemd_instances.ts';
import { systemdUnit } from './systemd_unit.ts';
import { template } from './template.ts';
import { unarchive } from './unarchive.ts';
import { uri } from './uri.ts';
import { user } from './user.ts';
import { waitFor } from './wait_for.ts';
import { yamlFile } from './yaml_file.ts';

/** Every module; sorted by name, a line each. */
const all: readonly AnyModule[] = [
  //
  apt,
  aptKey,
  aptRepository,
  assert,
  blockinfile,
  command,
  configLine,
  copy,
  deb822Repository,
  debconf,
  debug,
  fail,
  file,
  getUrl,
  git,
  group,
  lineinfile,
  packageModule,
  pip,
  postgresqlDb,
  postgresqlUser,
  replace,
  setFact,
  shell,
  slurp,
  stat,
  systemd,
  systemdDropin,
  systemdInstances,
  systemdUnit,
  template,
  unarchive,
  uri,
  user,
  waitFor,
  yamlFile,
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
