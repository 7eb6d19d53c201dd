import type { HostAccess, HostWork } from '../engine/run-options.ts';
import type { Host } from '../model/host.ts';
import type { Play } from '../model/play.ts';
import type { TargetedPlay } from './load-project.ts';

/** The hosts of the plays, in the order of the first play that has them, each with its plays. */
export const workOf = (
  plays: readonly TargetedPlay[],
  access: (host: Host, plays: readonly Play[]) => HostAccess,
): readonly HostWork[] => {
  const hosts = [...new Map(plays.flatMap((one) => one.hosts).map((host) => [host.name, host])).values()];
  const allPlays = plays.map(({ play }) => play);
  return hosts.map((host): HostWork => {
    const mine = plays.filter((one) => one.hosts.includes(host)).map(({ play }) => play);
    return { host, plays: mine, allPlays, access: () => access(host, mine) };
  });
};
