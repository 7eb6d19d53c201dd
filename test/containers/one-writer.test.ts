import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunReport } from '../../src/model/report.ts';
import { startHost, type TestHost } from '../hosts/host.ts';
import { program } from './support/program.ts';
import { inventoryOf } from './support/syn-deploy.ts';

let host: TestHost;
let home: string;

const playbook = `- hosts: all
  become: true
  tasks:
    - name: First
      shell: echo begun >/root/first; while [ ! -e /root/gate ]; do sleep 0.1; done; echo ended >>/root/first
      args: { creates: /root/gate-was-open }
    - name: Second
      copy: { dest: /root/second, content: "{{ word | default('one') }}\\n" }
    - name: Third
      shell: touch /root/gate-was-open
      args: { creates: /root/gate-was-open }
`;

beforeAll(async () => {
  host = await startHost({ suite: 'trixie' });
  home = await mkdtemp(join(tmpdir(), 'syn-deploy-writer-'));
  await mkdir(join(home, '.ssh'));
  await writeFile(join(home, '.ssh/known_hosts'), `[${host.address}]:${host.port} ${host.hostKey}\n`);
  await writeFile(join(home, 'inventory.yaml'), inventoryOf({ hosts: [host], group: 'web', playbook }));
  await writeFile(join(home, 'play.yaml'), playbook);
});

beforeEach(async () => {
  await host.run('rm -f /root/first /root/second /root/gate /root/gate-was-open');
});

afterAll(async () => {
  await host?.stop();
  if (home !== undefined) await rm(home, { recursive: true });
});

const command = (mode: string, ...options: readonly string[]) =>
  execa(
    process.execPath,
    [...[program, mode], ...[join(home, 'inventory.yaml'), join(home, 'play.yaml'), ...options]],
    { env: { HOME: home }, reject: false, stdin: 'ignore' },
  );
const start = (...options: readonly string[]) => command('apply', ...options);

/** Waits for something on the host, which a run that has ended will not bring about. */
const until = async (condition: string, run: ReturnType<typeof start>): Promise<void> => {
  const ended = run.then(({ stdout, stderr }) => {
    throw new Error(`it has ended:\n${stdout}\n${stderr}`);
  });
  ended.catch(() => {});
  await Promise.race([host.run(`while ! { ${condition}; }; do sleep 0.05; done 2>/dev/null`), ended]);
};

const hasBegun = (run: ReturnType<typeof start>): Promise<void> => until('[ -e /root/first ]', run);
const waitsForLock = (run: ReturnType<typeof start>): Promise<void> =>
  until("pgrep -x -f 'flock -w 60 9' >/dev/null", run);
const isToldToStop = (run: ReturnType<typeof start>): Promise<void> =>
  until('[ -e /run/syn-deploy/wave.*/stop ]', run);
const openGate = (): Promise<string> => host.run('touch /root/gate');

test('a second run is told whose the host is, and fails when it is not to wait', async () => {
  const first = start();
  await hasBegun(first);
  const second = await start('--lock-timeout', '0');
  expect(second.exitCode).toBe(2);
  expect(second.stdout).toMatch(
    /another run has this host: \S+@\S+, process \d+, since \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
  );
  // To look needs no lock.
  const check = await command('check');
  expect(check.exitCode).toBe(8);
  await openGate();
  expect((await first).exitCode).toBe(0);
});

test('a second run waits, and then does what is still to be done', async () => {
  const first = start();
  await hasBegun(first);
  const second = start('-e', 'word=two');
  await waitsForLock(second);
  await openGate();
  expect((await first).exitCode).toBe(0);
  const waited = await second;
  expect(waited.exitCode).toBe(0);
  expect(waited.stdout).toContain('waits for another run that has this host');
  expect(await host.run('cat /root/second')).toBe('two');
});

test('a lock whose holder was killed is taken over, once what it began has ended', async () => {
  const first = start();
  await hasBegun(first);
  first.kill('SIGKILL');
  await first;
  const second = start();
  await waitsForLock(second);
  await openGate();
  expect((await second).exitCode).toBe(0);
  // By the first run: it went on.
  expect(await host.run('cat /root/first')).toContain('ended');
});

test('a lock whose holder has fallen silent is free once the host’s sshd has asked it in vain', async () => {
  await host.run(
    "printf 'ClientAliveInterval 1\\nClientAliveCountMax 2\\n' >/etc/ssh/sshd_config.d/alive.conf; systemctl restart ssh",
  );
  const first = start();
  await hasBegun(first);
  // As a machine without power: it neither says anything nor ends.
  first.kill('SIGSTOP');
  const second = start();
  await waitsForLock(second);
  await openGate();
  expect((await second).exitCode).toBe(0);
  expect(await host.run('cat /root/first /root/second')).toBe('begun\nended\none');
  first.kill('SIGKILL');
  await first;
  await host.run('rm /etc/ssh/sshd_config.d/alive.conf; systemctl restart ssh');
});

const reportOf = (stdout: string): RunReport => JSON.parse(stdout) as RunReport;

test('Ctrl-C lets the running action come to its end, and says what was done and what was not', async () => {
  const run = start('--output', 'json');
  await hasBegun(run);
  run.kill('SIGINT');
  await isToldToStop(run);
  await openGate();
  const { exitCode, stdout } = await run;
  expect(exitCode).toBe(130);
  const [report] = reportOf(stdout).hosts;
  expect(report?.tasks.map(({ name, status }) => [name, status])).toEqual([
    ['First', 'changed'],
    ['Second', 'not-attempted'],
    ['Third', 'not-attempted'],
  ]);
  expect(report?.error).toContain('has come to its end');
  expect(await host.run('cat /root/first; ls /root/second 2>&1; ls /run/syn-deploy')).toBe(
    "begun\nended\nls: cannot access '/root/second': No such file or directory\nholder\nlock",
  );
  expect((await start()).exitCode).toBe(0);
});

test('Ctrl-C twice ends what runs at once', async () => {
  const run = start('--output', 'json');
  await hasBegun(run);
  run.kill('SIGINT');
  await isToldToStop(run);
  // Signals that come close together are one.
  await new Promise((done) => setTimeout(done, 700));
  run.kill('SIGINT');
  const { exitCode, stdout } = await run;
  expect(exitCode).toBe(130);
  const [report] = reportOf(stdout).hosts;
  expect(report?.error).toContain('was told to end');
  expect(report?.tasks[0]).toMatchObject({
    name: 'First',
    status: 'failed',
    message: 'begun; ended by the interruption',
  });
  expect(await host.run("cat /root/first; pgrep -f '^sh /run/syn-deploy/' || echo none runs")).toBe(
    'begun\nnone runs',
  );
  await openGate();
  expect((await start()).exitCode).toBe(0);
});
