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

test('docs/how-it-works.md shows what its commands really print', async () => {
  await using reader = await startReader({ '192.0.2.10': host });
  const sessions = await followPage('docs/how-it-works.md', reader);
  expect(sessions.length).toBeGreaterThan(6);
  for (const { command, wanted, printed } of sessions) expect(printed, command).toBe(wanted);
});
