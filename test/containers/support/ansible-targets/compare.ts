import { join } from 'node:path';
import type { TestHost } from '../../../hosts/host.ts';
import { copyTarget, releaseOf } from './project.ts';
import { type Outcomes, runByAnsible, runByUs } from './run-target.ts';

/** A target by Ansible and by us. */
export interface Comparison {
  readonly name: string;
  /** Tasks of the target, by their places, that run by Ansible, and how many of them end the same way by us. */
  readonly tasks: number;
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
  return { name, tasks: places.length, same, percent: (100 * same) / Math.max(1, places.length), others };
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
  const byAnsible = await runByAnsible(theirs, project, requirement ?? ofRelease);
  const mine = await copyTarget(targets, name, join(work, 'ours', name), { compat: 'truthy' });
  const byUs = await runByUs(ours, mine, byAnsible, async () => {
    await ours.run('rm -rf /tmp/ansible.* /tmp/tmp*');
  });
  return compare(name, byAnsible, byUs);
};

/** `lineinfile: 180 of 189 (95.2 %)`, and a line for each of the others. */
export const renderComparison = ({ name, tasks, same, percent, others }: Comparison): string =>
  [`${name}: ${same} of ${tasks} (${percent.toFixed(1)} %)`, ...others.map((line) => `  ${line}`)].join('\n');
