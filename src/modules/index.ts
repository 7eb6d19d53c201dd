import type { AnyModule, ModuleRegistry } from '../model/module.ts';
import { alternatives } from './alternatives.ts';
import { apt } from './apt.ts';
import { assemble } from './assemble.ts';
import { assert } from './assert.ts';
import { authorizedKey } from './authorized_key.ts';
import { blockinfile } from './blockinfile.ts';
import { command } from './command.ts';
import { configLine } from './config_line.ts';
import { copy } from './copy.ts';
import { cron } from './cron.ts';
import { cronvar } from './cronvar.ts';
import { debconf } from './debconf.ts';
import { debug } from './debug.ts';
import { dpkgSelections } from './dpkg_selections.ts';
import { fail } from './fail.ts';
import { file } from './file.ts';
import { gitConfig } from './git_config.ts';
import { group } from './group.ts';
import { hostname } from './hostname.ts';
import { iniFile } from './ini_file.ts';
import { iptables } from './iptables.ts';
import { knownHosts } from './known_hosts.ts';
import { lineinfile } from './lineinfile.ts';
import { localeGen } from './locale_gen.ts';
import { modprobe } from './modprobe.ts';
import { mount } from './mount.ts';
import { packageModule } from './package.ts';
import { pamLimits } from './pam_limits.ts';
import { pip } from './pip.ts';
import { postgresqlDb } from './postgresql_db.ts';
import { postgresqlUser } from './postgresql_user.ts';
import { replace } from './replace.ts';
import { setFact } from './set_fact.ts';
import { shell } from './shell.ts';
import { slurp } from './slurp.ts';
import { stat } from './stat.ts';
import { sudoers } from './sudoers.ts';
import { sysctl } from './sysctl.ts';
import { systemd } from './systemd.ts';
import { systemdDropin } from './systemd_dropin.ts';
import { systemdInstances } from './systemd_instances.ts';
import { systemdUnit } from './systemd_unit.ts';
import { template } from './template.ts';
import { timezone } from './timezone.ts';
import { ufw } from './ufw.ts';
import { user } from './user.ts';
import { waitFor } from './wait_for.ts';
import { yamlFile } from './yaml_file.ts';

/** Every module; sorted by name, a line each. */
const all: readonly AnyModule[] = [
  //
  alternatives,
  apt,
  assemble,
  assert,
  authorizedKey,
  blockinfile,
  command,
  configLine,
  copy,
  cron,
  cronvar,
  debconf,
  debug,
  dpkgSelections,
  fail,
  file,
  gitConfig,
  group,
  hostname,
  iniFile,
  iptables,
  knownHosts,
  lineinfile,
  localeGen,
  modprobe,
  mount,
  packageModule,
  pamLimits,
  pip,
  postgresqlDb,
  postgresqlUser,
  replace,
  setFact,
  shell,
  slurp,
  stat,
  sudoers,
  sysctl,
  systemd,
  systemdDropin,
  systemdInstances,
  systemdUnit,
  template,
  timezone,
  ufw,
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
