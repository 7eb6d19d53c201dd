import { describe, expect, it } from 'vitest';
import { diagnostics, synapseRole } from './synapse-role.ts';

const workers = (...more: readonly object[]) => [
  { name: 'login', kind: 'login' },
  { name: 'typing', kind: 'typing' },
  { name: 'mediaworker', kind: 'mediaworker' },
  { name: 'receipts', kind: 'receipts' },
  ...more,
];

const refusals = (vars: Readonly<Record<string, unknown>>): string => synapseRole(vars).refusals.join('\n');

const settingsOf = (vars: Readonly<Record<string, unknown>>) => synapseRole(vars).settings;

describe('The flagship playbook', () => {
  it('is read without an error or a warning', () => {
    expect(diagnostics).toEqual([]);
  });

  it('refuses a count that is no number', () => {
    expect(refusals({ normal_sync: 'many' })).toContain('worker normal_sync: count is many');
    expect(refusals({ normal_sync: '4' })).toBe('');
  });

  it('has no command that could not be proved', () => {
    const open = synapseRole()
      .tasks.filter(({ module }) => ['command', 'shell'].includes(module))
      .filter(({ params, instance }) => {
        const isGuarded = [params.creates, params.removes, ...params.unless, ...params.onlyif].some(
          (guard) => guard !== undefined,
        );
        const isLook = instance.task.changedWhen?.[0] === false;
        return !isGuarded && !isLook;
      });
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  it('never shows a secret, nor puts one into an argument list', () => {
    const [secrets] = synapseRole().named('Secrets');
    expect(secrets?.instance.task.noLog).toBe(true);
    expect(secrets?.params.cmd).toMatch(/printf '%s: %s\\n' "\$key" "\$\(od /);
  });
});

describe('A list of workers', () => {
  it('that is in order is not refused', () => {
    expect(refusals({ workers: workers() })).toBe('');
    expect(refusals({})).toBe('');
  });

  it('is refused with two writers of a stream that allows one', () => {
    expect(refusals({ workers: workers({ name: 'typing2', kind: 'typing' }) })).toMatch(
      /typing takes one writer, but has 2: typing, typing2/,
    );
    expect(refusals({ streams: { to_device: ['todevice', 'login'] } })).toMatch(/to_device takes one writer/);
  });

  it('may have several writers of a stream that allows them', () => {
    const settings = settingsOf({ workers: workers({ name: 'receipts2', kind: 'receipts' }) });
    expect(settings.stream_writers.receipts).toEqual(['receipts', 'receipts2']);
  });

  it('is refused with an unknown stream', () => {
    expect(refusals({ streams: { typping: ['typing'] } })).toMatch(/typping is not a stream; known are/);
  });

  it('is refused when a stream is written by nobody in it', () => {
    expect(refusals({ streams: { device_lists: ['ghost'] } })).toMatch(
      /device_lists: ghost is not in the list/,
    );
  });

  it('is refused when media are quarantined by another than a media worker', () => {
    expect(refusals({ streams: { quarantined_media_changes: ['login'] } })).toMatch(/kind mediaworker/);
  });

  it('is refused with a name twice, also where a count makes it', () => {
    expect(refusals({ workers: workers({ name: 'login', kind: 'userdir' }) })).toMatch(
      /two workers have the same name/,
    );
    expect(
      refusals({
        workers: [
          { name: 'a', kind: 'login', count: 2 },
          { name: 'a2', kind: 'login' },
        ],
      }),
    ).toMatch(/two workers have the same name/);
  });

  it.each(['main', 'master'])('is refused with the reserved name %s', (name) => {
    expect(refusals({ workers: workers({ name, kind: 'login' }) })).toMatch(`${name} is what Synapse calls`);
  });

  it.each(['a b', 'a/b', '-a', 'ä'])('is refused with the name "%s"', (name) => {
    expect(refusals({ workers: workers({ name, kind: 'login' }) })).toMatch(/cannot be the name of a worker/);
  });

  it('is refused with an unknown kind', () => {
    expect(refusals({ workers: workers({ name: 'x', kind: 'medai' }) })).toMatch(
      /they are login, federation_sender/,
    );
  });

  it('is refused when the path of a socket gets too long', () => {
    expect(refusals({ workers: workers({ name: 'x'.repeat(71), kind: 'login' }) })).toMatch(/107 bytes/);
    expect(refusals({ workers: workers({ name: 'x'.repeat(70), kind: 'login' }) })).toBe('');
  });

  it('is refused with two workers for the user directory', () => {
    const two = workers({ name: 'u1', kind: 'userdir' }, { name: 'u2', kind: 'userdir' });
    expect(refusals({ workers: two })).toMatch(/only one worker/);
  });

  it('gets a worker by an entry: its files, unit, socket and route follow', () => {
    const role = synapseRole({ workers: workers({ name: 'login2', kind: 'login' }) });
    expect(role.yaml('/etc/matrix-synapse/workers/login2.yaml').worker_name).toBe('login2');
    expect(role.yaml('/etc/matrix-synapse/logconf.d/login2.yaml').root.level).toBe('INFO');
    expect(role.unit('systemd_instances', 'matrix-synapse-worker@.service').params.instances).toContain(
      'login2',
    );
    expect(role.text('/etc/nginx/sites-available/matrix-synapse.conf')).toMatch(
      /upstream synapse_login \{\n +server unix:\/run\/matrix-synapse\/inbound_login.sock max_fails=0;\n +server unix:\/run\/matrix-synapse\/inbound_login2.sock/,
    );
  });

  it('gets as many sync workers as the counts say', () => {
    const { workerNames } = synapseRole({ initial_sync: 1, normal_sync: 4 });
    const names = workerNames.filter((name) => name.includes('_sync'));
    expect(names).toEqual(['initial_sync1', 'normal_sync1', 'normal_sync2', 'normal_sync3', 'normal_sync4']);
  });

  it('may lack a kind: main does its work and answers its routes', () => {
    const role = synapseRole({ workers: [{ name: 'login', kind: 'login' }] });
    expect(role.refusals).toEqual([]);
    const { settings } = role;
    expect(settings.listeners[0].resources[0].names).toEqual(['client', 'federation', 'media']);
    expect(settings).not.toHaveProperty('stream_writers');
    expect(settings).not.toHaveProperty('enable_media_repo');
    const site = role.text('/etc/nginx/sites-available/matrix-synapse.conf');
    const upstreams = [...site.matchAll(/^upstream (\w+)/gm)].map(([, name]) => name);
    expect(upstreams).toEqual(['synapse_main', 'synapse_login']);
    expect(site).toContain('default synapse_main;');
  });

  it('may be empty', () => {
    const role = synapseRole({ workers: [] });
    expect(role.refusals).toEqual([]);
    expect(Object.keys(role.settings.instance_map)).toEqual(['main']);
  });
});

describe('A layout', () => {
  const site = '/etc/nginx/sites-available/matrix-synapse.conf';

  it.each(['full', 'combined', 'small', 'none'])('called %s is in order', (worker_layout) => {
    expect(synapseRole({ worker_layout }).refusals).toEqual([]);
  });

  it('is refused when nobody knows it', () => {
    expect(refusals({ worker_layout: 'tiny', workers: [] })).toContain(
      'worker_layout is tiny; known are full, combined, small, none',
    );
  });

  it('may have one worker for all streams, which then answers all of their routes', () => {
    const role = synapseRole({ worker_layout: 'combined' });
    const { stream_writers: writers, instance_map: map } = role.settings;
    const { quarantined_media_changes: quarantine, ...others } = writers;
    expect(quarantine).toEqual(['mediaworker']);
    for (const names of Object.values(others)) expect(names).toEqual(['streams']);
    expect(Object.keys(map)).toEqual(['main', 'streams', 'mediaworker']);
    const ofKind = (kind: string) =>
      new RegExp(`upstream synapse_${kind} \\{\\n +server unix:/run/matrix-synapse/inbound_(\\w+).sock`).exec(
        role.text(site),
      )?.[1];
    for (const kind of ['typing', 'presence', 'receipts', 'push_rules', 'accountdata', 'todevice'])
      expect(ofKind(kind)).toBe('streams');
  });

  it('may be small: four workers have all of the tasks', () => {
    const role = synapseRole({ worker_layout: 'small' });
    expect(role.workerNames).toEqual(['client', 'sync', 'background', 'mediaworker']);
    expect(role.settings).toMatchObject({
      federation_sender_instances: ['background'],
      pusher_instances: ['background'],
      update_user_directory_from_worker: 'client',
    });
    expect(role.text(site)).toContain("    '' synapse_initial_sync;");
  });

  it('may be without workers: no duty is left to one that is gone', () => {
    const { settings, workerNames } = synapseRole({ worker_layout: 'none' });
    expect(workerNames).toEqual([]);
    expect(settings.listeners[0].resources[0].names).toEqual(['client', 'federation', 'media']);
    expect(
      Object.keys(settings).filter((key) => /instances|enable_media|stream|from_worker/.test(key)),
    ).toEqual([]);
  });
});

describe('A worker', () => {
  it('has a kind or kinds, not both', () => {
    const both = workers({ name: 'x', kind: 'login', kinds: ['userdir'] });
    expect(refusals({ workers: both })).toMatch(/wants a name and a kind, or kinds/);
    expect(refusals({ workers: workers({ name: 'x', kinds: 'userdir' }) })).toMatch(/wants a name/);
  });

  it('has no key that means nothing', () => {
    const misspelled = workers({ name: 'x', kind: 'userdir', option: { event_cache_size: '20K' } });
    expect(refusals({ workers: misspelled })).toMatch(/worker x: unknown key option; known are name, kind/);
  });

  it('may have settings of its own, but none that are written already', () => {
    const own = synapseRole({
      workers: workers({ name: 'x', kind: 'userdir', options: { event_cache_size: '20K' } }),
    });
    expect(own.yaml('/etc/matrix-synapse/workers/x.yaml')).toMatchObject({
      worker_name: 'x',
      event_cache_size: '20K',
    });
    expect(own.yaml('/etc/matrix-synapse/workers/login.yaml')).not.toHaveProperty('event_cache_size');
    for (const key of ['worker_listeners', 'redis', 'worker_replication_secret'])
      expect(refusals({ workers: workers({ name: 'x', kind: 'userdir', options: { [key]: 1 } }) })).toContain(
        `worker x: ${key} is written by this role`,
      );
  });

  it('has a file that changes with the list of those who share its duty', () => {
    const file = '/etc/matrix-synapse/workers/pusher.yaml';
    const two = { workers: workers({ name: 'pusher', kind: 'pusher' }, { name: 'pusher2', kind: 'pusher' }) };
    expect(synapseRole(two).text(file)).not.toBe(
      synapseRole({ workers: workers({ name: 'pusher', kind: 'pusher' }) }).text(file),
    );
    const more = { workers: workers({ name: 'pusher', kind: 'pusher' }, { name: 'login2', kind: 'login' }) };
    expect(synapseRole(more).text(file)).toBe(
      synapseRole({ workers: workers({ name: 'pusher', kind: 'pusher' }) }).text(file),
    );
  });

  it('that nobody asks anything comes and goes without a change for the others', () => {
    const few = synapseRole({ normal_sync: 3 });
    const many = synapseRole({ normal_sync: 5 });
    for (const file of ['instances', 'listeners', 'federation', 'duties', 'database', 'redis', 'local'])
      expect(many.text(`/etc/matrix-synapse/conf.d/${file}.yaml`)).toBe(
        few.text(`/etc/matrix-synapse/conf.d/${file}.yaml`),
      );
    for (const name of few.workerNames)
      expect(many.text(`/etc/matrix-synapse/workers/${name}.yaml`)).toBe(
        few.text(`/etc/matrix-synapse/workers/${name}.yaml`),
      );
    // It would take a restart of PostgreSQL, and with it everybody's requests.
    expect(many.text('/etc/postgresql/synapse.conf')).toBe(few.text('/etc/postgresql/synapse.conf'));
    expect(few.text('/etc/postgresql/synapse.conf')).toContain("shared_buffers = '1024MB'");
  });
});

describe('Variables', () => {
  it('are refused without a name of the server', () => {
    expect(refusals({ server_name: '' })).toMatch(/server_name is not set/);
  });

  it('are refused with an unknown flavour', () => {
    expect(() => refusals({ synapse_flavour: 'snap' })).not.toThrow();
    expect(refusals({ synapse_flavour: 'snap' })).toMatch(/known are vendor, venv, debian/);
  });

  it('are refused with a certificate and no key', () => {
    expect(refusals({ nginx_tls_certificate: '/etc/ssl/x.pem' })).toMatch(/belong together/);
  });

  it('are refused where they set what the role writes', () => {
    expect(refusals({ synapse_settings: { redis: {} } })).toContain(
      'synapse_settings: redis is written by this role',
    );
    expect(
      synapseRole({ synapse_settings: { enable_registration: true } }).settings.enable_registration,
    ).toBe(true);
  });

  it('keep a password of the database from others', () => {
    const { params, instance } =
      synapseRole({ db_password: 'geheim', db_host: 'db.example.org', db_manage: false }).named(
        'Database',
      )[0] ?? {};
    expect(params).toMatchObject({ owner: 'matrix-synapse', group: 'matrix-synapse', mode: '0400' });
    expect(instance?.task.noLog).toBeDefined();
  });
});
