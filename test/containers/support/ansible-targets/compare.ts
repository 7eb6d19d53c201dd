import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { docker } from '../../../hosts/docker.ts';
import type { TestHost } from '../../../hosts/host.ts';
import { ansiblePackages, withCollections } from '../ansible.ts';
import { copyTarget, outputFolder, releaseOf, type TargetProject } from './project.ts';
import { type Outcomes, runByAnsible, runByUs } from './run-target.ts';

/** A target by Ansible and by us. */
export interface Comparison {
  readonly name: string;
  /** Tasks of the target, by their places, that run by Ansible, how many of them pass by it, and how many end the same way by us. */
  readonly tasks: number;
  readonly passed: number;
  readonly same: number;
  readonly percent: number;
  /** The others, and why. */
  readonly others: readonly string[];
}

export const compare = (name: string, byAnsible: Outcomes, byUs: Outcomes): Comparison => {
  const places = [...byAnsible].filter(([, { outcome }]) => outcome !== 'own module');
  const others = places.flatMap(([place, { outcome }]) => {
    const own = byUs.get(place) ?? { outcome: 'not run', why: '' };
    if (own.outcome === outcome) return [];
    const [why = ''] = own.why.split('\n', 1);
    return [
      `${place}: ${outcome} by Ansible, ${own.outcome} by us${why === '' ? '' : `: ${own.why.replaceAll('\n', ' | ').slice(0, 300)}`}`,
    ];
  });
  const same = places.length - others.length;
  const passed = places.filter(([, { outcome }]) => outcome === 'passed').length;
  return {
    name,
    tasks: places.length,
    passed,
    same,
    percent: (100 * same) / Math.max(1, places.length),
    others,
  };
};

/** Targets that use modules or lookups of collections, of which ansible-core alone has none. */
const ofCollections = new Set(['user']);

/** Debian's packages of what targets start on the host, where no task of theirs installs it. */
const packagesOf: Readonly<Record<string, readonly string[]>> = {
  template: ['bsdextrautils'],
  git: ['git'],
  pip: ['git', 'python3-pip', 'python3-setuptools', 'python3-venv'],
};

const install = async (host: TestHost, name: string): Promise<void> => {
  // It is of a time when pip installed into the system's own Python, and asks the index, which the image has pip do without.
  if (name === 'pip') await host.run('rm -f /usr/lib/python3*/EXTERNALLY-MANAGED /etc/pip.conf');
  const packages = packagesOf[name];
  if (packages === undefined) return;
  await host.run(`apt-get update -q && apt-get install -q -y --no-install-recommends ${packages.join(' ')}`);
  if (packages.includes('git')) await standInForGithub(host);
};

/** A folder of bare repositories, `OWNER/NAME.git`: they stand in for those of github.com that targets clone. */
const repositories = process.env['SYN_DEPLOY_TEST_GITHUB'];

const standInForGithub = async (host: TestHost): Promise<void> => {
  if (repositories === undefined) return;
  await host.run('mkdir -p /srv/github');
  await docker(['cp', `${repositories}/.`, `${host.name}:/srv/github`]);
  // In the place of git's own helper for https: with `insteadOf` git would tell other addresses than those that were asked for.
  await host.run(`chown -R root: /srv/github
helper=$(git --exec-path)/git-remote-https
rm -f -- "$helper"
printf '#!/bin/sh\nexec git remote-ext "$1" "git %%s /srv/github/\${2#https://github.com/}"\n' >"$helper"
chmod 0755 -- "$helper"`);
};

/** Of a target's run, by Ansible and by us: where it works, and what it starts on the machine that it is run from. */
const environmentFor = async (requirement: string | undefined, name: string): Promise<NodeJS.ProcessEnv> => ({
  OUTPUT_DIR: outputFolder,
  PYTHONPATH: await ansiblePackages(requirement),
  ...(ofCollections.has(name) && { ANSIBLE_COLLECTIONS_PATHS: await ansiblePackages(withCollections) }),
});

/** Takes away what an earlier run of a target left in the temporary folders of a host, and here. */
const reset = async (host: TestHost): Promise<void> => {
  await rm(outputFolder, { recursive: true, force: true });
  await mkdir(outputFolder);
  await host.run(`rm -rf /tmp/ansible.* /tmp/tmp* ${outputFolder}; mkdir ${outputFolder}`);
};

/** Ansible's targets are made for a host that is the controller too: some look there at what their own files hold. */
const putOnHost = async (host: TestHost, { folder }: TargetProject): Promise<void> => {
  await host.run(`mkdir -p '${folder}'`);
  await docker(['cp', `${folder}/.`, `${host.name}:${folder}`]);
};

/** Applies a target by Ansible to one host and by us to another. */
export const compareTarget = async ({
  targets,
  name,
  work,
  theirs,
  ours,
  requirement,
}: {
  readonly targets: string;
  readonly name: string;
  /** A folder for the projects. */
  readonly work: string;
  readonly theirs: TestHost;
  readonly ours: TestHost;
  /** Of Ansible, as pip takes it; default: the version that the targets are of. */
  readonly requirement?: string | undefined;
}): Promise<Comparison> => {
  const project = await copyTarget(targets, name, join(work, 'ansible', name));
  const release = await releaseOf(targets);
  const ofRelease = release === undefined ? undefined : `ansible-core==${release}.*`;
  await putOnHost(theirs, project);
  await Promise.all([theirs, ours].map((host) => install(host, name)));
  const env = await environmentFor(requirement ?? ofRelease, name);
  const byAnsible = await runByAnsible(theirs, project, requirement ?? ofRelease, env, () => reset(theirs));
  const mine = await copyTarget(targets, name, join(work, 'ours', name), { compat: 'truthy' });
  await putOnHost(ours, mine);
  const byUs = await runByUs(ours, mine, env, () => reset(ours));
  return compare(name, byAnsible, byUs);
};

/** `lineinfile: 180 of 189 (95.2 %), of which 185 pass by Ansible`, and a line for each of the others. */
export const renderComparison = ({ name, tasks, passed, same, percent, others }: Comparison): string =>
  [
    `${name}: ${same} of ${tasks} (${percent.toFixed(1)} %), of which ${passed} pass by Ansible`,
    ...others.map((line) => `  ${line}`),
  ].join('\n');
