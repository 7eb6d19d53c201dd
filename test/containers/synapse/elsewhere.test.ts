import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHost, type TestHost } from '../../hosts/host.ts';
import { type PrivateNetwork, startPrivateNetwork } from '../../hosts/private-network.ts';
import { type Deployment, failuresOf, synDeploy, tasksThat } from '../support/syn-deploy.ts';
import { deploy } from './deploy.ts';
import { layoutOf } from './layout-of.ts';
import { proveTraffic } from './traffic/prove-traffic.ts';

const dbPassword = 'pass-of-chat';
const redisPassword = 'pass-of-redis';

/** What somebody else has set up there, for more than Synapse. */
const setUpServers = (host: TestHost): Promise<string> =>
  host.run(`set -e
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -q -y --no-install-recommends postgresql redis-server
    cluster=$(echo /etc/postgresql/*/main)
    echo "listen_addresses = '*'" >"$cluster/conf.d/lan.conf"
    echo 'host matrix chat samenet scram-sha-256' >>"$cluster/pg_hba.conf"
    systemctl restart "postgresql@$(basename "$(dirname "$cluster")")-main"
    su postgres -c 'psql -q' <<'SQL'
create role chat login password '${dbPassword}';
create database matrix owner chat encoding 'UTF8' lc_collate 'C' lc_ctype 'C' template template0;
SQL
    sed -i 's/^bind .*/bind 0.0.0.0/; s/^port .*/port 6390/' /etc/redis/redis.conf
    echo 'requirepass ${redisPassword}' >>/etc/redis/redis.conf
    systemctl restart redis-server`);

describe('PostgreSQL and Redis that are elsewhere', () => {
  let network: PrivateNetwork;
  let servers: TestHost;
  let matrix: TestHost;
  let vars: Readonly<Record<string, unknown>>;
  let before: string;
  let applied: Deployment;

  /** All that is configured there, and what runs. */
  const stateOfServers = () =>
    servers.run(
      "find /etc -type f -exec sha256sum {} + | sort -k 2; systemctl show -p MainPID --value redis-server 'postgresql@*'",
    );
  const operate = (name: string) =>
    synDeploy('apply', {
      hosts: [matrix],
      group: 'homeservers',
      playbook: resolve(`playbooks/synapse-${name}.yaml`),
      vars,
    });

  beforeAll(async () => {
    network = await startPrivateNetwork();
    const options = { suite: 'trixie', flavour: 'synapse', network: network.name } as const;
    [servers, matrix] = await Promise.all([startHost(options), startHost({ ...options, ports: [80] })]);
    await setUpServers(servers);
    before = await stateOfServers();
    vars = {
      ...{ synapse_flavour: 'venv', server_name: 'example.org', worker_layout: 'small' },
      ...{ db_manage: false, db_host: servers.privateAddress, db_password: dbPassword },
      ...{ db_user: 'chat', db_name: 'matrix' },
      ...{ redis_manage: false, redis_host: servers.privateAddress },
      ...{ redis_port: 6390, redis_password: redisPassword },
    };
    applied = await deploy('apply', matrix, vars);
  });

  afterAll(async () => {
    await Promise.all([servers, matrix].map((host) => host?.stop()));
    await network?.[Symbol.asyncDispose]();
  });

  test('are used, and nothing of the kind is installed beside Synapse', async () => {
    expect(applied.exitStatus, failuresOf(applied)).toBe(0);
    expect(applied.host.proved).toBe(true);
    const checked = await deploy('check', matrix, vars);
    expect(tasksThat('drift', checked)).toEqual([]);
    expect(checked.exitStatus, failuresOf(checked)).toBe(0);
    const units = await matrix.exec("systemctl list-unit-files --no-legend 'postgresql*' 'redis*'");
    expect(units.stdout, 'units of PostgreSQL and Redis').toBe('');
    const layout = layoutOf(vars);
    const base = `http://127.0.0.1:${matrix.publishedPort(80)}`;
    const proof = await proveTraffic({ base, layout, hostOf: () => matrix });
    expect(proof.requests).toBeGreaterThan(40);
    expect(
      await servers.run(`su postgres -c "psql -At matrix -c 'select count(*) > 0 from events'"`),
      'events in the database there',
    ).toBe('t');
  });

  test('are looked after from the machine of Synapse', async () => {
    const health = await operate('health');
    expect(health.exitStatus, failuresOf(health)).toBe(0);
    const table = health.host.tasks.find(({ name }) => name === 'Health')?.message ?? '';
    expect(table).toMatch(/OK +redis +5 of 5/);
    expect(table).toMatch(/OK +database /);
    const backup = await operate('backup');
    expect(backup.exitStatus, failuresOf(backup)).toBe(0);
    expect(
      await matrix.run('pg_restore --list /var/backups/matrix-synapse/*Z/database.dump | head -n 40'),
    ).toContain('dbname: matrix');
  });

  test('are left as they were', async () => {
    expect(await stateOfServers()).toBe(before);
    for (const [where, secret] of [
      ['the database', dbPassword],
      ['Redis', redisPassword],
    ])
      expect(
        await matrix.run(`grep -rl -- '${secret}' /var/log || true`),
        `logs with the password of ${where}`,
      ).toBe('');
  });
});
