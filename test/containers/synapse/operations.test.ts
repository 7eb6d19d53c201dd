import { resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diffFingerprints, fingerprint } from '../../hosts/fingerprint.ts';
import { startHost, type TestHost } from '../../hosts/host.ts';
import { type Deployment, failuresOf, synDeploy, tasksThat } from '../support/syn-deploy.ts';
import { deploy } from './deploy.ts';
import { freshBytes, type Login, MatrixClient } from './matrix-client.ts';
import { run } from './target-state.ts';
import { makeAccounts } from './traffic/accounts.ts';

const vars = {
  synapse_flavour: 'venv',
  server_name: 'example.org',
  workers: [
    { name: 'mediaworker', kind: 'mediaworker' },
    { name: 'normal_sync', kind: 'normal_sync', count: 1 },
  ],
};

const mediaWorker = 'matrix-synapse-worker@mediaworker.service';

const operate = (
  mode: 'apply' | 'check',
  name: string,
  host: TestHost,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<Deployment> =>
  synDeploy(mode, {
    hosts: [host],
    group: 'homeservers',
    playbook: resolve(`playbooks/synapse-${name}.yaml`),
    vars,
    options: ['-e', JSON.stringify(extra)],
  });

/** Level of each row of the health table. */
const rowsOf = ({ host }: Deployment): ReadonlyMap<string, string> => {
  const table = host.tasks.find(({ name }) => name === 'Health')?.message ?? '';
  return new Map(
    table.split('\n').map((line) => {
      const [level = '', row = ''] = line.split(/ +/);
      return [row, level];
    }),
  );
};

/** Status of a request to main's own socket, as a user. */
const adminStatus = (host: TestHost, token: string): Promise<string> =>
  host.run(
    `curl -s -o /dev/null -w '%{http_code}' --unix-socket ${run}/inbound_main.sock -H 'Authorization: Bearer ${token}' 'http://localhost/_synapse/admin/v2/users?limit=1'`,
  );

const logIn = async (base: string, user: string, password: string): Promise<Login> => {
  const body = { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password };
  const answer = await new MatrixClient(base).get('/_matrix/client/v3/login', { method: 'POST', body });
  return { token: String(answer['access_token']), userId: String(answer['user_id']) };
};

const send = (client: MatrixClient, room: string, text: string) =>
  client.get(`/_matrix/client/v3/rooms/${room}/send/m.room.message/${encodeURIComponent(text)}`, {
    method: 'PUT',
    body: { msgtype: 'm.text', body: text },
  });

const baseOf = (host: TestHost): string => `http://127.0.0.1:${host.publishedPort(80)}`;

const sql = (host: TestHost, text: string): Promise<string> =>
  host.run(`cd /; runuser -u postgres -- psql -XAtq -d synapse -c "${text}"`);

const processes = (host: TestHost): Promise<string> =>
  host.run(
    `systemctl show -p MainPID --value matrix-synapse.service ${mediaWorker} matrix-synapse-worker@normal_sync1.service`,
  );

const backups = '/var/backups/matrix-synapse';

describe('A homeserver', () => {
  const password = `it's "one" $(of) many ${Math.random()}`;
  const media = freshBytes();
  let host: TestHost;
  let older = '';
  let newest = '';
  let login: Login;
  let alice: MatrixClient;
  let room = '';
  let mediaPath = '';

  beforeAll(async () => {
    host = await startHost({ suite: 'trixie', flavour: 'synapse', ports: [80] });
    const versions = await host.run(
      "ls /var/cache/test-host-wheels | sed -n 's/^matrix_synapse-\\([0-9.]*\\)-.*/\\1/p' | sort -V",
    );
    [older = '', newest = ''] = versions.split('\n');
    expect(newest).toMatch(/^\d+\.\d+/);
    const made = await deploy('apply', host, { ...vars, synapse_version: older });
    expect(made.exitStatus, failuresOf(made)).toBe(0);
  });

  afterAll(async () => {
    await host?.stop();
  });

  test('gets an admin, whose password nobody sees', async () => {
    const wanted = { admin_name: 'alice', admin_password: password };
    expect((await operate('check', 'register-admin', host, wanted)).exitStatus).toBe(8);
    // All arguments of all processes while it is done.
    const watching = host.run(
      'until [ -e /tmp/seen-enough ]; do ps -eo args; sleep 0.02; done | sort -u; rm /tmp/seen-enough',
    );
    const made = await operate('apply', 'register-admin', host, wanted);
    expect(made.exitStatus, failuresOf(made)).toBe(0);
    expect(tasksThat('changed', made)).toEqual(['Admin account']);
    const again = await operate('apply', 'register-admin', host, wanted);
    expect(again.host).toMatchObject({ status: 'ok', proved: true });
    await host.run('touch /tmp/seen-enough');
    const seen = await watching;
    expect(seen).toContain('inbound_main.sock');
    for (const text of [seen, JSON.stringify(made.report), made.stderr])
      expect(text).not.toContain('$(of) many');
    const kept = await host.exec("grep -r -l -F '$(of) many' /var/lib/syn-deploy /var/log /root /tmp");
    expect(kept.stdout).toBe('');

    login = await logIn(baseOf(host), 'alice', password);
    alice = new MatrixClient(baseOf(host), login);
    const created = await alice.get('/_matrix/client/v3/createRoom', {
      method: 'POST',
      body: { preset: 'public_chat' },
    });
    room = encodeURIComponent(String(created['room_id']));
    await send(alice, room, 'an old message');
    const uploaded = await alice.get('/_matrix/media/v3/upload', { method: 'POST', body: media });
    mediaPath = String(uploaded['content_uri']).replace('mxc://', '/_matrix/client/v1/media/download/');
  });

  test('makes an admin of an account that is there, and all processes know it at once', async () => {
    const [{ token }] = await makeAccounts(host, ['carol']);
    // From here on it is remembered that she is none.
    expect(await adminStatus(host, token)).toBe('403');
    const promoted = await operate('apply', 'register-admin', host, { admin_name: 'carol' });
    expect(promoted.exitStatus, failuresOf(promoted)).toBe(0);
    expect(await adminStatus(host, token)).toBe('200');
    expect(await sql(host, 'select name from users where admin = 1 and deactivated = 0 order by name')).toBe(
      '@alice:example.org\n@carol:example.org',
    );
    expect((await operate('apply', 'register-admin', host, { admin_name: 'carol' })).host.status).toBe('ok');
    await sql(host, "update users set deactivated = 1 where name = '@carol:example.org'");
    const refused = await operate('apply', 'register-admin', host, { admin_name: 'carol' });
    expect(refused.exitStatus).toBe(2);
    expect(failuresOf(refused)).toContain('was deactivated');
  });

  test('makes up a password where none is given, for root only', async () => {
    const made = await operate('apply', 'register-admin', host, { admin_name: 'dora' });
    expect(made.exitStatus, failuresOf(made)).toBe(0);
    const file = '/root/matrix-dora.password';
    expect(made.host.tasks.find(({ name }) => name === 'Who it is')?.message).toContain(file);
    expect(await host.run(`stat -c '%U %a' ${file}`)).toBe('root 600');
    const generated = await host.run(`cat ${file}`);
    expect(generated).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.stringify(made.report)).not.toContain(generated);
    expect((await logIn(baseOf(host), 'dora', generated)).userId).toBe('@dora:example.org');
  });

  test('is told to be well, and nothing is changed by asking', async () => {
    const looked = {
      roots: ['/etc', '/root', '/var'],
      except: ['/var/lib/postgresql', '/var/lib/redis', '/var/log'],
      times: true,
    };
    const before = await fingerprint(host, looked);
    const well = await operate('apply', 'health', host);
    expect(well.exitStatus, failuresOf(well)).toBe(0);
    const rows = rowsOf(well);
    for (const row of ['units', 'sockets', 'nginx', 'redis', 'database', 'replication', 'version', 'disk'])
      expect(rows.get(row), row).toBe('OK');
    expect(rows.get('backup')).toBe('WARN');
    expect([...rows.keys()]).not.toContain('certificate');
    expect((await operate('check', 'health', host)).exitStatus).toBe(0);
    expect(diffFingerprints(before, await fingerprint(host, looked))).toEqual([]);
  });

  test('is told what fails, and is not upgraded then', async () => {
    await host.run(`systemctl stop ${mediaWorker}`);
    await host.run(
      'cd /etc/ssl && openssl req -x509 -newkey rsa:2048 -nodes -keyout x.key -out x.pem -days 10 -subj /CN=example.org',
    );
    const ill = await operate('check', 'health', host, {
      health_disk_percent: { warn: 101, fail: 101 },
      health_memory_percent: { warn: 101, fail: 0 },
      nginx_tls_certificate: '/etc/ssl/x.pem',
    });
    expect(ill.exitStatus).toBe(2);
    const rows = rowsOf(ill);
    for (const row of ['units', 'sockets', 'redis', 'disk']) expect(rows.get(row), row).toBe('FAIL');
    for (const row of ['memory', 'certificate']) expect(rows.get(row), row).toBe('WARN');
    expect(rows.get('nginx')).toBe('OK');
    expect(ill.host.error).toContain('FAIL: units, sockets, redis, disk');
    const refused = await operate('apply', 'upgrade', host);
    expect(refused.exitStatus).toBe(2);
    expect(failuresOf(refused)).toContain(`${mediaWorker} is inactive`);
    expect(tasksThat('changed', refused)).toEqual([]);
    await host.run(`systemctl start ${mediaWorker}`);
  });

  test('cannot go back to an older version', async () => {
    const refused = await operate('apply', 'upgrade', host, { synapse_version: '1.2.3' });
    expect(refused.exitStatus).toBe(2);
    expect(failuresOf(refused)).toContain(`from ${older} to 1.2.3 would be a step back`);
    expect(tasksThat('changed', refused)).toEqual([]);
  });

  test('is upgraded while a client goes on asking, after a copy of its database', async () => {
    const stop = new AbortController();
    const statuses = new Set<number>();
    const asking = (async () => {
      while (!stop.signal.aborted) {
        for (const path of ['joined_rooms', 'sync?timeout=0&since=s0_0_0_0_0_0_0_0_0_0'])
          statuses.add((await alice.ask(`/_matrix/client/v3/${path}`)).status);
        await new Promise((done) => setTimeout(done, 200));
      }
    })();
    const upgraded = await operate('apply', 'upgrade', host);
    stop.abort();
    await asking;
    expect(upgraded.exitStatus, failuresOf(upgraded)).toBe(0);
    expect(upgraded.host).toMatchObject({ status: 'changed', proved: true });
    expect(tasksThat('changed', upgraded)).toEqual(expect.arrayContaining(['Backup', 'Synapse from PyPI']));
    const said = upgraded.host.tasks.find(({ name }) => name === 'What runs')?.message;
    expect(said).toContain(`runs Synapse ${newest} (`);
    expect(said).toContain(`before it was ${older}`);
    // Nothing but "not now": no login is lost, no answer is wrong.
    expect([...statuses].filter((status) => status !== 200 && status !== 502)).toEqual([]);
    const copies = (await host.run(`ls ${backups}`)).split('\n');
    expect(copies).toEqual([expect.stringMatching(/^example\.org-\d{8}T\d{6}Z-before-upgrade$/)]);
    expect(await host.run(`grep synapse_version ${backups}/*/manifest.yaml`)).toContain(older);

    const again = await operate('apply', 'upgrade', host);
    expect(again.exitStatus, failuresOf(again)).toBe(0);
    expect(tasksThat('changed', again)).toEqual([]);
    expect((await alice.ask('/_matrix/client/v3/joined_rooms')).status).toBe(200);
  });

  test('is found out where a process runs the old code', async () => {
    await host.run('touch /opt/venvs/matrix-synapse/bin/synapse_homeserver');
    const found = await synDeploy('check', {
      hosts: [host],
      group: 'homeservers',
      playbook: resolve('playbooks/synapse-upgrade.yaml'),
      vars,
      options: ['--start-at-task', 'Every process runs this version'],
    });
    expect(found.exitStatus).toBe(2);
    expect(failuresOf(found)).toContain(`${mediaWorker} was not restarted since`);
    expect(rowsOf(await operate('check', 'health', host)).get('version')).toBe('WARN');
    const mended = await deploy('apply', host, vars);
    expect(mended.exitStatus, failuresOf(mended)).toBe(0);
  });

  test('is backed up while it runs, and the last backups are kept', async () => {
    const before = await processes(host);
    await host.run(`mkdir ${backups}/.partial-cut-off`);
    const first = await operate('apply', 'backup', host, { backup_keep: 1 });
    expect(first.exitStatus, failuresOf(first)).toBe(0);
    expect(first.host).toMatchObject({ status: 'changed', proved: true });
    const [old] = (await host.run(`ls -d ${backups}/*Z`)).split('\n');
    const second = await operate('apply', 'backup', host, { backup_keep: 1 });
    expect(tasksThat('changed', second)).toEqual(['Backup', 'Older backups go']);
    const left = await host.run(`cd ${backups} && ls -A`);
    expect(left.split('\n')).toEqual([
      '.lock',
      expect.stringMatching(/^example\.org-\w+-before-upgrade$/),
      expect.stringMatching(/^example\.org-\w+$/),
    ]);
    expect(left).not.toContain(old?.split('/').at(-1));
    const [made = ''] = (await host.run(`ls -d ${backups}/*Z`)).split('\n');
    expect(
      await host.run(`find ${backups} -type d ! -perm 0700 -o -type f ! -perm 0600 -o ! -user root`),
    ).toBe('');
    expect(await host.run(`cd ${made} && ls`)).toBe(
      'configuration.tar\ndatabase.dump\nmanifest.yaml\nmedia.tar\nsigning.key',
    );
    expect(await host.run(`cat ${made}/manifest.yaml`)).toContain(`synapse_version: ${newest}`);
    expect(await processes(host)).toBe(before);
    expect(rowsOf(await operate('check', 'health', host)).get('backup')).toBe('OK');
  });

  test('is not backed up where there is no room', async () => {
    await host.run('mkdir -p /mnt/small && mount -t tmpfs -o size=1m tmpfs /mnt/small');
    const refused = await operate('apply', 'backup', host, { backup_dir: '/mnt/small/backups' });
    await host.run('umount /mnt/small');
    expect(refused.exitStatus).toBe(2);
    expect(failuresOf(refused)).toMatch(/a backup may take \d+M, but \/mnt\/small has 1\.0M/);
    expect(tasksThat('changed', refused)).toEqual([]);
  });

  describe('that is lost with its host', () => {
    let next: TestHost;
    let backup = '';

    beforeAll(async () => {
      const [made = ''] = (await host.run(`ls -d ${backups}/*Z`)).split('\n');
      next = await startHost({ suite: 'trixie', flavour: 'synapse', ports: [80] });
      await execa('sh', ['-c', `docker cp ${host.name}:${made} - | docker cp - ${next.name}:/root`]);
      await host.stop();
      backup = `/root/${made.split('/').at(-1)}`;
    });

    afterAll(async () => {
      await next?.stop();
    });

    test('is not restored from a backup of another server, nor from one that was changed', async () => {
      const other = await operate('apply', 'restore', next, {
        restore_from: backup,
        server_name: 'example.net',
      });
      expect(failuresOf(other)).toContain('the backup is of example.org');
      await next.run(
        `cp -a ${backup} /root/changed && printf x | dd of=/root/changed/database.dump bs=1 seek=5000 conv=notrunc`,
      );
      const changed = await operate('apply', 'restore', next, { restore_from: '/root/changed' });
      expect(failuresOf(changed)).toContain('database.dump: FAILED');
      expect([other.exitStatus, changed.exitStatus]).toEqual([2, 2]);
      expect((await next.exec('command -v redis-server || command -v psql')).stdout).toBe('');
    });

    test('comes back on another one, with its logins, messages and media', async () => {
      const restored = await operate('apply', 'restore', next, { restore_from: backup });
      expect(restored.exitStatus, failuresOf(restored)).toBe(0);
      expect(restored.host).toMatchObject({ status: 'changed', proved: true });
      const there = new MatrixClient(baseOf(next), login);
      const { chunk } = await there.get(`/_matrix/client/v3/rooms/${room}/messages?dir=b&limit=10`);
      expect(JSON.stringify(chunk)).toContain('an old message');
      expect([...(await there.bytes(mediaPath))]).toEqual([...media]);
      await send(there, room, 'a new message');
      expect((await logIn(baseOf(next), 'alice', password)).userId).toBe(login.userId);
    });

    test('is not restored twice: a second run has nothing to do', async () => {
      const before = await processes(next);
      const again = await operate('apply', 'restore', next, { restore_from: `${backup}/` });
      expect(again.exitStatus, failuresOf(again)).toBe(0);
      expect(tasksThat('changed', again)).toEqual([]);
      expect(await processes(next)).toBe(before);
      const checked = await deploy('check', next, vars);
      expect(checked.exitStatus, failuresOf(checked)).toBe(0);
    });

    test('does not lose its users to a backup, unless that is wanted', async () => {
      await sql(next, 'comment on database synapse is null');
      const refused = await operate('apply', 'restore', next, { restore_from: backup });
      expect(refused.exitStatus).toBe(2);
      expect(failuresOf(refused)).toMatch(/the database synapse has \d+ users already/);
      expect(tasksThat('changed', refused)).toEqual([]);
      const forced = await operate('apply', 'restore', next, { restore_from: backup, restore_force: true });
      expect(forced.exitStatus, failuresOf(forced)).toBe(0);
      const there = new MatrixClient(baseOf(next), login);
      const { chunk } = await there.get(`/_matrix/client/v3/rooms/${room}/messages?dir=b&limit=10`);
      expect(JSON.stringify(chunk)).toContain('an old message');
      expect(JSON.stringify(chunk)).not.toContain('a new message');
    });
  });
});
