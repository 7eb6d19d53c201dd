import type { TestHost } from '../../hosts/host.ts';
import { run, unitOf } from './target-state.ts';

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/**
 * What a host has of workers: units that are loaded or linked, files, sockets, servers in nginx. Each list is sorted names of workers;
 * main's own are left out.
 */
export const tracesOfWorkers = async (
  host: TestHost,
): Promise<Readonly<Record<string, readonly string[]>>> => {
  const list = async (command: string): Promise<readonly string[]> =>
    [...new Set(words(await host.run(command)))].filter((name) => name !== 'main').sort();
  const nameOfUnit = "sed -n 's/^matrix-synapse-worker@\\(.*\\)\\.service.*/\\1/p'";
  return {
    units: await list(
      `systemctl list-units --all --plain --no-legend 'matrix-synapse-worker@*' | ${nameOfUnit}`,
    ),
    links: await list(`ls /etc/systemd/system/matrix-synapse.target.wants | ${nameOfUnit}`),
    configurations: await list("ls /etc/matrix-synapse/workers | sed -n 's/\\.yaml$//p'"),
    logging: await list("ls /etc/matrix-synapse/logconf.d | sed -n 's/\\.yaml$//p'"),
    sockets: await list(`ls ${run} | sed -n 's/^replication_\\(.*\\)\\.sock$/\\1/p'`),
    inbound: await list(`ls ${run} | sed -n 's/^inbound_\\(.*\\)\\.sock$/\\1/p'`),
    routes: await list("nginx -T 2>/dev/null | sed -n 's/.*server unix:.*inbound_\\(.*\\)\\.sock.*/\\1/p'"),
  };
};

/** Which of these workers are up. */
export const activeWorkers = async (host: TestHost, names: readonly string[]): Promise<readonly string[]> => {
  const { stdout } = await host.exec(`systemctl is-active ${names.map(unitOf).join(' ')}`);
  return names.filter((_, index) => stdout.split('\n')[index] === 'active');
};
