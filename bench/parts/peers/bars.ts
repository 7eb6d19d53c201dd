import { type Bar, quotient } from '../../support/bar.ts';
import type { CaseName, PeersResult, ToolName } from '../../support/results.ts';
import { cases, keyOf } from './matrix.ts';
import { wallOf } from './section.ts';

/** The bars of converged, checked and drifted hosts. */
export const barsOfPeers = (result: PeersResult | undefined): readonly Bar[] => {
  const groups = new Map(result?.groups.map((group) => [keyOf(group), group]));
  const wall = (name: CaseName, hosts: number, rttMs: number, tool: ToolName): number | undefined =>
    wallOf(groups.get(keyOf({ case: name, hosts, rttMs })), tool);
  const ours = (name: CaseName, hosts: number, rttMs: number): number | undefined =>
    wall(name, hosts, rttMs, 'syn-deploy');

  const ofTheFloor = (name: CaseName, hosts: number, rttMs: number, limit: number): Bar => ({
    what: `${cases[name].title}, ${settingOf(hosts, rttMs)}: of the floor`,
    ...{ relation: 'at most', limit, unit: '×' },
    measured: quotient(ours(name, hosts, rttMs), wall(name, hosts, rttMs, 'floor')),
  });
  const faster = (name: CaseName, than: ToolName, title: string, limit: number): Bar => ({
    what: `${cases[name].title}, ${settingOf(1, 0)}: faster than ${title}`,
    ...{ relation: 'at least', limit, unit: '×' },
    measured: quotient(wall(name, 1, 0, than), ours(name, 1, 0)),
  });
  const audits = ['converged', 'check'] as const;
  return [
    ...audits.map((name) => ofTheFloor(name, 1, 0, 2)),
    ...audits.map((name) => faster(name, 'pipelining', 'Ansible with pipelining', 40)),
    ...audits.map((name) => faster(name, 'pyinfra', 'pyinfra', 10)),
    ...audits.map((name) => faster(name, 'mitogen', 'Ansible with mitogen', 10)),
    ...audits.map((name) => ofTheFloor(name, 1, 200, 1.3)),
    {
      what: `${cases.changed.title}, 1 host: more than converged, from the runs at 200 ms and without delay`,
      ...{ relation: 'at most', limit: 3, unit: 'round trips' },
      measured: moreRoundTrips([
        ours('changed', 1, 200),
        ours('changed', 1, 0),
        ours('converged', 1, 200),
        ours('converged', 1, 0),
      ]),
    },
    faster('changed', 'pipelining', 'Ansible with pipelining', 20),
    ...audits.map((name) => ofTheFloor(name, 16, 0, 1.5)),
  ];
};

const settingOf = (hosts: number, rttMs: number): string =>
  `${hosts === 1 ? '1 host' : `${hosts} hosts, time a host`}, ${rttMs === 0 ? 'no delay' : `round trip ${rttMs} ms`}`;

/** What a delay of 200 ms adds to the changed run and not to the converged one, in such delays. */
const moreRoundTrips = (
  walls: readonly [number | undefined, number | undefined, number | undefined, number | undefined],
): number | undefined => {
  const [changed200, changed0, converged200, converged0] = walls;
  if (
    changed200 === undefined ||
    changed0 === undefined ||
    converged200 === undefined ||
    converged0 === undefined
  )
    return undefined;
  return (changed200 - changed0 - (converged200 - converged0)) / 0.2;
};
