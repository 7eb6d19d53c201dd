/** What the script of the fact `system` prints more than once, or in rows: values by name, in order. */
const valuesOf = (output: string, name: string): readonly string[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith(`${name}=`))
    .map((line) => line.slice(name.length + 1));

const textOf = (output: string, name: string): string => valuesOf(output, name)[0] ?? '';

/** An address as `ip -o addr` shows it: `2: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0 …`. */
interface Address {
  readonly device: string;
  readonly family: string;
  readonly address: string;
  readonly prefix: number;
  readonly broadcast: string;
  readonly scope: string;
}

const addressesOf = (output: string): readonly Address[] =>
  valuesOf(output, 'addr').flatMap((line) => {
    const match = /^\d+:\s+(\S+?)(?:@\S+)?\s+(inet6?)\s+([^\s/]+)(?:\/(\d+))?/.exec(line);
    if (match === null) return [];
    const [, device = '', family = '', address = '', prefix = '32'] = match;
    const broadcast = /\bbrd (\S+)/.exec(line)?.[1] ?? '';
    const scope = /\bscope (\S+)/.exec(line)?.[1] ?? '';
    return [{ device, family, address, prefix: Number(prefix), broadcast, scope }];
  });

/** `2: eth0@if9: <BROADCAST,UP> mtu 1500 …\    link/ether 02:42:… brd …`. */
const linksOf = (
  output: string,
): ReadonlyMap<string, { readonly mtu: number; readonly macaddress: string; readonly type: string }> =>
  new Map(
    valuesOf(output, 'link').flatMap((line) => {
      const device = /^\d+:\s+([^:@\s]+)/.exec(line)?.[1];
      const [, type = '', macaddress = ''] = /link\/(\S+)\s+([\da-f:]+)?/.exec(line) ?? [];
      const mtu = Number(/\bmtu (\d+)/.exec(line)?.[1] ?? 0);
      return device === undefined
        ? []
        : [[device, { mtu, macaddress, type: type === 'ether' ? 'ether' : type }] as const];
    }),
  );

const quad = (bits: number): string => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');

const bitsOf = (address: string): number =>
  address.split('.').reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0);

const maskOf = (prefix: number): number => (prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0);

const viaOf = (route: string): string | undefined => /\bvia (\S+)/.exec(route)?.[1];

/** `default_ipv4`: the address that others are reached from. */
export const defaultAddress = (
  output: string,
  route: string,
  address: string | undefined,
  device: string | undefined,
): Readonly<Record<string, unknown>> => {
  if (address === undefined) return {};
  const own = addressesOf(output).find((one) => one.address === address);
  const link = linksOf(output).get(device ?? '');
  const gateway = viaOf(route);
  const mask = maskOf(own?.prefix ?? 32);
  return {
    address,
    interface: device,
    ...(gateway === undefined ? {} : { gateway }),
    ...(own === undefined
      ? {}
      : {
          broadcast: own.broadcast,
          netmask: quad(mask),
          network: quad((bitsOf(address) & mask) >>> 0),
          prefix: String(own.prefix),
        }),
    ...link,
    alias: device,
  };
};

const defaultAddress6 = (output: string): Readonly<Record<string, unknown>> => {
  const route = textOf(output, 'route6');
  const [, device] = /\bdev (\S+)/.exec(route) ?? [];
  const [, address] = /\bsrc (\S+)/.exec(route) ?? [];
  const own = addressesOf(output).find((one) => one.address === address);
  if (address === undefined || own === undefined) return {};
  const gateway = viaOf(route);
  return {
    address,
    interface: device,
    ...(gateway === undefined ? {} : { gateway }),
    prefix: String(own.prefix),
    scope: own.scope,
    ...linksOf(output).get(device ?? ''),
  };
};

const networkOf = (output: string): Readonly<Record<string, unknown>> => {
  const addresses = addressesOf(output).filter(({ device }) => device !== 'lo');
  const of = (family: string): readonly string[] =>
    addresses.filter((one) => one.family === family).map(({ address }) => address);
  return {
    interfaces: [...linksOf(output).keys()],
    all_ipv4_addresses: of('inet'),
    all_ipv6_addresses: of('inet6'),
    default_ipv6: defaultAddress6(output),
  };
};

const mountsOf = (output: string): readonly Readonly<Record<string, unknown>>[] => {
  const sizes = new Map(
    valuesOf(output, 'df').map((line) => {
      const parts = line.trim().split(/\s+/);
      return [
        parts.slice(5).join(' '),
        { total: Number(parts[1]) * 1024, available: Number(parts[3]) * 1024 },
      ] as const;
    }),
  );
  return valuesOf(output, 'mount').map((line) => {
    const [device = '', mount = '', fstype = '', options = ''] = line
      .split(' ')
      .map((part) => part.replaceAll('\\040', ' '));
    const size = sizes.get(mount);
    return {
      device,
      mount,
      fstype,
      options,
      ...(size === undefined ? {} : { size_total: size.total, size_available: size.available }),
    };
  });
};

const memoryOf = (output: string): Readonly<Record<string, unknown>> => {
  const megabytes = (name: string): number => Math.floor(Number(textOf(output, `mem.${name}`)) / 1024);
  const [total, free] = [megabytes('MemTotal'), megabytes('MemFree')];
  const [swap, swapFree] = [megabytes('SwapTotal'), megabytes('SwapFree')];
  const cached = megabytes('Buffers') + megabytes('Cached');
  return {
    swapfree_mb: swapFree,
    memory_mb: {
      real: { total, free, used: total - free },
      nocache: { free: free + cached, used: total - free - cached },
      swap: { total: swap, free: swapFree, used: swap - swapFree, cached: 0 },
    },
  };
};

const processorOf = (output: string): Readonly<Record<string, unknown>> => {
  const models = valuesOf(output, 'cpu.model');
  const ids = valuesOf(output, 'cpu.processor');
  const cores = Number(textOf(output, 'cpu.cores') || 1);
  const siblings = Number(textOf(output, 'cpu.siblings') || cores);
  return {
    processor: ids.flatMap((id, index) => [id, ...(models[index] === undefined ? [] : [models[index]])]),
    processor_cores: cores,
    processor_threads_per_core: Math.max(1, Math.floor(siblings / cores)),
  };
};

const pythonOf = (output: string): Readonly<Record<string, unknown>> => {
  const [, executable = '', version = ''] = /^(\S*) Python (\S+)/.exec(textOf(output, 'python')) ?? [];
  if (version === '') return { python: {}, python_version: '' };
  const [major = 0, minor = 0, micro = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return {
    python: {
      executable,
      type: 'cpython',
      version: { major, minor, micro, releaselevel: 'final', serial: 0 },
    },
    python_version: version,
  };
};

const accountOf = (output: string): Readonly<Record<string, unknown>> => {
  const [, , uid = '0', , gecos = '', dir = '', shell = ''] = textOf(output, 'account').split(':');
  const gid = Number(textOf(output, 'gid') || 0);
  return {
    user_gid: gid,
    user_gecos: gecos,
    user_dir: dir,
    user_shell: shell,
    real_user_id: Number(uid),
    effective_user_id: Number(uid),
    real_group_id: gid,
    effective_group_id: gid,
  };
};

const environmentOf = (output: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    output
      .split('\n')
      .filter((line) => line.startsWith('env.'))
      .map((line) => [line.slice(4, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

const commandLineOf = (output: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    textOf(output, 'cmdline')
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => {
        const at = word.indexOf('=');
        return at < 0 ? [word, true] : [word.slice(0, at), word.slice(at + 1)];
      }),
  );

const dnsOf = (output: string): Readonly<Record<string, unknown>> => {
  const search = valuesOf(output, 'dns.search').flatMap((line) => line.trim().split(/\s+/));
  const domain = textOf(output, 'dns.domain').trim();
  return {
    nameservers: valuesOf(output, 'dns.nameserver').map((line) => line.trim()),
    ...(search.length === 0 ? {} : { search }),
    ...(domain === '' ? {} : { domain }),
  };
};

const releaseOf = (output: string, version: string): Readonly<Record<string, unknown>> => {
  const text = (name: string): string => textOf(output, `os.${name}`).replace(/^(["'])(.*)\1$/, '$2');
  const id = text('ID');
  return {
    id: id.charAt(0).toUpperCase() + id.slice(1),
    codename: text('VERSION_CODENAME'),
    description: text('PRETTY_NAME'),
    release: version,
    major_release: version.split('.')[0] ?? '',
  };
};

/** `container` is what a machine in one is called; a machine by itself is a host of others, if of any. */
const isGuest = (output: string): boolean => !/^(?:none)?$/.test(textOf(output, 'virtualization'));

/**
 * What Ansible tells of a machine besides the things that almost every playbook asks for, under its names.
 *
 * @param output  of the script of the fact `system`
 */
export const systemDetails = (output: string, version: string): Readonly<Record<string, unknown>> => {
  const bits = textOf(output, 'bits');
  const seLinux = textOf(output, 'selinux').toLowerCase();
  return {
    ...networkOf(output),
    ...memoryOf(output),
    ...processorOf(output),
    ...pythonOf(output),
    ...accountOf(output),
    mounts: mountsOf(output),
    env: environmentOf(output),
    dns: dnsOf(output),
    lsb: releaseOf(output, version),
    cmdline: commandLineOf(output),
    proc_cmdline: commandLineOf(output),
    distribution_file_variety: 'Debian',
    distribution_file_parsed: true,
    distribution_file_path: '/etc/os-release',
    kernel_version: textOf(output, 'kernel_version'),
    machine_id: textOf(output, 'machine_id'),
    userspace_bits: bits,
    userspace_architecture: textOf(output, 'uname').split(' ')[2] ?? '',
    fips: textOf(output, 'fips') === '1',
    apparmor: { status: textOf(output, 'apparmor') || 'disabled' },
    selinux:
      seLinux === '' || seLinux === 'disabled'
        ? { status: 'disabled' }
        : { status: 'enabled', mode: seLinux },
    selinux_python_present: false,
    uptime_seconds: Math.floor(Number(textOf(output, 'uptime').split(' ')[0] ?? 0)),
    product_name: textOf(output, 'product') || 'NA',
    system_vendor: textOf(output, 'vendor') || 'NA',
    virtualization_role: isGuest(output) ? 'guest' : 'host',
    ssh_host_key_rsa_public: keyOf(output, 'rsa'),
    ssh_host_key_ecdsa_public: keyOf(output, 'ecdsa'),
    ssh_host_key_ed25519_public: keyOf(output, 'ed25519'),
    local: {},
    gather_subset: ['all'],
  };
};

/** Without the comment behind it. */
const keyOf = (output: string, kind: string): string => textOf(output, `hostkey.${kind}`).split(' ')[0] ?? '';
