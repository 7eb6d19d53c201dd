import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { sh } from '../shell/sh.ts';
import { defaultAddress, systemDetails } from './system-details.ts';

/** What a host says of itself, under Ansible's names (without `ansible_`). */
export type SystemFact = Readonly<Record<string, unknown>>;

/** The fact "what machine is this". */
export const system: FactKey<SystemFact> = { kind: 'system', id: 'system' };

/**
 * Output: `<name>=<value>` lines; `os.` lines are /etc/os-release as it stands, quotes included.
 */
const script = (): Sh => sh`sed -n 's/^\([A-Z_]*=.*\)/os.\1/p' /etc/os-release 2>/dev/null
uname -n -r -m | sed 's/^/uname=/'
printf 'fqdn=%s\n' "$(hostname -f 2>/dev/null || uname -n)"
printf 'debian=%s\n' "$(cat /etc/debian_version 2>/dev/null)"
printf 'architecture=%s\n' "$(dpkg --print-architecture 2>/dev/null)"
printf 'processors=%s\n' "$(nproc 2>/dev/null)"
sed -n 's/^\(MemTotal\|MemFree\|MemAvailable\|SwapTotal\): *\([0-9]*\) kB/mem.\1=\2/p' /proc/meminfo
printf 'init=%s\n' "$(cat /proc/1/comm 2>/dev/null)"
printf 'route4=%s\n' "$(ip -4 -o route get 192.0.2.1 2>/dev/null)"
printf 'user=%s\n' "$(id -un) $(id -u)"
printf 'virtualization=%s\n' "$(systemd-detect-virt 2>/dev/null)"
sed -n 's/^processor[^:]*: */cpu.processor=/p; s/^model name[^:]*: */cpu.model=/p; s/^cpu cores[^:]*: */cpu.cores=/p; s/^siblings[^:]*: */cpu.siblings=/p; s/^physical id[^:]*: */cpu.physical=/p' /proc/cpuinfo 2>/dev/null
sed -n 's/^\(SwapFree\|Buffers\|Cached\): *\([0-9]*\) kB/mem.\1=\2/p' /proc/meminfo
ip -o addr show 2>/dev/null | sed 's/^/addr=/'
ip -o link show 2>/dev/null | sed 's/^/link=/'
ip -6 -o route get 2001:db8::1 2>/dev/null | sed -n '1s/^/route6=/p'
sed -n 's,^\(/[^ ]* .*\),mount=\1,p' /proc/self/mounts 2>/dev/null
df -kP 2>/dev/null | sed -n 's/^/df=/p'
sed -n 's/^nameserver  */dns.nameserver=/p; s/^search  */dns.search=/p; s/^domain  */dns.domain=/p' /etc/resolv.conf 2>/dev/null
printf 'python=%s\n' "$(command -v python3 2>/dev/null) $(python3 -V 2>/dev/null)"
printf 'gid=%s\n' "$(id -g)"
printf 'account=%s\n' "$(getent passwd "$(id -u)" 2>/dev/null)"
printf 'bits=%s\n' "$(getconf LONG_BIT 2>/dev/null)"
printf 'kernel_version=%s\n' "$(uname -v)"
printf 'machine_id=%s\n' "$(cat /etc/machine-id 2>/dev/null)"
printf 'fips=%s\n' "$(cat /proc/sys/crypto/fips_enabled 2>/dev/null)"
printf 'apparmor=%s\n' "$([ -d /sys/kernel/security/apparmor ] && echo enabled)"
printf 'selinux=%s\n' "$(getenforce 2>/dev/null)"
printf 'uptime=%s\n' "$(cat /proc/uptime 2>/dev/null)"
printf 'product=%s\n' "$(cat /sys/class/dmi/id/product_name 2>/dev/null)"
printf 'vendor=%s\n' "$(cat /sys/class/dmi/id/sys_vendor 2>/dev/null)"
printf 'cmdline=%s\n' "$(cat /proc/cmdline 2>/dev/null)"
sed -n 's/^ssh-rsa /hostkey.rsa=/p; s/^ecdsa-[^ ]* /hostkey.ecdsa=/p; s/^ssh-ed25519 /hostkey.ed25519=/p' /etc/ssh/ssh_host_*_key.pub 2>/dev/null
env | sed -n 's/^\([A-Za-z_][A-Za-z_0-9]*=\)/env.\1/p'
date '+date=%s %z %Z %Y-%m-%d %H:%M:%S %A %w %W'`;

const unquote = (text: string): string => text.replace(/^(["'])(.*)\1$/, '$2');

const osFamilies: ReadonlyMap<string, string> = new Map([
  ['debian', 'Debian'],
  ['ubuntu', 'Debian'],
  ['fedora', 'RedHat'],
  ['rhel', 'RedHat'],
]);

const distributionNames: ReadonlyMap<string, string> = new Map([
  ['debian', 'Debian'],
  ['ubuntu', 'Ubuntu'],
  ['fedora', 'Fedora'],
]);

/** Ansible's distribution version: `12.5` on a Debian release, `13` or the release's code name on testing and sid. */
const distributionVersion = (debian: string, versionId: string): string =>
  /^\d/.test(debian) ? debian : versionId;

/** Ansible's `date_time`: when the host was looked at first, by its own clock; the same until the end of the run. */
const dateTime = (text: string): Readonly<Record<string, unknown>> => {
  const [epoch = '', offset = '', zone = '', date = '', time = '', weekday = '', number = '', week = ''] =
    text.split(' ');
  const [year = '', month = '', day = ''] = date.split('-');
  const [hour = '', minute = '', second = ''] = time.split(':');
  // NOTE: no fractions of a second, which not every `date` knows.
  const at = new Date(Number(epoch) * 1000);
  if (Number.isNaN(at.getTime()))
    throw new StrangeOutput(`unexpected time of the system: ${JSON.stringify(text.slice(0, 200))}`);
  const utc = at.toISOString().slice(0, 19);
  return {
    ...{ year, month, day, hour, minute, second, date, time, weekday, epoch, epoch_int: epoch },
    weekday_number: number,
    weeknumber: week,
    tz: zone,
    tz_offset: offset,
    iso8601: `${utc}Z`,
    iso8601_micro: `${utc}.000000Z`,
    iso8601_basic: `${year}${month}${day}T${hour}${minute}${second}000000`,
    iso8601_basic_short: `${year}${month}${day}T${hour}${minute}${second}`,
  };
};

const parse = (output: string): ReadonlyMap<string, Observed<SystemFact>> => {
  const said = new Map(
    output
      .split('\n')
      .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
      .filter(([name]) => name !== ''),
  );
  const text = (name: string): string => unquote(said.get(name) ?? '');
  const id = text('os.ID');
  const [nodename = '', kernel = '', machine = ''] = text('uname').split(' ');
  const megabytes = (name: string): number => Math.floor(Number(text(`mem.${name}`)) / 1024);
  const [, interfaceName] = /\bdev (\S+)/.exec(text('route4')) ?? [];
  const [, address] = /\bsrc (\S+)/.exec(text('route4')) ?? [];
  const version = distributionVersion(id === 'debian' ? text('debian') : '', text('os.VERSION_ID'));
  const [userId = '', uid = '0'] = text('user').split(' ');
  return new Map([
    [
      'system',
      {
        distribution: distributionNames.get(id) ?? id,
        distribution_release: text('os.VERSION_CODENAME'),
        distribution_version: version,
        distribution_major_version: version.split('.')[0] ?? '',
        os_family: osFamilies.get(id) ?? osFamilies.get(text('os.ID_LIKE').split(' ')[0] ?? '') ?? id,
        system: 'Linux',
        kernel,
        machine,
        architecture: machine,
        debian_architecture: text('architecture'),
        nodename,
        hostname: nodename.split('.')[0] ?? '',
        fqdn: text('fqdn'),
        domain: text('fqdn').split('.').slice(1).join('.'),
        processor_vcpus: Number(text('processors')),
        processor_count: Number(text('processors')),
        processor_nproc: Number(text('processors')),
        memtotal_mb: megabytes('MemTotal'),
        memfree_mb: megabytes('MemFree'),
        swaptotal_mb: megabytes('SwapTotal'),
        service_mgr: text('init') === 'systemd' ? 'systemd' : text('init'),
        pkg_mgr: 'apt',
        default_ipv4: defaultAddress(output, text('route4'), address, interfaceName),
        ...systemDetails(output, version),
        user_id: userId,
        user_uid: Number(uid),
        virtualization_type: text('virtualization'),
        date_time: dateTime(text('date')),
      },
    ],
  ]);
};

/** A dozen small processes, and only when a playbook asks for a system fact. */
export const systems: FactKind<SystemFact> = { kind: 'system', script, parse };
