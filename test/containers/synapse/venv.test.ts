import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diffFingerprints, fingerprint } from '../../hosts/fingerprint.ts';
import { startHost, type TestHost } from '../../hosts/host.ts';
import { type Deployment, failuresOf, tasksThat } from '../support/syn-deploy.ts';
import { unannounced } from '../support/unannounced.ts';
import { deploy } from './deploy.ts';
import { mainPids, run, showUnits, unitOf } from './target-state.ts';
import { flagshipOn } from './traffic/homeserver.ts';
import { proveTraffic } from './traffic/prove-traffic.ts';
import { startSteadyClient } from './traffic/steady-client.ts';
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

const workersRun = 'Workers run';
const workersAreCurrent = 'Workers run with this configuration';
const parses = 'The configuration parses';

/** Made by hand on a converged host: what it is, how it comes about, and the tasks that have something to do then. */
const drifts: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'the content of a file',
    'echo "# stray" >>/etc/matrix-synapse/logconf.d/pusher.yaml',
    ['Logging of worker (pusher)', parses, workersAreCurrent],
  ],
  [
    'an extra line in the file of a worker',
    'echo "# extra" >>/etc/matrix-synapse/workers/userdir.yaml',
    ['Worker (userdir)', parses, workersAreCurrent],
  ],
  ['the mode of a file', 'chmod 0644 /etc/matrix-synapse/workers/login.yaml', ['Worker (login)', parses]],
  [
    'the owner of a folder',
    'chown root: /var/log/matrix-synapse',
    ["Synapse's own directories (/var/log/matrix-synapse)"],
  ],
  ['a user out of a group', 'gpasswd -d www-data matrix-synapse', ["nginx may use Synapse's sockets"]],
  [
    'a setting of Redis',
    "sed -i 's/^port 0/port 6379/' /etc/redis/redis.conf",
    [
      'Redis listens on its socket only, or to the machines of its homeserver too',
      'Redis runs with this configuration',
    ],
  ],
  ['a unit that is disabled', `systemctl disable ${unitOf('typing')}`, [workersRun]],
  ['a process that is stopped', `systemctl stop ${unitOf('presence')}`, [workersRun]],
  [
    'a process older than its configuration',
    'touch /etc/matrix-synapse/workers/receipts.yaml',
    [parses, workersAreCurrent],
  ],
  [
    'a drop-in that is gone',
    'rm /etc/systemd/system/matrix-synapse.service.d/override.conf && systemctl daemon-reload',
    ['Main unit', 'Main belongs to the target', 'Main runs'],
  ],
  [
    'a package that is gone',
    'DEBIAN_FRONTEND=noninteractive apt-get remove -y -q curl',
    ['Redis, nginx and what else is needed'],
  ],
  [
    'a link that is gone',
    'rm /etc/nginx/sites-enabled/matrix-synapse.conf',
    ['The site is on', 'nginx runs with this configuration'],
  ],
  [
    'the mode of the socket of Redis',
    'chmod 0700 /run/redis/redis-server.sock',
    ["Redis' socket is open to its group only"],
  ],
  [
    'a worker file that nobody wants',
    'touch /etc/matrix-synapse/workers/old.yaml',
    ['Nothing is left of workers that are gone'],
  ],
];

describe.each(['bookworm', 'trixie'] as const)('A bare %s', (suite) => {
  let host: TestHost;
  let checkedBare: Deployment;

  beforeAll(async () => {
    host = await startHost({ suite, flavour: 'synapse', ports: [80] });
  });

  afterAll(async () => {
    await host?.stop();
  });

  test('is checked without a failure and without a change', async () => {
    const before = await fingerprint(host);
    checkedBare = await deploy('check', host, vars);
    expect(failuresOf(checkedBare)).not.toMatch(/\bbug\b/);
    expect(tasksThat('failed', checkedBare)).toEqual([]);
    expect(checkedBare.exitStatus).toBe(8);
    expect(diffFingerprints(before, await fingerprint(host))).toEqual([]);
  });

  test('becomes a homeserver with 16 workers, and nothing is done that the check had not said', async () => {
    const applied = await deploy('apply', host, vars);
    expect(applied.exitStatus, failuresOf(applied)).toBe(0);
    expect(applied.host).toMatchObject({ status: 'changed', proved: true });
    expect(unannounced(checkedBare, applied)).toEqual([]);
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

  test('sends each request to its process, and what one says reaches the other', async () => {
    const { loggedIn } = await proveTraffic(flagshipOn(host));
    expect(loggedIn).toBe(true);
  });

  test('has requests that go astray found in its logs, though they are answered well', async () => {
    const site = '/etc/nginx/sites-available/matrix-synapse.conf';
    await host.run(`cp -p ${site} /root/site
      sed -i s/inbound_userdir.sock/inbound_main.sock/ ${site}
      ! cmp -s ${site} /root/site && systemctl reload nginx`);
    await expect(proveTraffic(flagshipOn(host))).rejects.toThrow(
      /POST \S+\/user_directory\/search \(.*\): 200, wanted of userdir, is of main/,
    );
    await host.run(`cp -p /root/site ${site} && rm /root/site && systemctl reload nginx`);
  });

  test('has every drift found, and nothing else, and repaired', async () => {
    for (const [, make] of drifts) await host.run(make);
    const checked = await deploy('check', host, vars);
    expect(checked.exitStatus, failuresOf(checked)).toBe(8);
    const wanted = new Set(drifts.flatMap(([, , tasks]) => tasks));
    expect([...tasksThat('drift', checked)].sort()).toEqual([...wanted].sort());
    const actionsOf = (task: string) =>
      checked.host.tasks
        .filter(({ name }) => name === task)
        .flatMap(({ changes }) => changes.map(({ summary }) => summary.split(' (')[0]));
    expect(actionsOf(workersRun)).toEqual([`enable ${unitOf('typing')}`, `start ${unitOf('presence')}`]);
    expect(actionsOf(workersAreCurrent)).toEqual([
      `restart ${unitOf('userdir')}`,
      `restart ${unitOf('receipts')}`,
      `reload ${unitOf('pusher')}`,
    ]);
    const repaired = await deploy('apply', host, vars);
    expect(repaired.exitStatus, failuresOf(repaired)).toBe(0);
    expect(unannounced(checked, repaired)).toEqual([]);
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

  test('is not put in the place of another installation, whose configuration would be lost', async () => {
    const etc = '/etc/matrix-synapse';
    await host.run(
      `mv ${etc}/conf.d/listeners.yaml /root/ && cp -p ${etc}/homeserver.yaml /root/ && printf '%s\\n' 'listeners:' '  - port: 8008' 'database: {}' >>${etc}/homeserver.yaml`,
    );
    const refused = await deploy('check', host, vars);
    expect(refused.exitStatus).toBe(2);
    expect(tasksThat('failed', refused)).toEqual(['homeserver.yaml is of no other installation']);
    expect(failuresOf(refused)).toContain('it sets listeners database');
    await host.run(`mv /root/listeners.yaml ${etc}/conf.d/ && mv /root/homeserver.yaml ${etc}/`);
  });

  test('is refused another name', async () => {
    const refused = await deploy('check', host, { ...vars, server_name: 'other.example' });
    expect(refused.exitStatus).toBe(2);
    expect(failuresOf(refused)).toContain('the name of a homeserver cannot be changed');
  });

  test('reloads a worker for its logging, restarts none, and nobody notices', async () => {
    const before = await mainPids(host);
    await using people = await startSteadyClient(flagshipOn(host));
    const changed = await deploy('apply', host, { ...vars, log_backups: 5 });
    expect(changed.exitStatus, failuresOf(changed)).toBe(0);
    const { failed, lost, doubled, messagesSent } = await people.stop();
    expect({ failed, lost, doubled }).toEqual({ failed: [], lost: [], doubled: [] });
    expect(messagesSent).toBeGreaterThan(0);
    expect(await mainPids(host)).toBe(before);
  });

  test('keeps running when a setting does not parse', async () => {
    const before = await mainPids(host);
    await host.run('echo "url_preview_enabled: [" >/etc/matrix-synapse/conf.d/own.yaml');
    const broken = await deploy('apply', host, { ...vars, log_backups: 5, max_upload_size: '50M' });
    expect(broken.exitStatus).toBe(2);
    expect(failuresOf(broken)).toMatch(/The configuration parses/);
    expect(await mainPids(host)).toBe(before);
    await host.run('rm /etc/matrix-synapse/conf.d/own.yaml');
    const mended = await deploy('apply', host, { ...vars, log_backups: 5 });
    expect(mended.exitStatus, failuresOf(mended)).toBe(0);
  });

  test('loses workers that are taken from the list: instance, files, sockets and route', async () => {
    const fewer = { ...vars, log_backups: 5, normal_sync: 2, initial_sync: 1 };
    const gone = ['initial_sync2', 'normal_sync3'];
    const orphans = gone.flatMap((name) => [
      `unit:${unitOf(name)}`,
      `file:/etc/matrix-synapse/workers/${name}.yaml`,
      `file:/etc/matrix-synapse/logconf.d/${name}.yaml`,
    ]);
    const checked = await deploy('check', host, fewer);
    expect([...checked.host.orphans].sort()).toEqual(orphans.sort());
    expect(tasksThat('drift', checked)).toContain('Remove what is no longer declared');

    const before = await host.run('systemctl show -p MainPID --value nginx');
    const changed = await deploy('apply', host, fewer);
    expect(changed.exitStatus, failuresOf(changed)).toBe(0);
    expect(changed.host.orphans).toEqual([]);
    expect(unannounced(checked, changed)).toEqual([]);
    for (const name of gone) {
      const unit = (await showUnits(host, [unitOf(name)], ['ActiveState', 'UnitFileState'])).get(
        unitOf(name),
      );
      expect(unit).toMatchObject({ ActiveState: 'inactive', UnitFileState: 'disabled' });
      const left = await host.run(`ls /etc/matrix-synapse/workers /etc/matrix-synapse/logconf.d ${run}`);
      expect(left).not.toContain(name);
      expect(await host.run('nginx -T 2>/dev/null')).not.toContain(name);
    }
    expect(await host.run('systemctl show -p MainPID --value nginx')).toBe(before);
    expect((await deploy('check', host, fewer)).exitStatus).toBe(0);
  });
});
