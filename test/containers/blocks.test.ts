import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { HostReport, RunReport } from '../../src/model/report.ts';
import { startHost, type TestHost } from '../hosts/host.ts';
import { program } from './support/program.ts';
import { connectionVariables, failuresOf, synDeploy } from './support/syn-deploy.ts';

let folder: string;
let one: TestHost;
let two: TestHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syn-deploy-blocks-'));
  [one, two] = await Promise.all([startHost({ suite: 'bookworm' }), startHost({ suite: 'bookworm' })]);
});

afterAll(async () => {
  await Promise.all([one?.stop(), two?.stop()]);
  await rm(folder, { recursive: true });
});

const run = async (
  mode: 'apply' | 'check',
  text: string,
  vars: Readonly<Record<string, unknown>> = {},
  name = 'play.yaml',
) => {
  const playbook = join(folder, name);
  await writeFile(playbook, text);
  return await synDeploy(mode, { hosts: [one, two], group: 'both', playbook, vars });
};

const courseOf = ({ tasks }: HostReport): readonly string[] =>
  tasks.map(
    ({ name, status, rescued, delegatedTo }) =>
      `${name}${delegatedTo === undefined ? '' : ` -> ${delegatedTo}`}: ${status}${rescued === true ? ', rescued' : ''}`,
  );

const rescued = `- hosts: all
  tasks:
    - block:
        - name: Configure
          copy: { dest: /etc/app.conf, content: "new\\n" }
          notify: Handled
        - name: Breaks
          command: test -e /etc/app.works
          changed_when: false
          when: inventory_hostname == bad
        - name: Service
          copy: { dest: /etc/app.service-of-it, content: "x" }
      rescue:
        - name: Back
          copy: { dest: /etc/app.conf, content: "old\\n" }
      always:
        - name: Always
          file: { path: /etc/app.lock, state: absent }
  handlers:
    - name: Handled
      shell: echo handled >>/root/handled
`;

test('a command that fails on one host: it is rescued there, and the other goes on', async () => {
  await one.run('touch /etc/app.lock');
  const deployment = await run('apply', rescued, { bad: one.name });
  expect(deployment.exitStatus, failuresOf(deployment)).toBe(0);
  const [first, second] = deployment.report.hosts as [HostReport, HostReport];
  expect(courseOf(first)).toEqual([
    'Configure: changed',
    'Breaks: failed, rescued',
    'Back: changed',
    'Always: changed',
    'Handled: changed',
  ]);
  expect(first).toMatchObject({ status: 'changed', error: null });
  expect(await one.run('cat /etc/app.conf; ls /etc/app.service-of-it 2>&1 | wc -l')).toContain('old');
  expect(courseOf(second)).toEqual([
    'Configure: changed',
    'Breaks: skipped',
    'Service: changed',
    'Always: ok',
    'Handled: changed',
  ]);
  expect(await two.run('cat /etc/app.conf')).toBe('new');
});

const delegated = `- hosts: all
  tasks:
    - name: List
      lineinfile: { path: /etc/members, line: "{{ inventory_hostname }}", create: true }
      delegate_to: "{{ groups['both'][1] }}"
    - name: Once
      shell: hostname; echo once >>/root/once
      args: { creates: /root/once }
      run_once: true
      register: once
    - name: Here
      copy: { dest: "{{ folder }}/{{ inventory_hostname }}", content: "of {{ inventory_hostname }}\\n" }
      delegate_to: localhost
      become: false
    - name: Own
      copy: { dest: /etc/own, content: "{{ once.failed }} {{ inventory_hostname }}\\n" }
`;

test('tasks act on the other host, on this machine, and once for all; a second run finds all as it is', async () => {
  const deployment = await run('apply', delegated, { folder });
  expect(deployment.exitStatus, failuresOf(deployment)).toBe(0);
  const [first, second] = deployment.report.hosts as [HostReport, HostReport];
  expect(courseOf(first).slice(0, 3)).toEqual([
    `List -> ${two.name}: changed`,
    'Once: changed',
    'Here -> localhost: changed',
  ]);
  expect(courseOf(second).slice(0, 2)).toEqual(['List: changed', 'Here -> localhost: changed']);
  expect((await two.run('sort /etc/members')).split('\n').filter((line) => line !== '')).toEqual(
    [one.name, two.name].sort(),
  );
  expect(await one.run('test -e /etc/members || echo none')).toBe('none');
  expect(await one.run('cat /root/once')).toBe('once');
  expect(await two.run('test -e /root/once || echo none')).toBe('none');
  expect(await readFile(join(folder, one.name), 'utf8')).toBe(`of ${one.name}\n`);
  const audit = await run('check', delegated, { folder });
  expect(audit.report.hosts.map(({ tasks }) => tasks.filter(({ status }) => status === 'failed'))).toEqual([
    [],
    [],
  ]);
});

test('a steady apply changes nothing, and looks once at each machine', async () => {
  const steady = `- hosts: all
  tasks:
    - lineinfile: { path: /etc/members, line: "{{ inventory_hostname }}", create: true }
      delegate_to: "{{ groups['both'][1] }}"
`;
  // What the other remembers of the file is from before the last line, which the next run notes.
  await run('apply', steady, {}, 'steady.yaml');
  const { report, exitStatus } = await run('apply', steady, {}, 'steady.yaml');
  expect(exitStatus).toBe(0);
  expect(report.hosts.map(({ status, proved, execs }) => [status, proved, execs])).toEqual([
    ['ok', true, 2],
    ['ok', true, 1],
  ]);
});

test('Ctrl-C in a block: neither rescue nor always begins, and every task is in the report once', async () => {
  const inventory = join(folder, 'inventory.yaml');
  const playbook = join(folder, 'interrupted.yaml');
  await mkdir(join(folder, '.ssh'));
  await writeFile(join(folder, '.ssh/known_hosts'), await readFile(one.knownHostsPath));
  await writeFile(inventory, stringify({ all: { hosts: { one: connectionVariables(one) } } }));
  await writeFile(
    playbook,
    `- hosts: all
  tasks:
    - name: Before
      command: "true"
    - block:
        - name: Long
          shell: touch /root/began; sleep 3
        - name: Next
          command: touch /root/next
      rescue:
        - name: Rescue
          command: touch /root/rescue
      always:
        - name: Always
          command: touch /root/always
    - name: After
      command: "true"
`,
  );
  const running = execa(process.execPath, [program, 'apply', inventory, playbook, '--output', 'json'], {
    reject: false,
    env: { HOME: folder },
    stdin: 'ignore',
  });
  while ((await one.run('test -e /root/began && echo yes || true')) === '' && running.exitCode === null)
    await new Promise((done) => setTimeout(done, 200));
  running.kill('SIGINT');
  const { exitCode, stdout, stderr } = await running;
  expect(exitCode, stderr).toBe(130);
  const [host] = (JSON.parse(stdout) as RunReport).hosts;
  expect(host?.tasks.map(({ name }) => name)).toEqual([
    'Before',
    'Long',
    'Next',
    'Rescue',
    'Always',
    'After',
  ]);
  expect(await one.run('ls /root/next /root/rescue /root/always 2>/dev/null || true')).toBe('');
});
