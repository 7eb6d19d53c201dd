import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Expected, lookFor, waitUntil } from '../../src/actions/wait-until.ts';

const run = (text: string) => spawnSync('sh', ['-s'], { input: `( set -e\n${text}\n)`, encoding: 'utf8' });
const wait = (expected: Expected, isWanted: boolean) =>
  run(
    waitUntil({
      expected,
      isWanted,
      noun: 'it',
      failure: "it's $late",
      timeoutSeconds: 0,
      delaySeconds: 0,
      sleepSeconds: 1,
    }).sh.sh,
  );

test('a wait ends at once when it is as wanted, and says why when time is up', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wait until-'));
  const path = join(folder, 'log');
  try {
    expect(wait({ type: 'path', path }, false).status).toBe(0);
    expect(wait({ type: 'path', path }, true)).toMatchObject({ status: 1, stderr: "it's $late\n" });
    writeFileSync(path, 'ready in 12\n');
    expect(wait({ type: 'path', path }, true).status).toBe(0);
    expect(wait({ type: 'path', path, regex: 'in [0-9]+$' }, true).status).toBe(0);
    expect(wait({ type: 'path', path, regex: '-e x' }, true).status).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a port is looked for by a connection', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const look = lookFor({ type: 'port', host: '127.0.0.1', port, connectTimeoutSeconds: 2 }).sh;
  const open = run(look).status;
  await new Promise((resolve) => server.close(resolve));
  expect([open, run(look).status]).toEqual([0, 1]);
});
