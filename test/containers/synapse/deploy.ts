import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { HostReport, RunReport, TaskReport } from '../../../src/model/report.ts';
import type { TestHost } from '../../hosts/host.ts';

/** How a run of the command line ended. */
export interface Deployment {
  readonly exitStatus: number;
  /** Of the one host. */
  readonly host: HostReport;
  readonly stderr: string;
}

const run = promisify(execFile);

const command = resolve('src/cli/bin.ts');
const playbook = resolve('playbooks/synapse-workers.yaml');

const inventoryOf = (host: TestHost, vars: Readonly<Record<string, unknown>>): string =>
  stringify({
    all: {
      children: {
        homeservers: {
          hosts: {
            [host.name]: {
              ansible_host: host.address,
              ansible_port: host.port,
              ansible_user: host.user,
              ansible_ssh_private_key_file: host.privateKeyPath,
              ansible_become: true,
              ...vars,
            },
          },
        },
      },
    },
  });

/** What node printed and how it ended, whatever that was. */
const runNode = async (args: readonly string[], home: string) => {
  try {
    const options = { env: { ...process.env, HOME: home }, maxBuffer: 2 ** 28 };
    return { code: 0, ...(await run(process.execPath, ['--import', 'tsx', ...args], options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    if (typeof code !== 'number') throw error;
    return { code, stdout, stderr };
  }
};

/**
 * Runs `apply` or `check` with the flagship playbook against one host, as a user would.
 *
 * @param vars  of the host
 * @throws Error with all that was printed, when that is no report
 */
export const deploy = async (
  mode: 'apply' | 'check',
  host: TestHost,
  vars: Readonly<Record<string, unknown>>,
): Promise<Deployment> => {
  const folder = await mkdtemp(join(tmpdir(), 'syn-deploy-test-'));
  try {
    await mkdir(join(folder, '.ssh'));
    await copyFile(host.knownHostsPath, join(folder, '.ssh/known_hosts'));
    const inventory = join(folder, 'inventory.yaml');
    await writeFile(inventory, inventoryOf(host, vars));
    const { code, stdout, stderr } = await runNode(
      [command, mode, inventory, playbook, '--output', 'json'],
      folder,
    );
    let report: RunReport;
    try {
      report = JSON.parse(stdout) as RunReport;
    } catch (error) {
      throw new Error(`exit status ${code}\n${stdout}\n${stderr}`, { cause: error });
    }
    const [first] = report.hosts;
    if (first === undefined) throw new Error('the report has no host');
    return { exitStatus: code, host: first, stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
};

const nameOf = ({ name, item }: TaskReport): string => (item === null ? name : `${name} (${item})`);

/** Tasks of a status, by name and item. */
export const tasksThat = (status: TaskReport['status'], { host }: Deployment): readonly string[] =>
  host.tasks.filter((task) => task.status === status).map(nameOf);

/** What failed and why, for messages. */
export const failuresOf = ({ host, stderr }: Deployment): string =>
  [
    host.error,
    ...host.tasks
      .filter(({ status }) => status === 'failed')
      .map((task) => `${nameOf(task)}: ${task.message}`),
    stderr,
  ].join('\n');
