import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHost, type TestHost } from '../../hosts/host.ts';
import { failuresOf, tasksThat } from '../support/syn-deploy.ts';
import { deploy } from './deploy.ts';
import { layoutOf } from './layout-of.ts';
import { activeWorkers, tracesOfWorkers } from './leftovers.ts';
import { everyTransition, oneRound } from './round-trip.ts';
import { proveTraffic } from './traffic/prove-traffic.ts';

const base = { synapse_flavour: 'venv', server_name: 'example.org' };

/** What a user sets to have it. */
const layouts: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  full: {},
  combined: { worker_layout: 'combined' },
  small: { worker_layout: 'small' },
  'more sync workers': { initial_sync: 3, normal_sync: 5 },
  none: { worker_layout: 'none' },
};
const names = Object.keys(layouts);

// All 20 take twice as long as all other tests together, so each layout is come to and left once, unless all are asked for.
const all = process.env['SYN_DEPLOY_TEST_TRANSITIONS'] === 'all';
const walk = all ? everyTransition(names) : oneRound(names);
const steps = walk.slice(1).map((to, index) => ({ from: walk[index] ?? '', to }));

const said = all ? 'all transitions' : 'a round (all 20 transitions: npm run test:layouts)';

describe(`Layouts of workers, ${said}`, () => {
  let host: TestHost;

  const varsOf = (name: string) => ({ ...base, ...layouts[name] });

  beforeAll(async () => {
    host = await startHost({ suite: 'trixie', flavour: 'synapse', ports: [80] });
    const [first = ''] = walk;
    const applied = await deploy('apply', host, varsOf(first));
    expect(applied.exitStatus, failuresOf(applied)).toBe(0);
  });

  afterAll(async () => {
    await host?.stop();
  });

  test.each(steps)(
    'from $from to $to: nothing is left behind, and traffic goes where it is meant to',
    async ({ to }) => {
      const vars = varsOf(to);
      const layout = layoutOf(vars);
      const applied = await deploy('apply', host, vars);
      expect(applied.exitStatus, failuresOf(applied)).toBe(0);
      expect(applied.host).toMatchObject({ status: 'changed', proved: true, orphans: [] });
      const checked = await deploy('check', host, vars);
      expect(tasksThat('drift', checked)).toEqual([]);
      expect(checked.exitStatus, failuresOf(checked)).toBe(0);

      const workers = layout.map(({ name }) => name).sort();
      const isAsked = (kinds: readonly string[]): boolean =>
        kinds.some((kind) => !['federation_sender', 'pusher'].includes(kind));
      const asked = layout.filter(({ kinds }) => isAsked(kinds)).map(({ name }) => name);
      expect(await tracesOfWorkers(host)).toEqual({
        units: workers,
        links: workers,
        configurations: workers,
        logging: workers,
        sockets: workers,
        inbound: asked.sort(),
        routes: asked,
      });
      expect(await activeWorkers(host, workers)).toEqual(workers);
      expect(await host.run('systemctl --failed --no-legend --plain')).toBe('');

      const proof = await proveTraffic({
        base: `http://127.0.0.1:${host.publishedPort(80)}`,
        layout,
        hostOf: () => host,
      });
      expect(proof.requests).toBeGreaterThan(40);
    },
  );
});
