import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { aptInstall, canInstallPackages } from '../../hosts/apt-install.ts';
import { withLock } from '../../hosts/lock.ts';
import { note } from '../../hosts/note.ts';
import { inventoryOf, type Job } from './syn-deploy.ts';

/** Runs on Python 3.11 (Debian 12) to 3.13 (Debian 13), and manages hosts with 3.8 and newer. */
const usual = 'ansible-core==2.18.*';

/** The same ansible-core, with the collections of the community. */
export const withCollections = 'ansible==11.*';

/**
 * Ansible from PyPI, in a virtual environment below .cache/ that stays for the next run.
 *
 * @param requirement  as pip takes it: `ansible-core==2.14.*`
 * @returns the folder of its programs
 */
export const ensureAnsible = (requirement = usual): Promise<string> =>
  withLock('ansible', async () => {
    const venv = resolve('.cache', requirement.replaceAll(/[^\w.-]+/g, '-').replace(/[-.]+$/, ''));
    const bin = join(venv, 'bin');
    if (existsSync(join(bin, 'ansible-playbook'))) return bin;
    if (canInstallPackages()) await aptInstall(['python3-venv']);
    note(`installing ${requirement} from PyPI into ${venv}`);
    await execa('python3', ['-m', 'venv', venv]);
    await execa(join(bin, 'pip'), ['install', '--quiet', requirement]);
    return bin;
  });

/** Where the Python packages of Ansible are: its modules for Python, or its collections. @param requirement  as for `ensureAnsible` */
export const ansiblePackages = async (requirement?: string): Promise<string> => {
  const lib = join(await ensureAnsible(requirement), '../lib');
  const [python = ''] = await readdir(lib);
  return join(lib, python, 'site-packages');
};

/** How Ansible's run of a playbook ended. */
export interface AnsibleRun {
  readonly exitStatus: number;
  /** All that it printed. */
  readonly output: string;
  /** From its recap: tasks that changed something. */
  readonly changed: number;
}

/** Runs a playbook by Ansible against one host. @param requirement  as for `ensureAnsible` */
export const runAnsible = async (
  job: Job,
  options: readonly string[] = [],
  {
    requirement,
    env = {},
  }: { readonly requirement?: string | undefined; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<AnsibleRun> => {
  const bin = await ensureAnsible(requirement);
  const folder = await mkdtemp(join(tmpdir(), 'syn-deploy-ansible-'));
  try {
    const inventory = join(folder, 'inventory.yaml');
    await writeFile(inventory, inventoryOf(job));
    const { exitCode, all } = await execa(
      join(bin, 'ansible-playbook'),
      ['--inventory', inventory, job.playbook, ...options],
      {
        all: true,
        reject: false,
        stdin: 'ignore',
        env: {
          ANSIBLE_HOME: folder,
          ANSIBLE_PIPELINING: 'true',
          ANSIBLE_SSH_ARGS: `-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=${job.hosts.map(({ knownHostsPath }) => knownHostsPath).join(' ')}`,
          ANSIBLE_NOCOLOR: 'true',
          ...env,
        },
      },
    );
    const changed = /changed=(\d+)/.exec(all)?.[1];
    return { exitStatus: exitCode ?? 1, output: all, changed: Number(changed ?? Number.NaN) };
  } finally {
    await rm(folder, { recursive: true });
  }
};
