import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHost, type TestHost } from '../hosts/host.ts';
import { followPage, startReader } from './support/follow-page.ts';

let host: TestHost;

beforeAll(async () => {
  host = await startHost({ suite: 'trixie' });
});

afterAll(async () => {
  await host?.stop();
});

test('docs/start.md shows what its commands really print, from the installation on', async () => {
  await using reader = await startReader({ '192.0.2.10': host }, { installed: false });
  const sessions = await followPage('docs/start.md', reader);
  expect(sessions.length).toBeGreaterThan(8);
  for (const { command, wanted, printed } of sessions) expect(printed, command).toBe(wanted);
});
