import { hostCount, round, roundTrip, table, times } from '../../support/figures.ts';
import { median } from '../../support/measure.ts';
import type { CaseName, PeersGroup, PeersResult, Taken, ToolName } from '../../support/results.ts';
import { byPage, caseNames, cases, policy, toolNames, toolTitles } from './matrix.ts';

/** The median wall time of a tool in a group, in seconds; undefined when it took no part. */
export const wallOf = (group: PeersGroup | undefined, tool: ToolName): number | undefined => {
  const runs = group?.tools.find((row) => row.tool === tool)?.runs;
  return runs === undefined || runs.length === 0 ? undefined : median(runs.map(({ wallS }) => wallS));
};

/** Ours as so many times the floor, a peer's as so many times ours. */
const ratio = (group: PeersGroup, tool: ToolName): string => {
  const [wall, ours, floor] = [wallOf(group, tool), wallOf(group, 'syn-deploy'), wallOf(group, 'floor')];
  if (wall === undefined || tool === 'floor') return '';
  if (tool === 'syn-deploy') return floor === undefined ? '' : `${times(wall / floor)} the floor`;
  return ours === undefined ? '' : `${times(wall / ours)} ours`;
};

const rowsOf = (group: PeersGroup): readonly (readonly string[])[] =>
  toolNames.flatMap((tool) => {
    const runs = group.tools.find((row) => row.tool === tool)?.runs ?? [];
    if (runs.length === 0) return [];
    const walls = runs.map(({ wallS }) => wallS);
    const wall = median(walls);
    return [
      [
        toolTitles[tool],
        round(wall),
        group.hosts === 1 ? '' : round(wall / group.hosts),
        `${round(Math.min(...walls))}–${round(Math.max(...walls))} (${runs.length})`,
        round(median(runs.map(({ cpuS }) => cpuS))),
        Math.round(median(runs.map(({ peakMb }) => peakMb))).toString(),
        ratio(group, tool),
      ],
    ];
  });

/** One table a case; what was measured side by side stands together, with its setting in the first line only. */
const renderCase = (name: CaseName, groups: readonly PeersGroup[]): string => {
  const rows = groups.flatMap((group) =>
    rowsOf(group).map((cells, index) => [
      ...(index === 0 ? [hostCount(group.hosts), roundTrip(group.rttMs)] : ['', '']),
      ...cells,
    ]),
  );
  const head = [
    'hosts',
    'round trip',
    'tool',
    'wall s',
    's a host',
    'min–max (runs)',
    'CPU s',
    'MB',
    'ratio',
  ];
  return `### ${cases[name].title}\n\n${table(head, rows)}\n\n${renderTimes(groups)}`;
};

const renderTimes = (groups: readonly PeersGroup[]): string => {
  const at = groups.map(({ taken }) => taken.at).toSorted();
  const [first, last] = [at.at(0), at.at(-1)];
  return first === last ? `Taken ${first} UTC.` : `Taken ${first} to ${last} UTC.`;
};

/** Whether figures of both were taken on one machine with the same versions, of which one may name more. */
const isWithin = (one: Taken, other: Taken): boolean =>
  one.machine === other.machine && one.versions.every((version) => other.versions.includes(version));

/** Machine and versions, once; where they are not the same for all, with the groups that they are of. */
const renderSetups = (groups: readonly PeersGroup[]): string => {
  const setups: Taken[] = [];
  // From the longest: a run of a few tools only tells of those.
  for (const { taken } of groups.toSorted((a, b) => b.taken.versions.length - a.taken.versions.length))
    if (!setups.some((setup) => isWithin(taken, setup))) setups.push(taken);
  return setups
    .map((setup) => {
      const text = `${setup.machine}; ${setup.versions.join(', ')}.`;
      const own = groups.filter(({ taken }) => isWithin(taken, setup));
      return setups.length === 1 ? text : `- ${text} ${own.map(describe).join('; ')}.`;
    })
    .join('\n');
};

const describe = (group: PeersGroup): string =>
  `${cases[group.case].title}, ${hostCount(group.hosts)}, ${roundTrip(group.rttMs)}`;

/** The section of docs/benchmarks.md. */
export const renderPeers = ({ groups }: PeersResult): string => {
  const sorted = groups.toSorted(byPage);
  return [
    '## The same work, by several tools',
    renderSetups(sorted),
    work,
    policy,
    ...caseNames.flatMap((name) => {
      const own = sorted.filter((group) => group.case === name);
      return own.length === 0 ? [] : [renderCase(name, own)];
    }),
  ].join('\n\n');
};

const work = `The hosts are containers on the same machine; a round trip is made by a TCP proxy that delays. The work is \`bench/workload/\`: Redis on
a UNIX socket, an nginx site, users and groups, 39 files of which 32 in loops over 16 workers, 4 units, 18 running units (they run
\`sleep\`), 2 verifications. syn-deploy and Ansible read the very same playbook. The floor is one OpenSSH login a host, all at once,
and one script that reads all of that state: no audit by ssh can be faster.

"One changed worker": a line added to its file and its process stopped by hand, then apply. "First apply": hosts of their own for each
run, with the packages installed and nothing configured; afterwards \`syn-deploy check\` finds nothing left to do.

Wall times are medians. CPU is that of the machine that deploys, with all processes that the tool waited for; MB is the peak of its
largest single process. "Ratio" compares wall times: ours with the floor's, the peers' with ours.`;
