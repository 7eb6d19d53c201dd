import type { AnyModule, ModuleRegistry } from '../model/module.ts';
import { addHost } from './add_host.ts';
import { alternatives } from './alternatives.ts';
import { apt } from './apt.ts';
import { aptKey } from './apt_key.ts';
import { aptRepository } from './apt_repository.ts';
import { assemble } from './assemble.ts';
import { assert } from './assert.ts';
import { asyncStatus } from './async_status.ts';
import { authorizedKey } from './authorized_key.ts';
import { blockinfile } from './blockinfile.ts';
import { command } from './command.ts';
import { configLine } from './config_line.ts';
import { copy } from './copy.ts';
import { cron } from './cron.ts';
import { cronvar } from './cronvar.ts';
import { deb822Repository } from './deb822_repository.ts';
import { debconf } from './debconf.ts';
import { debug } from './debug.ts';
import { dpkgSelections } from './dpkg_selections.ts';
import { fail } from './fail.ts';
import { fetch } from './fetch.ts';
import { file } from './file.ts';
import { find } from './find.ts';
import { getUrl } from './get_url.ts';
import { getent } from './getent.ts';
import { git } from './git.ts';
import { gitConfig } from './git_config.ts';
import { group } from './group.ts';
import { groupBy } from './group_by.ts';
import { hostname } from './hostname.ts';
import { iniFile } from './ini_file.ts';
import { iptables } from './iptables.ts';
import { knownHosts } from './known_hosts.ts';
import { lineinfile } from './lineinfile.ts';
import { localeGen } from './locale_gen.ts';
import { modprobe } from './modprobe.ts';
import { mount } from './mount.ts';
import { mysqlDb } from './mysql_db.ts';
import { mysqlUser } from './mysql_user.ts';
import { packageModule } from './package.ts';
import { packageFacts } from './package_facts.ts';
import { pamLimits } from './pam_limits.ts';
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
import { sudoers } from './sudoers.ts';
import { sysctl } from './sysctl.ts';
import { systemd } from './systemd.ts';
import { systemdDropin } from './systemd_dropin.ts';
import { systemdInstances } from './systemd_instances.ts';
import { systemdUnit } from './systemd_unit.ts';
import { tempfile } from './tempfile.ts';
import { template } from './template.ts';
import { timezone } from './timezone.ts';
import { ufw } from './ufw.ts';
import { unarchive } from './unarchive.ts';
import { uri } from './uri.ts';
import { user } from './user.ts';
import { validateArgumentSpec } from './validate_argument_spec.ts';
import { waitFor } from './wait_for.ts';
import { waitForConnection } from './wait_for_connection.ts';
import { yamlFile } from './yaml_file.ts';

/** Every module; sorted by name, a line each. */
const all: readonly AnyModule[] = [
  //
  addHost,
  alternatives,
  apt,
  aptKey,
  aptRepository,
  assemble,
  assert,
  asyncStatus,
  authorizedKey,
  blockinfile,
  command,
  configLine,
  copy,
  cron,
  cronvar,
  deb822Repository,
  debconf,
  debug,
  dpkgSelections,
  fail,
  fetch,
  file,
  find,
  getent,
  getUrl,
  git,
  gitConfig,
  group,
  groupBy,
  hostname,
  iniFile,
  iptables,
  knownHosts,
  lineinfile,
  localeGen,
  modprobe,
  mount,
  mysqlDb,
  mysqlUser,
  packageFacts,
  packageModule,
  pamLimits,
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
  sudoers,
  sysctl,
  systemd,
  systemdDropin,
  systemdInstances,
  systemdUnit,
  tempfile,
  template,
  timezone,
  ufw,
  unarchive,
  uri,
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
