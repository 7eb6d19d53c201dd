import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { HostReport, RunReport, TaskReport } from '../../../src/model/report.ts';
import type { TestHost } from '../../hosts/host.ts';
import { program } from './program.ts';

/** How a run of the command line ended. */
export interface Deployment {
  readonly exitStatus: number;
  /** The first host, where there is one only. */
  readonly host: HostReport;
  readonly report: RunReport;
  readonly stderr: string;
}

/** What a run is about. */
export interface Job {
  readonly hosts: readonly TestHost[];
  /** The group of the inventory that the hosts are in. */
  readonly group: string;
  /** Path. */
  readonly playbook: string;
  /** Of all hosts. */
  readonly vars?: Readonly<Record<string, unknown>>;
  /** More options of the command line. */
  readonly options?: readonly string[];
  /** Added to the environment of the program. */
  readonly env?: NodeJS.ProcessEnv;
}

const run = promisify(execFile);

/** How Ansible and we reach a host. */
export const connectionVariables = (host: TestHost) => ({
  ansible_host: host.address,
  ansible_port: host.port,
  ansible_user: host.user,
  ansible_ssh_private_key_file: host.privateKeyPath,
  ansible_become: true,
});

/** An inventory, as YAML. */
export const inventoryOf = ({ hosts, group, vars = {} }: Job): string =>
  stringify({
    all: {
      children: {
        [group]: {
          hosts: Object.fromEntries(
            hosts.map((host) => [host.name, { ...connectionVariables(host), ...vars }]),
          ),
        },
      },
    },
  });

/** What node printed and how it ended, whatever that was. */
const runNode = async (args: readonly string[], home: string, env: NodeJS.ProcessEnv = {}) => {
  try {
    const options = { env: { ...process.env, HOME: home, ...env }, maxBuffer: 2 ** 28 };
    return { code: 0, ...(await run(process.execPath, args, options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    if (typeof code !== 'number') throw error;
    return { code, stdout, stderr };
  }
};

/**
 * Runs `apply` or `check` with a playbook against hosts, as a user would.
 *
 * @throws Error with all that was printed, when that is no report
 */
export const synDeploy = async (mode: 'apply' | 'check', job: Job): Promise<Deployment> => {
  const folder = await mkdtemp(join(tmpdir(), 'syn-deploy-test-'));
  try {
    await mkdir(join(folder, '.ssh'));
    for (const { knownHostsPath } of job.hosts)
      await writeFile(join(folder, '.ssh/known_hosts'), await readFile(knownHostsPath), { flag: 'a' });
    const inventory = join(folder, 'inventory.yaml');
    await writeFile(inventory, inventoryOf(job));
    const { code, stdout, stderr } = await runNode(
      [program, mode, inventory, job.playbook, '--output', 'json', ...(job.options ?? [])],
      folder,
      job.env,
    );
    let report: RunReport;
    try {
      report = JSON.parse(stdout) as RunReport;
    } catch (error) {
      throw new Error(`exit status ${code}\n${stdout}\n${stderr}`, { cause: error });
    }
    const [host] = report.hosts;
    if (host === undefined) throw new Error('the report has no host');
    return { exitStatus: code, host, report, stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** As people read it: name and item. */
export const nameOf = ({ name, item }: Pick<TaskReport, 'name' | 'item'>): string =>
  item === null ? name : `${name} (${item})`;

/** Tasks of a status, by name and item. */
export const tasksThat = (status: TaskReport['status'], { host }: Deployment): readonly string[] =>
  host.tasks.filter((task) => task.status === status).map(nameOf);

/** What failed and why, for messages. */
export const failuresOf = ({ report, stderr }: Deployment): string =>
  [
    ...report.hosts.flatMap((host) => [
      host.error,
      ...host.tasks
        .filter(({ status }) => status === 'failed')
        .map((task) => `${nameOf(task)}: ${task.message}`),
    ]),
    stderr,
  ].join('\n');
