import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diffFingerprints, fingerprint } from '../../hosts/fingerprint.ts';
import { startHost, type TestHost } from '../../hosts/host.ts';
import { type Deployment, deploy, failuresOf, tasksThat } from './deploy.ts';
import { MatrixClient } from './matrix-client.ts';
import { askRoutes, meet, send } from './routes.ts';
import { mainPids } from './target-state.ts';
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
});
