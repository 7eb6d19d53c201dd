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

const listenersOf = (vars: Readonly<Record<string, unknown>>) =>
  synapseRole(vars).yaml('/etc/matrix-synapse/conf.d/listeners.yaml');

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
    const listeners = listenersOf({ workers: workers({ name: 'receipts2', kind: 'receipts' }) });
    expect(listeners.stream_writers.receipts).toEqual(['receipts', 'receipts2']);
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
    expect(refusals({ workers: workers({ name: 'x', kind: 'medai' }) })).toMatch(/kinds are login, /);
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
    const map = listenersOf({ initial_sync: 1, normal_sync: 4 }).instance_map;
    const names = Object.keys(map).filter((name) => name.includes('_sync'));
    expect(names).toEqual(['initial_sync1', 'normal_sync1', 'normal_sync2', 'normal_sync3', 'normal_sync4']);
  });

  it('may lack a kind: main does its work and answers its routes', () => {
    const role = synapseRole({ workers: [{ name: 'login', kind: 'login' }] });
    expect(role.refusals).toEqual([]);
    const listeners = role.yaml('/etc/matrix-synapse/conf.d/listeners.yaml');
    expect(listeners.listeners[0].resources[0].names).toEqual(['client', 'federation', 'media']);
    expect(listeners).not.toHaveProperty('stream_writers');
    expect(listeners).not.toHaveProperty('enable_media_repo');
    const site = role.text('/etc/nginx/sites-available/matrix-synapse.conf');
    const upstreams = [...site.matchAll(/^upstream (\w+)/gm)].map(([, name]) => name);
    expect(upstreams).toEqual(['synapse_main', 'synapse_login']);
    expect(site).toContain('default synapse_main;');
  });

  it('may be empty', () => {
    const role = synapseRole({ workers: [] });
    expect(role.refusals).toEqual([]);
    expect(Object.keys(role.yaml('/etc/matrix-synapse/conf.d/listeners.yaml').instance_map)).toEqual([
      'main',
    ]);
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

  it('keep a password of the database from others', () => {
    const { params, instance } =
      synapseRole({ db_password: 'geheim', db_host: 'db.example.org' }).named('Database')[0] ?? {};
    expect(params).toMatchObject({ owner: 'matrix-synapse', group: 'matrix-synapse', mode: '0400' });
    expect(instance?.task.noLog).toBeDefined();
  });
});
