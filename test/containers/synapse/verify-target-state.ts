import { expect, vi } from 'vitest';
import type { TestHost } from '../../hosts/host.ts';
import { doubledLoggers } from './doubled-loggers.ts';
import { healthBy, logOf, run, showUnits, sockets, unitOf, units, workers } from './target-state.ts';

/** Each unit is up, enabled, in its group, and part of the target. */
export const verifyUnits = async (host: TestHost): Promise<void> => {
  const properties =
    'ActiveState,SubState,UnitFileState,Type,User,Group,NRestarts,PartOf,ReloadPropagatedFrom,WantedBy,After';
  const shown = await showUnits(host, units, properties.split(','));
  expect([...shown.keys()]).toEqual(units);
  for (const name of units.slice(1))
    expect(shown.get(name), name).toMatchObject({
      ActiveState: 'active',
      SubState: 'running',
      UnitFileState: 'enabled',
      Type: 'notify',
      User: 'matrix-synapse',
      Group: 'matrix-synapse',
      NRestarts: '0',
      PartOf: 'matrix-synapse.target',
      ReloadPropagatedFrom: 'matrix-synapse.target',
      WantedBy: 'matrix-synapse.target',
    });
  for (const name of workers)
    expect(shown.get(unitOf(name))?.['After']?.split(' ')).toContain('matrix-synapse.service');
  expect(shown.get('matrix-synapse.target')).toMatchObject({
    ActiveState: 'active',
    UnitFileState: 'enabled',
    WantedBy: 'multi-user.target',
  });
  expect(await host.run('systemctl --failed --no-legend --plain')).toBe('');
};

/** Main's drop-in, and who wants whom. */
export const verifyTarget = async (host: TestHost): Promise<void> => {
  const main = await showUnits(
    host,
    ['matrix-synapse.service'],
    ['DropInPaths', 'RuntimeDirectory', 'RuntimeDirectoryMode', 'RuntimeDirectoryPreserve'],
  );
  expect(main.get('matrix-synapse.service')).toMatchObject({
    DropInPaths: '/etc/systemd/system/matrix-synapse.service.d/override.conf',
    RuntimeDirectory: 'matrix-synapse',
    RuntimeDirectoryMode: '0750',
    RuntimeDirectoryPreserve: 'yes',
  });
  const wants = (await host.run('systemctl show -p Wants --value matrix-synapse.target')).split(' ');
  expect(wants.sort()).toEqual(units.slice(1).sort());
  expect(await host.run('ls /etc/systemd/system/multi-user.target.wants | grep matrix')).toBe(
    'matrix-synapse.target',
  );
};

/** All 32, for those only who may use them. */
export const verifySockets = async (host: TestHost): Promise<void> => {
  expect(await host.run(`stat -c '%U:%G %a' ${run}`)).toBe('matrix-synapse:matrix-synapse 750');
  const seen = (await host.run(`cd ${run} && stat -c '%n %F %U:%G %a' *.sock`)).split('\n').sort();
  const wanted = [...sockets].map(([name, mode]) => `${name} socket matrix-synapse:matrix-synapse ${mode}`);
  expect(seen).toEqual(wanted.sort());
  expect(sockets.size).toBe(32);
  const listening = await host.run('ss -H -x -l');
  for (const name of sockets.keys()) expect(listening).toContain(`${run}/${name} `);
  for (const answer of (await healthBy(host, 'root')).values()) expect(answer).toBe('OK');
  for (const [socket, answer] of await healthBy(host, 'www-data'))
    if (socket.startsWith('inbound_')) expect(answer, socket).toBe('OK');
    else expect(answer, socket).not.toBe('OK');
  for (const answer of (await healthBy(host, 'nobody')).values()) expect(answer).not.toBe('OK');
};

/** Redis and PostgreSQL know all 17, and nothing listens on TCP but nginx. */
export const verifyBackends = async (host: TestHost, serverName: string): Promise<void> => {
  const redis = (account: string, command: string) =>
    host.exec(`cd /; runuser -u ${account} -- redis-cli -s /run/redis/redis-server.sock ${command}`);
  expect((await redis('matrix-synapse', 'ping')).stdout.trim()).toBe('PONG');
  const { stdout, stderr } = await redis('nobody', 'ping');
  expect(stdout + stderr).toContain('Permission denied');
  expect((await redis('matrix-synapse', `pubsub numsub ${serverName}`)).stdout.trim().split('\n')).toEqual([
    serverName,
    '17',
  ]);
  expect(await host.run("stat -c '%U:%G %a' /run/redis/redis-server.sock")).toBe('redis:redis 770');
  const count = Number(
    await host.run(
      `cd /; runuser -u postgres -- psql -XAtc "select count(*) from pg_stat_activity where datname = 'synapse'"`,
    ),
  );
  expect(count).toBeGreaterThanOrEqual(17);
  expect(count).toBeLessThanOrEqual(85);
  const ports = (await host.run("ss -H -l -t -n | awk '{ print $4 }'")).split('\n');
  for (const port of [6379, 8008, 8448, 9093])
    expect(ports.filter((address) => address.endsWith(`:${port}`))).toEqual([]);
  expect(await host.run('id -nG www-data')).toContain('matrix-synapse');
  expect(await host.run('id -nG matrix-synapse')).toContain('redis');
};

/** Owners and modes of section 4 of what is written, for the flavours that the playbook makes itself. */
export const verifyFiles = async (host: TestHost): Promise<void> => {
  const etc = '/etc/matrix-synapse';
  const wanted: Readonly<Record<string, string>> = {
    [`${etc}/conf.d`]: 'root:matrix-synapse 750',
    [`${etc}/workers`]: 'root:matrix-synapse 750',
    [`${etc}/logconf.d`]: 'root:matrix-synapse 750',
    [`${etc}/conf.d/redis.yaml`]: 'root:matrix-synapse 640',
    [`${etc}/conf.d/database.yaml`]: 'root:matrix-synapse 640',
    [`${etc}/conf.d/listeners.yaml`]: 'root:matrix-synapse 640',
    [`${etc}/conf.d/local.yaml`]: 'root:matrix-synapse 640',
    [`${etc}/conf.d/secrets.yaml`]: 'matrix-synapse:matrix-synapse 400',
    [`${etc}/conf.d/server_name.yaml`]: 'root:root 644',
    [`${etc}/conf.d/report_stats.yaml`]: 'root:root 644',
    [`${etc}/homeserver.signing.key`]: 'matrix-synapse:matrix-synapse 600',
    [`${etc}/workers/login.yaml`]: 'root:matrix-synapse 640',
    [`${etc}/logconf.d/login.yaml`]: 'root:matrix-synapse 640',
    '/etc/redis/redis.conf': 'redis:redis 640',
    '/etc/systemd/system/matrix-synapse.target': 'root:root 644',
    '/etc/systemd/system/matrix-synapse-worker@.service': 'root:root 644',
    '/etc/systemd/system/matrix-synapse.service.d/override.conf': 'root:root 644',
    '/etc/nginx/sites-available/matrix-synapse.conf': 'root:root 644',
  };
  const seen = await host.run(`stat -c '%n %U:%G %a' ${Object.keys(wanted).join(' ')}`);
  expect(seen.split('\n')).toEqual(Object.entries(wanted).map(([path, owner]) => `${path} ${owner}`));
  expect(await host.run('readlink /etc/nginx/sites-enabled/matrix-synapse.conf')).toBe(
    '../sites-available/matrix-synapse.conf',
  );
  expect(
    await host.run("grep -c -E '^[a-z_]+: [0-9a-f]{48,}$' /etc/matrix-synapse/conf.d/secrets.yaml"),
  ).toBe('4');
};

/**
 * Each process says in its own log, once, who it is and where it listens, and nothing of errors. A line may reach the file
 * five seconds late (the logging configuration's buffer), so it is waited for.
 */
export const verifyLogs = (host: TestHost): Promise<void> =>
  vi.waitFor(() => verifyLogsOnce(host), { timeout: 30_000, interval: 1000 });

const verifyLogsOnce = async (host: TestHost): Promise<void> => {
  for (const name of ['main', ...workers]) {
    const lines = await logOf(host, name === 'main' ? 'homeserver' : name);
    const log = lines.join('\n');
    expect(log).toContain(`Instance name: ${name === 'main' ? 'master' : name}`);
    for (const socket of sockets.keys()) {
      const own = new RegExp(`listening on Unix Socket at: ${run}/${socket}`, 'g');
      const isOwn = socket.endsWith(`bound_${name}.sock`) || socket === `replication_${name}.sock`;
      expect(log.match(own)?.length ?? 0, `${name} ${socket}`).toBe(isOwn ? 1 : 0);
    }
    expect(log.match(/Connecting to redis \(path='\/run\/redis\/redis-server.sock'\)/g) ?? []).not.toEqual(
      [],
    );
    expect(lines.filter((line) => / - (ERROR|CRITICAL) - /.test(line))).toEqual([]);
    expect(doubledLoggers(lines), `loggers that write everything twice in the log of ${name}`).toEqual([]);
    expect(log.includes('Not starting pushers because they are disabled')).toBe(name !== 'pusher');
  }
  const main = (await logOf(host, 'homeserver')).join('\n');
  for (const said of [
    'Connected to redis',
    'Successfully subscribed to redis stream',
    'REPLICATE successfully sent',
  ])
    expect(main).toContain(said);
};
