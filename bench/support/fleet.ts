import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startHost, type TestHost } from '../../test/hosts/host.ts';
import { latencyProxy } from '../../test/hosts/latency-proxy.ts';

/** A host as all tools are told of it: by a port of this machine, straight or through a delay. */
export interface Target {
  readonly name: string;
  readonly port: number;
  readonly key: string;
  readonly knownHosts: string;
}

/** Hosts on which everything is installed already, Python too, which some tools need there. */
export const startHosts = (count: number): Promise<readonly TestHost[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const host = await startHost({
        suite: 'bookworm',
        flavour: 'synapse',
        name: `syn-bench-${index}`,
        keep: true,
      });
      await host.run(
        'DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends python3 python3-apt',
      );
      return host;
    }),
  );

/** The hosts at a round trip of so many milliseconds; 0: as they are. */
export const targetsOf = async (
  hosts: readonly TestHost[],
  rttMs: number,
  folder: string,
): Promise<{ readonly targets: readonly Target[]; close(): Promise<void> }> => {
  const proxies = rttMs === 0 ? [] : await Promise.all(hosts.map(({ port }) => latencyProxy(port, rttMs)));
  const targets = await Promise.all(
    hosts.map(async (host, index): Promise<Target> => {
      const port = proxies[index]?.port ?? host.port;
      const knownHosts = join(folder, `known_hosts-${host.name}-${rttMs}`);
      const known = await readFile(host.knownHostsPath, 'utf8');
      await writeFile(knownHosts, known.replace(`:${host.port} `, `:${port} `));
      return { name: host.name, port, key: host.privateKeyPath, knownHosts };
    }),
  );
  return {
    targets,
    async close() {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
};

/** An inventory that Ansible and syn-deploy read alike. */
export const inventoryOf = (targets: readonly Target[]): string =>
  stringify({
    all: {
      children: {
        synapse: {
          hosts: Object.fromEntries(
            targets.map(({ name, port, key, knownHosts }) => [
              name,
              {
                ansible_host: '127.0.0.1',
                ansible_port: port,
                ansible_user: 'root',
                ansible_ssh_private_key_file: key,
                ansible_ssh_common_args: `-o UserKnownHostsFile=${knownHosts}`,
              },
            ]),
          ),
        },
      },
    },
  });
