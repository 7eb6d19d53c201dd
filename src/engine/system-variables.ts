import type { SystemFact } from '../facts/system.ts';
import type { Observed } from '../model/fact.ts';
import type { Variables } from '../model/located.ts';
import { unknown } from '../model/unknown.ts';
import { variables } from '../template/scope.ts';

/** Why a system fact cannot be told yet; the engine looks for it when it meets this. */
export const systemFactsLater = 'the facts of the host';

/** Names that a play may use without anyone having set them. */
const systemFactNames = [
  'distribution',
  'distribution_release',
  'distribution_version',
  'distribution_major_version',
  'os_family',
  'system',
  'kernel',
  'machine',
  'architecture',
  'debian_architecture',
  'nodename',
  'hostname',
  'fqdn',
  'domain',
  'processor_vcpus',
  'processor_count',
  'processor_nproc',
  'memtotal_mb',
  'memfree_mb',
  'swaptotal_mb',
  'service_mgr',
  'pkg_mgr',
  'default_ipv4',
  'user_id',
  'user_uid',
  'virtualization_type',
  'date_time',
  'interfaces',
  'all_ipv4_addresses',
  'all_ipv6_addresses',
  'default_ipv6',
  'swapfree_mb',
  'memory_mb',
  'processor',
  'processor_cores',
  'processor_threads_per_core',
  'python',
  'python_version',
  'user_gid',
  'user_gecos',
  'user_dir',
  'user_shell',
  'real_user_id',
  'effective_user_id',
  'real_group_id',
  'effective_group_id',
  'mounts',
  'env',
  'dns',
  'lsb',
  'cmdline',
  'proc_cmdline',
  'distribution_file_variety',
  'distribution_file_parsed',
  'distribution_file_path',
  'kernel_version',
  'machine_id',
  'userspace_bits',
  'userspace_architecture',
  'fips',
  'apparmor',
  'selinux',
  'selinux_python_present',
  'uptime_seconds',
  'product_name',
  'system_vendor',
  'virtualization_role',
  'ssh_host_key_rsa_public',
  'ssh_host_key_ecdsa_public',
  'ssh_host_key_ed25519_public',
  'local',
  'gather_subset',
] as const;

/** The same for all hosts, so that what is made of it is. */
const unseenSystem = ((): Variables => {
  const later = unknown(systemFactsLater);
  const names = systemFactNames.map((name) => [`ansible_${name}`, later]);
  return variables('facts', { ansible_facts: later, ...Object.fromEntries(names) });
})();

/** Variables of what a host says of itself, as far as that has been looked at. */
export const systemLayer = (fact: Observed<SystemFact> | undefined): Variables => {
  if (fact === undefined || fact === 'absent' || !(typeof fact === 'object')) return unseenSystem;
  const known = Object.entries(fact as SystemFact);
  return variables('facts', {
    ansible_facts: fact,
    ...Object.fromEntries(known.map(([name, value]) => [`ansible_${name}`, value])),
  });
};

/** Whether the variable is one of those that a host says of itself. */
export const isSystemVariable = (name: string): boolean => Object.hasOwn(unseenSystem.values, name);
