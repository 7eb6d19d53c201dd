import { describe, expect, it } from 'vitest';
import { synapseRole } from './synapse-role.ts';

const confD = '/etc/matrix-synapse/conf.d';
const site = '/etc/nginx/sites-available/matrix-synapse.conf';

const shared = {
  synapse_main_host: 'matrix1',
  worker_hosts: { matrix2: ['login', 'typing', 'normal_sync'] },
};
const encoded = (text: string) => ({ content: Buffer.from(text).toString('base64') });

/** What main's machine has said of itself by the time that the other needs it. */
const seen = {
  secrets_seen: encoded('form_secret: abc\n'),
  db_password_seen: encoded('0123'),
  redis_password_seen: encoded('4567'),
  signing_key_seen: encoded('ed25519 a b\n'),
  synapse_main_runs: {},
};
const inventory = {
  matrix1: { ...shared, ...seen, synapse_address: '10.0.0.1' },
  matrix2: { ...shared, synapse_address: '10.0.0.2', synapse_parsed: {}, synapse_stopped: {} },
};
const on = (name: keyof typeof inventory, more: object = {}) =>
  synapseRole({ ...inventory[name], ...more }, { name, others: inventory });
const first = on('matrix1');
const second = on('matrix2');

describe('A homeserver on two machines', () => {
  it('is in order', () => {
    expect(first.refusals).toEqual([]);
    expect(second.refusals).toEqual([]);
  });

  it('has each worker where it is placed', () => {
    expect(second.workerNames).toEqual(['login', 'typing', 'normal_sync1', 'normal_sync2', 'normal_sync3']);
    expect(first.workerNames).toHaveLength(11);
    expect(first.workerNames.filter((name) => second.workerNames.includes(name))).toEqual([]);
  });

  it('has sockets where both ends share a machine, and addresses where they do not', () => {
    const ofFirst = first.settings.instance_map;
    const ofSecond = second.settings.instance_map;
    expect(ofFirst.main).toEqual({ path: '/run/matrix-synapse/replication_main.sock' });
    expect(ofFirst.typing).toEqual({ host: '10.0.0.2', port: 9220 });
    expect(ofSecond.main).toEqual({ host: '10.0.0.1', port: 9093 });
    expect(ofSecond.typing).toEqual({ path: '/run/matrix-synapse/replication_typing.sock' });
    expect(ofSecond.presence).toEqual({ host: '10.0.0.1', port: 9280 });
    expect(Object.keys(ofFirst)).toEqual(Object.keys(ofSecond));
  });

  it('listens on the private address only, and only where somebody asks', () => {
    const listeners = second.yaml('/etc/matrix-synapse/workers/typing.yaml').worker_listeners;
    expect(listeners.map(({ path, port }: { path?: string; port?: number }) => path ?? port)).toEqual([
      8220,
      '/run/matrix-synapse/replication_typing.sock',
      9220,
    ]);
    for (const { port, bind_addresses: addresses } of listeners)
      if (port !== undefined) expect(addresses).toEqual(['10.0.0.2']);
    const sync = second.yaml('/etc/matrix-synapse/workers/normal_sync2.yaml').worker_listeners;
    expect(sync.map(({ path, port }: { path?: string; port?: number }) => path ?? port)).toEqual([
      8341,
      '/run/matrix-synapse/replication_normal_sync2.sock',
    ]);
    const own = first.yaml('/etc/matrix-synapse/workers/login.yaml'.replace('login', 'userdir'));
    expect(JSON.stringify(own.worker_listeners)).not.toContain('port');
    expect(first.settings.listeners.map(({ port }: { port?: number }) => port)).toEqual([
      undefined,
      undefined,
      9093,
    ]);
  });

  it('is closed to all but its own machines', () => {
    const rules = '/etc/nftables-matrix-synapse.conf';
    expect(first.text(rules)).toContain('ip saddr 10.0.0.2 accept');
    expect(second.text(rules)).toContain('ip saddr 10.0.0.1 accept');
    const ports = (text: string) => /dport \{ ([^}]+) \}/.exec(text)?.[1]?.split(', ').map(Number);
    expect(ports(first.text(rules))).toEqual(expect.arrayContaining([9093, 6379, 5432, 9280]));
    expect(ports(second.text(rules))?.sort()).toEqual([8100, 8220, 8340, 8341, 8342, 9220].sort());
  });

  it('asks Redis and PostgreSQL by socket on their own machine, with a password from the other', () => {
    expect(first.settings.redis).toEqual({
      enabled: true,
      path: '/run/redis/redis-server.sock',
      password_path: '/etc/matrix-synapse/redis.password',
    });
    expect(second.settings.redis).toMatchObject({ host: '10.0.0.1', port: 6379 });
    expect(first.settings.database.args).not.toHaveProperty('password');
    expect(second.settings.database.args).toMatchObject({ host: '10.0.0.1', port: 5432, password: '0123' });
    const database = second.named('Database')[0];
    expect(database?.params).toMatchObject({ owner: 'matrix-synapse', mode: '0400' });
  });

  it('has one Redis, one PostgreSQL and one nginx', () => {
    const packages = second.tasks
      .filter(({ module }) => module === 'apt')
      .flatMap(({ params }) => params.name);
    expect(packages).not.toContain('redis-server');
    expect(packages).not.toContain('nginx-light');
    expect(packages).not.toContain('postgresql');
    expect(() => second.text(site)).toThrow();
    expect(first.text(site)).toMatch(
      /upstream synapse_normal_sync \{\n.*\n +server 10\.0\.0\.2:8340 max_fails=0;/,
    );
    expect(first.text(site)).toContain('server unix:/run/matrix-synapse/inbound_presence.sock max_fails=0;');
  });

  it('takes the secrets of main, and shows none of them', () => {
    for (const name of ["Secrets of main's machine", 'Password of a Redis that is on another machine']) {
      const [task] = second.named(name);
      expect(task?.instance.task.noLog).toBe(true);
      expect(task?.params).toMatchObject({ owner: 'matrix-synapse', mode: '0400' });
    }
    expect(second.text(`${confD}/secrets.yaml`)).toBe('form_secret: abc\n');
  });

  it('takes no port from a worker when another is added', () => {
    const grown = on('matrix2', { normal_sync: 5 });
    expect(grown.text('/etc/matrix-synapse/workers/typing.yaml')).toBe(
      second.text('/etc/matrix-synapse/workers/typing.yaml'),
    );
  });

  it.each([
    [{ worker_hosts: { matrix2: ['ghost'] } }, 'worker_hosts has ghost'],
    [{ worker_hosts: { matrix3: ['login'] } }, 'matrix3 has workers in worker_hosts'],
    [{ synapse_main_host: 'matrix9' }, 'matrix9 has workers in worker_hosts, or is synapse_main_host'],
  ])('is refused when it does not fit together: %j', (vars, message) => {
    expect(on('matrix1', vars).refusals.join('\n')).toContain(message);
  });

  it('is refused without an address for the others', () => {
    const others = { ...inventory, matrix2: { ...shared } };
    expect(synapseRole(inventory.matrix1, { name: 'matrix1', others }).refusals.join('\n')).toContain(
      'matrix2 wants synapse_address',
    );
  });
});

describe('PostgreSQL and Redis that are elsewhere', () => {
  const elsewhere = {
    db_manage: false,
    db_host: 'db.example.org',
    db_password: 'geheim',
    redis_manage: false,
    redis_host: 'cache.example.org',
    redis_password: 'geheimer',
  };
  const role = synapseRole(elsewhere);

  it('are asked at their addresses, and nothing is installed or changed for them', () => {
    expect(role.refusals).toEqual([]);
    expect(role.settings.database.args).toMatchObject({ host: 'db.example.org', password: 'geheim' });
    expect(role.settings.redis).toMatchObject({ host: 'cache.example.org', port: 6379 });
    const packages = role.tasks.filter(({ module }) => module === 'apt').flatMap(({ params }) => params.name);
    expect(packages).not.toContain('redis-server');
    expect(packages).not.toContain('postgresql');
    expect(role.tasks.filter(({ module }) => module.startsWith('postgresql'))).toEqual([]);
    expect(() => role.text('/etc/postgresql/synapse.conf')).toThrow();
  });

  it.each([
    [{ ...elsewhere, db_password: '' }, 'db_manage: false wants db_host'],
    [{ ...elsewhere, redis_host: '' }, 'redis_manage: false wants redis_host'],
  ])('are refused without what it takes to reach them', (vars, message) => {
    expect(synapseRole(vars).refusals.join('\n')).toContain(message);
  });
});
