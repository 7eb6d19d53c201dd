import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startHost, type TestHost } from '../../../test/hosts/host.ts';
import { latencyProxy } from '../../../test/hosts/latency-proxy.ts';

/** A host as all tools are told of it: by a port of this machine, straight or through a delay. */
export interface Target {
  readonly name: string;
  readonly port: number;
  readonly key: string;
  readonly knownHosts: string;
}

/** More at once would only wait for each other on a machine of few cores. */
const startedAtOnce = 4;

/**
 * Fresh hosts: the packages of the work and Python, which some tools need there, are installed, and nothing is configured.
 * They end with this process at the latest.
 */
export const startHosts = async (count: number): Promise<readonly TestHost[]> => {
  const hosts: TestHost[] = [];
  while (hosts.length < count) {
    const some = Array.from({ length: Math.min(startedAtOnce, count - hosts.length) }, () =>
      startHost({ suite: 'bookworm', flavour: 'bench', name: `syn-bench-${randomBytes(4).toString('hex')}` }),
    );
    hosts.push(...(await Promise.all(some)));
  }
  return hosts;
};

/** Hosts as they are reached, until `await using` ends. */
export interface Reached extends AsyncDisposable {
  readonly targets: readonly Target[];
}

/** The hosts at a round trip of so many milliseconds; 0: as they are. Their known_hosts files lie in `folder`. */
export const reach = async (hosts: readonly TestHost[], rttMs: number, folder: string): Promise<Reached> => {
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
    async [Symbol.asyncDispose]() {
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
