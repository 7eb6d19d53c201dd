import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Command } from '../../support/measure.ts';
import type { ToolName } from '../../support/results.ts';
import { ensurePeer, type Peer, versionsOf } from '../../support/virtual-environments.ts';
import { inventoryOf, type Target } from './fleet.ts';

/** What is asked of a tool: bring the hosts there, or audit them with diffs. */
export type Action = 'apply' | 'check';

/** A way to do the work. */
export interface Tool {
  /** The command for some hosts; a new folder each time, so that no connection is left from the last run. */
  command(action: Action, targets: readonly Target[], folder: string): Promise<Command>;
}

const write = async (folder: string, name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

const sshWords = ({ port, key, knownHosts }: Target): string =>
  `ssh -F none -p ${port} -i ${key} -o UserKnownHostsFile=${knownHosts} root@127.0.0.1`;

/** OpenSSH and one script that reads the same state: no audit can be faster. Several hosts in parallel. */
const floor = (workload: string): Tool => ({
  async command(_action, targets) {
    const logins = targets.map(
      (target) => `${sshWords(target)} sh -s <${workload}/probe.sh >/dev/null & set -- "$@" $!`,
    );
    // A login that failed is a failure, and no fast one.
    const waits = 'for child; do wait "$child" || exit 1; done';
    return { words: ['sh', '-c', [...logins, waits].join('\n'), 'floor'] };
  },
});

const synDeploy = (root: string, workload: string): Tool => ({
  async command(action, targets, folder) {
    const inventory = await write(folder, 'inventory.yaml', inventoryOf(targets));
    return {
      words: [
        process.execPath,
        join(root, 'dist/cli/bin.js'),
        action,
        inventory,
        `${workload}/ansible/site.yml`,
      ],
    };
  },
});

/** Where pip put mitogen's strategy: the folder is called after the version of Python. */
const mitogenStrategy = (bin: string): string => {
  const lib = join(bin, '../lib');
  const [python = ''] = readdirSync(lib);
  return join(lib, python, 'site-packages/ansible_mitogen/plugins/strategy');
};

const ansible = (bin: string, workload: string, config: 'default' | 'pipelining' | 'mitogen'): Tool => ({
  async command(action, targets, folder) {
    const inventory = await write(folder, 'inventory.yaml', inventoryOf(targets));
    return {
      words: [
        join(bin, 'ansible-playbook'),
        ...['--inventory', inventory, `${workload}/ansible/site.yml`],
        ...['--forks', String(Math.max(10, targets.length))],
        ...(action === 'check' ? ['--check', '--diff'] : []),
      ],
      env: {
        ANSIBLE_CONFIG: `${workload}/ansible/${config}.cfg`,
        ANSIBLE_HOME: folder,
        ANSIBLE_SSH_CONTROL_PATH_DIR: folder,
        ANSIBLE_HOST_KEY_CHECKING: 'true',
        ...(config === 'mitogen' ? { ANSIBLE_STRATEGY_PLUGINS: mitogenStrategy(bin) } : {}),
      },
    };
  },
});

const pyinfra = (bin: string, workload: string): Tool => ({
  async command(action, targets, folder) {
    const hosts = targets.map(({ name, port, key, knownHosts }) => [
      name,
      {
        ssh_hostname: '127.0.0.1',
        ssh_port: port,
        ssh_user: 'root',
        ssh_key: key,
        ssh_known_hosts_file: knownHosts,
      },
    ]);
    const inventory = await write(
      folder,
      'inventory.py',
      `import json\nhosts = [tuple(host) for host in json.loads(${JSON.stringify(JSON.stringify(hosts))})]\n`,
    );
    return {
      words: [
        join(bin, 'pyinfra'),
        // NOTE: with -y a dry run looks at nothing.
        ...(action === 'check' ? ['--dry', '--diff'] : ['-y']),
        ...[inventory, `${workload}/pyinfra/deploy.py`],
      ],
    };
  },
});

/** With the shared connection that its guide advises; cold, as the others. */
const bundlewrap = (bin: string, workload: string): Tool => ({
  async command(action, targets, folder) {
    const hosts = targets.map((target) => ({ ...target, address: '127.0.0.1', user: 'root' }));
    const parallel = ['-p', String(targets.length), '-P', '8'];
    return {
      words: [
        join(bin, 'bw'),
        ...(action === 'apply' ? ['apply', '-D'] : ['verify']),
        ...parallel,
        'synapse',
      ],
      cwd: `${workload}/bundlewrap`,
      env: {
        BENCH_HOSTS: JSON.stringify(hosts),
        BW_COLORS: '0',
        BW_SSH_ARGS: `-o ControlMaster=auto -o ControlPath=${folder}/%C -o ControlPersist=30`,
      },
    };
  },
});

const peerOf: Readonly<Partial<Record<ToolName, Peer>>> = {
  bundlewrap: 'bundlewrap',
  pyinfra: 'pyinfra',
  mitogen: 'ansible',
  pipelining: 'ansible',
  ansible: 'ansible',
};

/** Some tools, installed; with `versions` as `pyinfra 3.10.0`. */
export const ensureTools = async (
  root: string,
  names: readonly ToolName[],
): Promise<{ readonly tools: ReadonlyMap<ToolName, Tool>; readonly versions: readonly string[] }> => {
  const workload = join(root, 'bench/workload');
  const bins = new Map<Peer | undefined, string>();
  const versions: string[] = [];
  for (const peer of new Set(names.flatMap((name) => peerOf[name] ?? []))) {
    const bin = await ensurePeer(root, peer);
    bins.set(peer, bin);
    versions.push(...(await versionsOf(bin, peer)));
  }
  const pythons = await Promise.all([...bins.values()].map(pythonVersion));
  const own = [await opensshVersion(), ...new Set(pythons)];
  const make = (name: ToolName): Tool => {
    const bin = bins.get(peerOf[name]) ?? '';
    if (name === 'floor') return floor(workload);
    if (name === 'syn-deploy') return synDeploy(root, workload);
    if (name === 'bundlewrap') return bundlewrap(bin, workload);
    if (name === 'pyinfra') return pyinfra(bin, workload);
    return ansible(bin, workload, name === 'ansible' ? 'default' : name);
  };
  return { tools: new Map(names.map((name) => [name, make(name)])), versions: [...own, ...versions] };
};

/** `Python 3.11.7` */
const pythonVersion = async (bin: string): Promise<string> =>
  (await execa(join(bin, 'python'), ['--version'])).stdout;

/** `OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.19 …`, on stderr */
const opensshVersion = async (): Promise<string> =>
  (await execa('ssh', ['-V'])).stderr.split(/[ ,]/)[0]?.replace('_', ' ') ?? '';
