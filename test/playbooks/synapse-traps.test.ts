import { describe, expect, it } from 'vitest';
import { freshBytes } from '../containers/synapse/matrix-client.ts';
import { synapseRole } from './synapse-role.ts';

const etc = '/etc/matrix-synapse';
const run = '/run/matrix-synapse';
const units = '/etc/systemd/system';

const venv = synapseRole();
const debian = synapseRole({ synapse_flavour: 'debian' });
const vendor = synapseRole({ synapse_flavour: 'vendor' });
const flavours = { venv, debian, vendor };

const { settings } = venv;
const site = venv.text('/etc/nginx/sites-available/matrix-synapse.conf');
const override = (role = venv): string => role.text(`${units}/matrix-synapse.service.d/override.conf`);
const template = (role = venv): string => role.text(`${units}/matrix-synapse-worker@.service`);
const worker = (name: string) => venv.yaml(`${etc}/workers/${name}.yaml`);
const { workerNames } = venv;
const scripts = venv.tasks
  .flatMap(({ params }) => [params.cmd, params.unless, params.onlyif].flat())
  .join('\n');

interface Listener {
  readonly path: string;
  readonly mode: unknown;
  readonly resources: readonly { readonly names: readonly string[] }[];
}

const allListeners: readonly Listener[] = [
  ...settings.listeners,
  ...workerNames.flatMap((name) => worker(name).worker_listeners),
];

const resourcesOf = (socket: string): readonly string[] =>
  allListeners
    .filter(({ path }) => path === `${run}/${socket}.sock`)
    .flatMap(({ resources }) => resources)
    .flatMap(({ names }) => names);

describe('Known traps of Synapse with workers', () => {
  it('1: consent is no resource of main, nor of any other process', () => {
    expect(allListeners.flatMap(({ resources }) => resources.flatMap(({ names }) => names))).not.toContain(
      'consent',
    );
    expect(resourcesOf('inbound_main')).toEqual(['client', 'federation']);
    expect(resourcesOf('inbound_login')).toEqual(['client']);
    const consenting = synapseRole({ user_consent_enabled: true }).text(`${etc}/conf.d/listeners.yaml`);
    expect(consenting).toContain('"consent"');
  });

  it('2: the group matrix-synapse is made, is the group of all processes, and has nginx in it', () => {
    for (const role of [venv, debian]) {
      expect(
        role.tasks.some(({ module, params }) => module === 'group' && params.name === 'matrix-synapse'),
      ).toBe(true);
      expect(override(role)).toMatch(/^Group=matrix-synapse$/m);
      expect(template(role)).toMatch(/^Group=matrix-synapse$/m);
    }
    const [nginx] = venv.named("nginx may use Synapse's sockets");
    expect(nginx?.params).toMatchObject({ name: 'www-data', groups: ['matrix-synapse'], append: true });
  });

  it("3: Debian's package gets its Redis libraries, and is looked at for the one that Debian lacks", () => {
    const packages = debian.tasks
      .filter(({ module }) => module === 'apt')
      .flatMap(({ params }) => params.name);
    expect(packages).toEqual(expect.arrayContaining(['matrix-synapse', 'python3-hiredis', 'python3-six']));
    expect(debian.named("Synapse's Redis libraries can be found")[0]?.params.cmd).toContain('txredisapi');
    const pypi = synapseRole({ synapse_flavour: 'debian', synapse_txredisapi: 'pypi' });
    expect(pypi.named('The Redis library from PyPI')).toHaveLength(1);
    const own = synapseRole({ synapse_flavour: 'debian', synapse_txredisapi: '/srv/txredisapi.py' });
    expect(own.named('The Redis library from a file')[0]?.params.src).toBe('/srv/txredisapi.py');
  });

  it('4: redis.conf is edited in place and stays readable for Redis', () => {
    const [task] = venv.named('Redis listens on its socket only, or to the machines of its homeserver too');
    expect(task?.module).toBe('config_line');
    expect(task?.params).toMatchObject({
      path: '/etc/redis/redis.conf',
      owner: 'redis',
      group: 'redis',
      mode: '0640',
    });
  });

  it('5: nginx gets proxy_pass, never proxy_forward, and no path after the upstream', () => {
    expect(site).not.toContain('proxy_forward');
    const passes = [...site.matchAll(/proxy_pass (.*);/g)].map(([, to]) => to);
    expect(passes.length).toBeGreaterThan(20);
    for (const to of passes) expect(to).toMatch(/^http:\/\/(?:synapse_[a-z_]+|\$synapse_sync)$/);
  });

  it('6: one drop-in holds everything, the mode of the run-time directory included, the same in both units', () => {
    const dropIns = venv.tasks.filter(({ module }) => module === 'systemd_dropin');
    expect(dropIns.map(({ params }) => params.unit)).toEqual(['matrix-synapse.service']);
    for (const text of [override(), template()]) {
      expect(text).toMatch(/^RuntimeDirectory=matrix-synapse$/m);
      expect(text).toMatch(/^RuntimeDirectoryMode=0750$/m);
    }
  });

  it('7: every socket has a mode that YAML 1.1 reads as a number, replication is for one user only, with a secret', () => {
    expect(allListeners).toHaveLength(32);
    for (const { path, mode } of allListeners)
      expect(mode).toBe(path.includes('/replication_') ? 0o600 : 0o660);
    expect(venv.named('Secrets')[0]?.params.cmd).toContain('worker_replication_secret');
    expect(venv.named('Secrets')[0]?.params.cmd).toContain('umask 077');
  });

  it('8: paths of instance_map are plain', () => {
    const map = settings.instance_map as Record<string, { path: string }>;
    expect(workerNames).toHaveLength(16);
    // Main, and whom another process sends requests to.
    const writers = new Set(Object.values(settings.stream_writers).flat() as string[]);
    expect(Object.keys(map).sort()).toEqual(['main', ...writers].sort());
    for (const [name, { path }] of Object.entries(map)) expect(path).toBe(`${run}/replication_${name}.sock`);
  });

  it('9: SQLite is refused', () => {
    expect(synapseRole({ db_engine: 'sqlite3' }).refusals.join('\n')).toMatch(/PostgreSQL/);
  });

  it('10: the folder of worker files is /etc/matrix-synapse/workers, closed to others', () => {
    const folders = venv.named('Directories of the configuration').map(({ params }) => params);
    expect(folders).toContainEqual(
      expect.objectContaining({
        path: `${etc}/workers`,
        mode: '0750',
        owner: 'root',
        group: 'matrix-synapse',
      }),
    );
    expect(folders.every(({ mode }) => mode === '0750')).toBe(true);
  });

  it('11: no unit has Before=; the template is ordered by After=', () => {
    expect(
      override() + template() + JSON.stringify(venv.unit('systemd_unit', 'matrix-synapse.target').params),
    ).not.toContain('Before');
    expect(template()).toMatch(/^After=.*\bmatrix-synapse\.service\b/m);
  });

  it('12: log handlers stand at the root only', () => {
    for (const file of ['log.yaml', 'logconf.d/login.yaml']) {
      const { loggers, root } = venv.yaml(`${etc}/${file}`);
      expect(root.handlers).toEqual(['buffer']);
      for (const logger of Object.values(loggers)) expect(logger).not.toHaveProperty('handlers');
    }
  });

  it('13: each process has a log configuration and a log of its own name', () => {
    const logs = workerNames.map((name) => {
      expect(worker(name).worker_log_config).toBe(`${etc}/logconf.d/${name}.yaml`);
      return venv.yaml(`${etc}/logconf.d/${name}.yaml`).handlers.file.filename;
    });
    expect(logs).toEqual(workerNames.map((name) => `/var/log/matrix-synapse/${name}.log`));
  });

  it('14: the media worker is a generic worker that has the media repository in its own file', () => {
    expect(worker('mediaworker')).toMatchObject({
      worker_app: 'synapse.app.generic_worker',
      enable_media_repo: true,
    });
    expect(settings.enable_media_repo).toBe(false);
    expect(resourcesOf('inbound_mediaworker')).toEqual(['media']);
    for (const name of workerNames.filter((other) => other !== 'mediaworker'))
      expect(worker(name)).not.toHaveProperty('enable_media_repo');
  });

  it('15: quarantined media are written by the media worker, where Synapse knows of it', () => {
    expect(settings.stream_writers.quarantined_media_changes).toEqual(['mediaworker']);
    const old = synapseRole({ synapse_version: '1.151.0' }).settings;
    expect(old.stream_writers).not.toHaveProperty('quarantined_media_changes');
    const young = synapseRole({ synapse_version: '1.152.0' }).settings;
    expect(young.stream_writers).toHaveProperty('quarantined_media_changes');
  });

  it('16: sending, pushing and the user directory are given to their workers', () => {
    expect(settings).toMatchObject({
      federation_sender_instances: ['federation_sender'],
      pusher_instances: ['pusher'],
      update_user_directory_from_worker: 'userdir',
      media_instance_running_background_jobs: 'mediaworker',
    });
  });

  it('17: main is taken out of multi-user.target, and its links are made anew', () => {
    expect(override()).toMatch(/\[Install\]\nWantedBy=\nWantedBy=matrix-synapse\.target$/m);
    expect(venv.unit('systemd', 'matrix-synapse.service').params).toMatchObject({
      enabled: true,
      state: 'started',
    });
  });

  it('18: the target itself is enabled', () => {
    expect(venv.unit('systemd', 'matrix-synapse.target').params).toMatchObject({
      enabled: true,
      state: 'started',
    });
  });

  it("19: main can be reloaded: Debian's unit by our drop-in, the others by their own, never twice", () => {
    expect(override(debian)).toMatch(/^ExecReload=/m);
    expect(override(vendor)).not.toMatch(/^ExecReload=/m);
    expect(override(venv)).not.toMatch(/^ExecReload=/m);
    expect(venv.unit('systemd_unit', 'matrix-synapse.service').params.sections.Service).toHaveProperty(
      'ExecReload',
    );
  });

  it('20: a restart of one process leaves the sockets of the others', () => {
    expect(override()).toMatch(/^RuntimeDirectoryPreserve=yes$/m);
    expect(template()).toMatch(/^RuntimeDirectoryPreserve=yes$/m);
  });

  it("21: each flavour's own Python runs the workers", () => {
    expect(template(debian)).toContain('ExecStart=/usr/bin/python3 -m synapse.app.generic_worker ');
    for (const role of [venv, vendor])
      expect(template(role)).toContain(
        'ExecStart=/opt/venvs/matrix-synapse/bin/python -m synapse.app.generic_worker ',
      );
    const own = synapseRole({ synapse_python: '/srv/python' });
    expect(template(own)).toContain('ExecStart=/srv/python -m ');
  });

  it('22: Redis is on, as nested keys', () => {
    expect(venv.yaml(`${etc}/conf.d/redis.yaml`)).toEqual({
      redis: { enabled: true, path: '/run/redis/redis-server.sock' },
    });
  });

  it('23: exactly the workers of the list are enabled and started', () => {
    const instances = venv.named('Workers run, and no others').map(({ params }) => params);
    expect(instances).toMatchObject([{ instances: workerNames, exclusive: true }]);
  });

  it('24: streams and workers have their own names', () => {
    expect(settings.stream_writers).toMatchObject({
      to_device: ['todevice'],
      account_data: ['accountdata'],
    });
    expect(workerNames).toEqual(
      expect.arrayContaining([
        'initial_sync1',
        'initial_sync2',
        'normal_sync1',
        'normal_sync2',
        'normal_sync3',
      ]),
    );
  });

  it('25: accounts are put into groups beside those they are in, and nobody needs adduser', () => {
    const memberships = venv.tasks.filter(
      ({ module, params }) => module === 'user' && params.groups !== undefined,
    );
    expect(memberships).toHaveLength(2);
    for (const { params } of memberships) expect(params.append).toBe(true);
    expect(scripts).not.toMatch(/\b(adduser|usermod)\b/);
  });

  it('26: PostgreSQL takes as many connections as all processes may open', () => {
    const connectionsOf = (vars: object): number =>
      Number(
        /^max_connections = '(\d+)'$/m.exec(
          synapseRole({ ...vars }).text('/etc/postgresql/synapse.conf'),
        )?.[1],
      );
    expect(connectionsOf({})).toBe(200);
    expect(connectionsOf({ normal_sync: 4, db_cp_max: 10 })).toBe(200);
    expect(connectionsOf({ normal_sync: 20, db_cp_max: 10 })).toBe(400);
    expect(venv.yaml(`${etc}/conf.d/database.yaml`).database.args).toMatchObject({ cp_min: 1, cp_max: 5 });
  });

  it('27: another log level reloads a worker and does not restart it', () => {
    const [{ params } = { params: {} }] = venv.named('Workers run with this configuration');
    expect(params.reload_after).toEqual([`${etc}/logconf.d/%i.yaml`]);
    expect(params.restart_after.join()).not.toContain('logconf.d');
  });

  it('28: nginx and Synapse take uploads of the same size', () => {
    expect(site).toContain('client_max_body_size 100M;');
    expect(venv.yaml(`${etc}/conf.d/local.yaml`).max_upload_size).toBe('100M');
  });

  it('29: tests never upload the same bytes twice', () => {
    expect(Buffer.from(freshBytes()).equals(Buffer.from(freshBytes()))).toBe(false);
  });

  it('30: Synapse is told who asks', () => {
    expect(site).toContain('proxy_set_header X-Forwarded-For $remote_addr;');
  });

  it('are handled for every flavour', () => {
    for (const role of Object.values(flavours)) expect(role.refusals).toEqual([]);
  });
});
