import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diffFingerprints, fingerprint } from '../../hosts/fingerprint.ts';
import { startHost, type TestHost } from '../../hosts/host.ts';
import { type Deployment, failuresOf, tasksThat } from '../support/syn-deploy.ts';
import { deploy } from './deploy.ts';
import { MatrixClient } from './matrix-client.ts';
import { askRoutes, meet, send } from './routes.ts';
import { mainPids, unitOf } from './target-state.ts';
import {
  verifyBackends,
  verifyFiles,
  verifyLogs,
  verifySockets,
  verifyTarget,
  verifyUnits,
} from './verify-target-state.ts';

const serverName = 'example.org';
const vars = { synapse_flavour: 'venv', server_name: serverName };

/** Made by hand on a converged host, and the task that finds it. */
const drifts: readonly (readonly [string, string, RegExp])[] = [
  [
    'the content of a file',
    'echo "# stray" >>/etc/matrix-synapse/conf.d/redis.yaml',
    /^Redis, for the processes/,
  ],
  ['the mode of a file', 'chmod 0644 /etc/matrix-synapse/workers/login.yaml', /^Worker \(login\)$/],
  ['the owner of a folder', 'chown root: /var/log/matrix-synapse', /^Synapse's own directories \(\/var\/log/],
  ['a user out of a group', 'gpasswd -d www-data matrix-synapse', /^nginx may use Synapse's sockets$/],
  [
    'a setting of Redis',
    "sed -i 's/^port 0/port 6379/' /etc/redis/redis.conf",
    /^Redis listens on its socket only$/,
  ],
  ['a unit that is disabled', `systemctl disable ${unitOf('typing')}`, /^Workers run, and no others$/],
  ['a process that is stopped', `systemctl stop ${unitOf('presence')}`, /^Workers run, and no others$/],
  [
    'a drop-in that is gone',
    'rm /etc/systemd/system/matrix-synapse.service.d/override.conf && systemctl daemon-reload',
    /^Main belongs to the target$/,
  ],
  ['a link that is gone', 'rm /etc/nginx/sites-enabled/matrix-synapse.conf', /^The site is on$/],
  ['the mode of the socket of Redis', 'chmod 0700 /run/redis/redis-server.sock', /^Redis' socket is open/],
  [
    'a worker file that nobody wants',
    'touch /etc/matrix-synapse/workers/old.yaml',
    /^Nothing is left of workers/,
  ],
];

describe.each(['bookworm', 'trixie'] as const)('A bare %s', (suite) => {
  let host: TestHost;
  let applied: Deployment;

  beforeAll(async () => {
    host = await startHost({ suite, flavour: 'synapse', ports: [80] });
  });

  afterAll(async () => {
    await host?.stop();
  });

  test('is checked without a failure and without a change', async () => {
    const before = await fingerprint(host);
    const checked = await deploy('check', host, vars);
    expect(failuresOf(checked)).not.toMatch(/\bbug\b/);
    expect(tasksThat('failed', checked)).toEqual([]);
    expect(checked.exitStatus).toBe(8);
    expect(diffFingerprints(before, await fingerprint(host))).toEqual([]);
  });

  test('becomes a homeserver with 16 workers', async () => {
    applied = await deploy('apply', host, vars);
    expect(applied.exitStatus, failuresOf(applied)).toBe(0);
    expect(applied.host).toMatchObject({ status: 'changed', proved: true });
  });

  test('has all units up, enabled, and part of the target', async () => {
    await verifyUnits(host);
    await verifyTarget(host);
  });

  test('has its sockets, for those only who may use them', () => verifySockets(host));

  test('has files with the owners and modes that they need', () => verifyFiles(host));

  test('has all processes at Redis and PostgreSQL, and no port open but nginx’s', () =>
    verifyBackends(host, serverName));

  test('has logs that say so', () => verifyLogs(host));

  test('is as wanted on a second run: nothing is done, in one round trip', async () => {
    const before = await mainPids(host);
    const again = await deploy('apply', host, vars);
    expect(tasksThat('changed', again)).toEqual([]);
    expect(again.exitStatus, failuresOf(again)).toBe(0);
    expect(again.host).toMatchObject({ status: 'ok', proved: true, execs: 1 });
    expect(await mainPids(host)).toBe(before);
    const checked = await deploy('check', host, vars);
    expect(checked.exitStatus, failuresOf(checked)).toBe(0);
    expect(checked.host.execs).toBe(1);
  });

  test('sends each request to its process', async () => {
    const base = `http://127.0.0.1:${host.publishedPort(80)}`;
    const { alice, bob, room } = await meet(host, base);
    for (const { path, wanted, answeredBy, status } of await askRoutes(host, alice, room)) {
      expect(answeredBy, path).toMatch(new RegExp(`^${wanted}\\d?$`));
      expect(status < 500, `${path}: ${status}`).toBe(true);
    }
    expect((await alice.ask('/_synapse/replication/x')).status).toBe(404);
    expect((await alice.ask('/_synapse/admin/v1/server_version')).status).toBe(403);
    expect((await alice.ask('/other')).status).toBe(404);

    const { next_batch: since } = await bob.get('/_matrix/client/v3/sync?timeout=0');
    const poll = bob.get(`/_matrix/client/v3/sync?timeout=30000&since=${String(since)}`);
    const sentAt = Date.now();
    await send(alice, room, 'wake up');
    expect(JSON.stringify(await poll)).toContain('wake up');
    expect(Date.now() - sentAt).toBeLessThan(3000);

    await bob.get('/_matrix/client/v3/logout', { method: 'POST', body: {} });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    for (const path of ['sync?timeout=0', 'pushrules/', 'joined_rooms'])
      expect((await bob.ask(`/_matrix/client/v3/${path}`)).status, path).toBe(401);
    expect((await new MatrixClient(base).ask('/_matrix/client/versions')).status).toBe(200);
  });

  test('has every drift found, and nothing else, and repaired', async () => {
    for (const [, make] of drifts) await host.run(make);
    const checked = await deploy('check', host, vars);
    expect(checked.exitStatus, failuresOf(checked)).toBe(8);
    const found = tasksThat('drift', checked);
    for (const [what, , task] of drifts)
      expect(
        found.some((name) => task.test(name)),
        `${what}, in ${found.join(', ')}`,
      ).toBe(true);
    const repaired = await deploy('apply', host, vars);
    expect(repaired.exitStatus, failuresOf(repaired)).toBe(0);
    expect((await deploy('check', host, vars)).exitStatus).toBe(0);
    await verifyUnits(host);
    await verifySockets(host);
    await verifyBackends(host, serverName);
  });

  test('is refused with a stray file that has one of our settings', async () => {
    await host.run('echo "listeners: []" >/etc/matrix-synapse/conf.d/zz.yaml');
    const refused = await deploy('check', host, vars);
    expect(refused.exitStatus).toBe(2);
    expect(failuresOf(refused)).toContain('zz.yaml:1:listeners');
    await host.run('rm /etc/matrix-synapse/conf.d/zz.yaml');
  });

  test('is refused another name', async () => {
    const refused = await deploy('check', host, { ...vars, server_name: 'other.example' });
    expect(refused.exitStatus).toBe(2);
    expect(failuresOf(refused)).toContain('the name of a homeserver cannot be changed');
  });

  test('reloads a worker for its logging, and restarts none', async () => {
    const before = await mainPids(host);
    const changed = await deploy('apply', host, { ...vars, log_backups: 5 });
    expect(changed.exitStatus, failuresOf(changed)).toBe(0);
    expect(await mainPids(host)).toBe(before);
  });
});
