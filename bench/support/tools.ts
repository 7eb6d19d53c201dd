import { readdirSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inventoryOf, type Target } from './fleet.ts';
import type { Command } from './measure.ts';
import { ensurePeer } from './peers.ts';

/** What is asked of a tool: bring the hosts there, or audit them with diffs. */
export type Action = 'apply' | 'check';

/** A way to do the work. */
export interface Tool {
  readonly name: string;
  /** Slow ones run fewer times. */
  readonly isSlow: boolean;
  /** The command for some hosts; a new folder each time, so that no connection is left from the last run. */
  command(action: Action, targets: readonly Target[]): Promise<Command>;
}

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'syn-deploy-bench-'));

const write = async (folder: string, name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

const sshWords = ({ port, key, knownHosts }: Target): string =>
  `ssh -F none -p ${port} -i ${key} -o UserKnownHostsFile=${knownHosts} root@127.0.0.1`;

/** OpenSSH and one script that reads the same state: no audit can be faster. Several hosts in parallel. */
const floor = (workload: string): Tool => ({
  name: 'floor: ssh and one probe script',
  isSlow: false,
  async command(_action, targets) {
    const lines = targets.map((target) => `${sshWords(target)} sh -s <${workload}/probe.sh >/dev/null &`);
    return { words: ['sh', '-c', `${lines.join('\n')}\nwait`] };
  },
});

const synDeploy = (root: string, workload: string): Tool => ({
  name: 'syn-deploy',
  isSlow: false,
  async command(action, targets) {
    const inventory = await write(await newFolder(), 'inventory.yaml', inventoryOf(targets));
    return {
      words: [
        process.execPath,
        join(root, 'dist/cli/bin.js'),
        action,
        inventory,
        `${workload}/ansible/site.yml`,
      ],
      statuses: [0],
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
  name: config === 'default' ? 'Ansible' : `Ansible, ${config}`,
  isSlow: true,
  async command(action, targets) {
    const folder = await newFolder();
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
  name: 'pyinfra',
  isSlow: true,
  async command(action, targets) {
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
      await newFolder(),
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
  name: 'bundlewrap',
  isSlow: true,
  async command(action, targets) {
    const folder = await newFolder();
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

/** All tools, installed. */
export const ensureTools = async (root: string, workload: string): Promise<readonly Tool[]> => {
  const ansibleBin = await ensurePeer(root, 'ansible');
  const pyinfraBin = await ensurePeer(root, 'pyinfra');
  const bundlewrapBin = await ensurePeer(root, 'bundlewrap');
  return [
    floor(workload),
    synDeploy(root, workload),
    bundlewrap(bundlewrapBin, workload),
    pyinfra(pyinfraBin, workload),
    ansible(ansibleBin, workload, 'mitogen'),
    ansible(ansibleBin, workload, 'pipelining'),
    ansible(ansibleBin, workload, 'default'),
  ];
};
