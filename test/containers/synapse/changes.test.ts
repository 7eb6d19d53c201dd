import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHost, type TestHost } from '../../hosts/host.ts';
import { type Deployment, failuresOf, tasksThat } from '../support/syn-deploy.ts';
import { deploy } from './deploy.ts';
import { layoutOf } from './layout-of.ts';
import { unitOf } from './target-state.ts';
import type { Homeserver } from './traffic/homeserver.ts';
import { startQuietClient } from './traffic/quiet-client.ts';
import { startSteadyClient } from './traffic/steady-client.ts';

const kinds = (...list: readonly string[]) => ({ kinds: list });
const workersWith = (options: object) => [
  {
    name: 'client',
    ...kinds('login', 'userdir', 'typing', 'todevice', 'accountdata', 'presence', 'push_rules'),
  },
  { name: 'receipts', kind: 'receipts' },
  { name: 'background', ...kinds('federation_sender', 'pusher') },
  { name: 'mediaworker', kind: 'mediaworker' },
  { name: 'initial_sync', kind: 'initial_sync', count: 2, options },
  { name: 'normal_sync', kind: 'normal_sync', count: '{{ normal_sync }}', options },
];
const vars = {
  synapse_flavour: 'venv',
  server_name: 'example.org',
  normal_sync: 3,
  workers: workersWith({ event_cache_size: '10K' }),
};

/** The requests of the whole file that people made while it was changed. */
const atLeast = 2000;

describe('A homeserver that people chat on', () => {
  let host: TestHost;
  let homeserver: Homeserver;

  const nginxErrors = (): Promise<string> => host.run('cat /var/log/nginx/error.log');
  const pidOf = (unit: string): Promise<string> => host.run(`systemctl show -p MainPID --value ${unit}`);
  const pids = (names: readonly string[]): Promise<readonly string[]> =>
    Promise.all(['matrix-synapse.service', 'nginx.service', ...names.map(unitOf)].map(pidOf));

  beforeAll(async () => {
    host = await startHost({ suite: 'bookworm', flavour: 'synapse', ports: [80] });
    const applied = await deploy('apply', host, vars);
    expect(applied.exitStatus, failuresOf(applied)).toBe(0);
    homeserver = {
      base: `http://127.0.0.1:${host.publishedPort(80)}`,
      layout: layoutOf(vars),
      hostOf: () => host,
    };
  });

  afterAll(async () => {
    await host?.stop();
  });

  const summaries = (deployment: Deployment): readonly string[] =>
    deployment.host.tasks
      .flatMap(({ changes }) => changes.map(({ summary }) => summary.split(' (')[0] ?? ''))
      .filter((summary) => /^(?:re)?(?:start|load) |^stop |^reload /.test(summary));

  test('has all its sync workers restarted one after another: no request fails, no message is lost', async () => {
    const syncs = ['initial_sync1', 'initial_sync2', 'normal_sync1', 'normal_sync2', 'normal_sync3'];
    const others = ['client', 'receipts', 'background', 'mediaworker'];
    const before = await pids(others);
    await using client = await startSteadyClient(homeserver, { messageEveryMs: 250, errandEveryMs: 60 });
    const quiet = await Promise.all(Array.from({ length: 6 }, () => startQuietClient(homeserver)));
    for (let round = 0; round === 0 || client.report().requests < atLeast; round += 1) {
      const changed = { ...vars, workers: workersWith({ event_cache_size: `${20 + round}K` }) };
      const applied = await deploy('apply', host, changed);
      expect(applied.exitStatus, failuresOf(applied)).toBe(0);
      expect(summaries(applied)).toEqual(syncs.map((name) => `restart ${unitOf(name)}`));
    }
    const quietReports = await Promise.all(quiet.map((stop) => stop()));
    const report = await client.stop();
    console.log(
      `rolling change: ${report.requests} requests, ${report.failed.length} failed, ${report.messagesSent} messages`,
    );
    // What nginx says of it is the explanation of what failed.
    expect(report.failed, await nginxErrors()).toEqual([]);
    expect(
      quietReports.flatMap(({ failed }) => failed),
      'of those who wait',
    ).toEqual([]);
    expect(report.lost).toEqual([]);
    expect(report.doubled).toEqual([]);
    expect(report.requests).toBeGreaterThanOrEqual(atLeast);
    expect(await pids(others)).toEqual(before);
  });

  test('gets a sync worker more, and one less, and nobody notices', async () => {
    const mended = await deploy('apply', host, vars);
    expect(mended.exitStatus, failuresOf(mended)).toBe(0);
    const all = homeserver.layout.map(({ name }) => name);
    const before = await pids(all);
    await using client = await startSteadyClient(homeserver, { messageEveryMs: 250, errandEveryMs: 60 });
    const grown = await deploy('apply', host, { ...vars, normal_sync: 4 });
    expect(grown.exitStatus, failuresOf(grown)).toBe(0);
    expect(summaries(grown)).toEqual([`start ${unitOf('normal_sync4')}`, 'reload nginx.service']);
    const shrunk = await deploy('apply', host, vars);
    expect(shrunk.exitStatus, failuresOf(shrunk)).toBe(0);
    expect(summaries(shrunk)).toEqual(['reload nginx.service', `stop and disable ${unitOf('normal_sync4')}`]);
    const report = await client.stop();
    expect([report.failed, report.lost, report.doubled]).toEqual([[], [], []]);
    expect(await pids(all)).toEqual(before);
  });

  test.each([
    {
      what: 'an option of a worker',
      change: { workers: workersWith({ event_cache_size: 'lots' }) },
      task: 'The configuration parses',
      says: [
        /\/etc\/matrix-synapse\/workers\/initial_sync1\.yaml: .*invalid literal for int\(\)/,
        /put back as it was: \/etc\/matrix-synapse\/workers\/initial_sync1\.yaml/,
      ],
    },
    {
      what: 'a setting of all processes',
      change: { synapse_settings: { caches: { global_factor: 'much' } } },
      task: 'The configuration parses',
      says: [
        /\/etc\/matrix-synapse\/conf\.d\/local\.yaml: Error in configuration:\s+caches\.global_factor must be a number/,
      ],
    },
    {
      what: 'the site of nginx',
      change: { nginx_server_extra: 'proxy_forward x;' },
      task: 'Site of Synapse',
      says: [/\/etc\/nginx\/sites-available\/matrix-synapse\.conf/, /unknown directive "proxy_forward"/],
    },
    {
      what: 'redis.conf',
      change: { redis_settings: { maxmemory: 'lots' } },
      task: 'Redis listens on its socket only, or to the machines of its homeserver too',
      says: [/\/etc\/redis\/redis\.conf/, /'maxmemory lots'\s+argument must be a memory value/],
    },
  ])(
    'goes on when $what is wrong, which is refused with what the program says',
    async ({ change, task, says }) => {
      const before = await pids(homeserver.layout.map(({ name }) => name));
      await using client = await startSteadyClient(homeserver, { messageEveryMs: 500 });
      const refused = await deploy('apply', host, { ...vars, ...change });
      expect(refused.exitStatus).toBe(2);
      expect(tasksThat('failed', refused)).toEqual([task]);
      for (const pattern of says) expect(failuresOf(refused)).toMatch(pattern);
      const report = await client.stop();
      expect([report.failed, report.lost]).toEqual([[], []]);
      expect(await pids(homeserver.layout.map(({ name }) => name))).toEqual(before);
      // What is on the host is what runs: it would come up again by itself.
      const checked = await deploy('check', host, vars);
      expect(tasksThat('drift', checked)).toEqual([]);
      expect(checked.exitStatus, failuresOf(checked)).toBe(0);
    },
  );

  test('goes on when the site of nginx is wrong while workers change: nothing is stopped before it is known', async () => {
    const all = homeserver.layout.map(({ name }) => name);
    const before = await pids(all);
    await using client = await startSteadyClient(homeserver, { messageEveryMs: 500 });
    const fewer = vars.workers.filter(({ name }) => name !== 'receipts');
    const change = { workers: fewer, nginx_server_extra: 'proxy_forward x;' };
    const refused = await deploy('apply', host, { ...vars, ...change });
    expect(refused.exitStatus).toBe(2);
    expect(tasksThat('failed', refused)).toEqual(['Site of Synapse']);
    const report = await client.stop();
    expect([report.failed, report.lost]).toEqual([[], []]);
    expect(await pids(all)).toEqual(before);
    const back = await deploy('apply', host, vars);
    expect(back.exitStatus, failuresOf(back)).toBe(0);
  });

  test('has its list of senders changed with all of them and main stopped, and none of the others', async () => {
    const others = ['client', 'receipts', 'mediaworker', 'initial_sync1', 'normal_sync1'];
    const before = await pids(others);
    const more = { ...vars, workers: [...vars.workers, { name: 'sender2', kind: 'federation_sender' }] };
    const applied = await deploy('apply', host, more);
    expect(applied.exitStatus, failuresOf(applied)).toBe(0);
    const after = await pids(others);
    expect(after.slice(1)).toEqual(before.slice(1));
    expect(after[0]).not.toBe(before[0]);
    const started = (unit: string) =>
      host.run(`systemctl show -p ActiveEnterTimestampMonotonic --value ${unit}`).then(Number);
    const stopped = Number(
      await host.run('systemctl show -p InactiveEnterTimestampMonotonic --value matrix-synapse.service'),
    );
    for (const name of ['background', 'sender2'])
      expect(await started(unitOf(name)), name).toBeGreaterThan(stopped);
    const back = await deploy('apply', host, vars);
    expect(back.exitStatus, failuresOf(back)).toBe(0);
    expect((await pids(others)).slice(1)).toEqual(before.slice(1));
  });
});
