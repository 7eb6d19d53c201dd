import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';

/** The role that needs software of its own on the controller; what it prepares are hosts of other systems. */
const stubbed = new Set(['prepare_tests']);

/** A project with one role of Ansible's integration tests in it. */
export interface TargetProject {
  readonly folder: string;
  readonly playbook: string;
  /** The folder of the role that is asked about, not of those that it depends on. */
  readonly role: string;
}

/** On the hosts and on this machine: where targets work that ask the environment (`OUTPUT_DIR`). */
export const outputFolder = '/tmp/syn-deploy-output';

/** What roles refer to beside the folder of targets, from `test/`. */
const besides = ['lib/ansible_test/_data/requirements/constraints.txt'];

const dependenciesOf = async (role: string): Promise<readonly string[]> => {
  const path = join(role, 'meta/main.yml');
  if (!existsSync(path)) return [];
  const { dependencies } = (parse(await readFile(path, 'utf8')) ?? {}) as { dependencies?: unknown[] };
  return (dependencies ?? []).map((one) =>
    typeof one === 'string' ? one : String((one as { role?: unknown; name?: unknown }).role),
  );
};

const copyRole = async (targets: string, name: string, roles: string): Promise<void> => {
  const to = join(roles, name);
  if (existsSync(to)) return;
  if (stubbed.has(name)) {
    await mkdir(join(to, 'tasks'), { recursive: true });
    await writeFile(join(to, 'tasks/main.yml'), '[]\n');
    return;
  }
  await cp(join(targets, name), to, { recursive: true });
  for (const dependency of await dependenciesOf(to)) await copyRole(targets, dependency, roles);
};

/**
 * Puts a target, with the roles that it depends on, and a playbook that applies it into a folder.
 *
 * @param targets  `test/integration/targets` of a checkout of Ansible
 * @param more  keywords of the play besides: for us `compat: truthy`, as for all that was written for Ansible before 2.19
 */
export const copyTarget = async (
  targets: string,
  name: string,
  into: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<TargetProject> => {
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  const folder = await realpath(into);
  const roles = join(folder, 'roles');
  await copyRole(targets, name, roles);
  for (const path of besides) {
    const [from, to] = [join(targets, '../..', path), join(dirname(folder), path)];
    await mkdir(dirname(to), { recursive: true });
    // A checkout of the targets alone has none: what is installed is then not held back.
    await writeFile(to, existsSync(from) ? await readFile(from) : '');
  }
  const playbook = join(folder, 'site.yml');
  const play = {
    hosts: 'targets',
    gather_facts: true,
    vars: { output_dir: '/tmp', ansible_python_interpreter: '/usr/bin/python3' },
    roles: [name],
    ...more,
  };
  await writeFile(playbook, stringify([play]));
  return { folder, playbook, role: join(roles, name) };
};

/** Where Ansible's own checkout has its targets: the version of Ansible that they are of lies above. */
export const releaseOf = async (targets: string): Promise<string | undefined> => {
  const path = join(dirname(dirname(dirname(targets))), 'lib/ansible/release.py');
  if (!existsSync(path)) return undefined;
  return /^__version__ = '(\d+\.\d+)/m.exec(await readFile(path, 'utf8'))?.[1];
};
