import { expect, test } from 'vitest';
import { startHost } from '../hosts/host.ts';
import { runTask } from './support/run-task.ts';

test('packages that an interrupted run left half unpacked are repaired before others are installed', async () => {
  await using host = await startHost({ suite: 'bookworm', flavour: 'synapse' });
  // Without what it depends on: dpkg unpacks it and cannot configure it, and apt-get refuses everything from then on.
  await host.exec('dpkg --unpack /var/cache/apt/archives/redis-server_*.deb');
  expect(await host.run('dpkg --audit')).toContain('redis-server');
  expect((await host.exec('apt-get install -y -q --no-install-recommends curl')).exitCode).not.toBe(0);

  const run = await runTask(host, 'apt', { name: 'curl', install_recommends: false });
  expect(run.failure).toBeUndefined();
  expect(run.left).toEqual([]);
  expect(await host.run('dpkg --audit; curl --version | head -n 1')).toMatch(/^curl /);
});
