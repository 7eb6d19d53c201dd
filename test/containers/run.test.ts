import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHost, type TestHost } from '../hosts/host.ts';
import { failuresOf, synDeploy, tasksThat } from './support/syn-deploy.ts';

let folder: string;
let one: TestHost;
let two: TestHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syn-deploy-run-'));
  [one, two] = await Promise.all([startHost({ suite: 'bookworm' }), startHost({ suite: 'trixie' })]);
});

afterAll(async () => {
  await Promise.all([one?.stop(), two?.stop()]);
  await rm(folder, { recursive: true });
});

const run = async (
  mode: 'apply' | 'check',
  text: string,
  options: { hosts?: readonly TestHost[]; vars?: Readonly<Record<string, unknown>>; name?: string } = {},
) => {
  const { hosts = [one], vars = {}, name = 'play.yaml' } = options;
  const playbook = join(folder, name);
  await writeFile(playbook, text);
  return synDeploy(mode, { hosts, group: 'all_of_them', playbook, vars });
};

test('two tasks that undo each other: exit status 2, both named with their places', async () => {
  const { exitStatus, host } = await run(
    'apply',
    `- hosts: all
  tasks:
    - name: First says
      lineinfile: { path: /etc/fight.conf, regexp: "^x=", line: x=1, create: true }
    - name: Second says
      lineinfile: { path: /etc/fight.conf, regexp: "^x=", line: x=2 }
`,
  );
  expect(exitStatus).toBe(2);
  expect(host).toMatchObject({ status: 'failed', proved: false });
  expect(host.error).toContain('did not converge');
  expect(host.error).toMatch(/play\.yaml:3:7: First says/);
  expect(host.error).toMatch(/play\.yaml:5:7: Second says/);
  expect(host.error).toContain('undo each other');
});

test('a failing command: its output, what was done, what was not; the other host finishes', async () => {
  const deployment = await run(
    'apply',
    `- hosts: all
  tasks:
    - copy: { dest: /etc/before.conf, content: "before\\n" }
    - name: Breaks
      shell: echo some output; echo some complaint >&2; exit 3
      when: ansible_port == ${one.port}
    - name: After it
      copy: { dest: /etc/after.conf, content: "after\\n" }
`,
    { hosts: [one, two] },
  );
  expect(deployment.exitStatus).toBe(2);
  const [broken, whole] = deployment.report.hosts;
  expect(broken?.tasks.map(({ status }) => status)).toEqual(['changed', 'failed', 'not-attempted']);
  for (const said of ['play.yaml:4:7: Breaks', 'exit status 3', 'some output', 'some complaint'])
    expect(broken?.error).toContain(said);
  expect(whole).toMatchObject({ status: 'changed', error: null });
  expect(await one.run('cat /etc/before.conf; ls /etc/after.conf 2>&1 || :')).toContain('No such file');
  expect(await two.run('cat /etc/after.conf')).toBe('after');
});

test.each([
  [
    'apt: { name: htopp, update_cache: true }',
    'install htopp: there is no package "htopp" in the package lists of the host',
  ],
  [
    'file: { path: /srv/of-nobody, state: directory, owner: nobodyhere }',
    'create directory /srv/of-nobody: there is no user "nobodyhere" on the host',
  ],
  [
    'copy: { dest: /etc/sudoers.d/x, content: "nonsense\\n", validate: visudo -cf %s }',
    'write /etc/sudoers.d/x: refused by validate: visudo -cf %s',
  ],
  [
    'lineinfile: { path: /etc/hosts, line: 192.0.2.1 x }',
    'write /etc/hosts: a mount of its own lies there, as on /etc/hosts in a container, and cannot be replaced',
  ],
])('%s fails, and is told why', async (task, why) => {
  const { exitStatus, host } = await run('apply', `- hosts: all\n  tasks:\n    - ${task}\n`);
  expect(exitStatus).toBe(2);
  expect(host.error).toContain(why);
});

test('without become it is told who may not do it', async () => {
  const { host } = await run('apply', '- hosts: all\n  tasks:\n    - copy: { dest: /etc/x, content: x }\n', {
    vars: { ansible_become: false },
  });
  expect(host.error).toContain('write /etc/x: admin may not do that, and the task has no become');
  expect(host.error).not.toContain('/script:');
});

/** With a command after the change: a look that is fine, or an action that fails when its turn comes. */
const withService = (breaks: boolean): string => `- hosts: all
  tasks:
    - name: Its unit
      systemd_unit:
        name: app.service
        sections:
          Service: { ExecStart: /bin/sleep inf }
          Install: { WantedBy: multi-user.target }
    - name: It runs
      systemd: { name: app.service, enabled: true, state: started }
    - name: Its configuration
      copy: { dest: /etc/app.conf, content: "{{ word }}\\n" }
      notify: Restart app
    - name: Something else
      command: "${breaks ? 'false' : 'true'}"
      changed_when: ${breaks}
  handlers:
    - name: Restart app
      systemd: { name: app.service, state: restarted }
`;

test('a handler notified in a run that then breaks is run by the next apply', async () => {
  const pid = () => one.run('systemctl show -p MainPID --value app.service');
  const first = await run('apply', withService(false), { vars: { word: 'a' } });
  expect(first.exitStatus, failuresOf(first)).toBe(0);
  const before = await pid();

  const broken = await run('apply', withService(true), { vars: { word: 'b' } });
  expect(broken.exitStatus).toBe(2);
  expect(broken.host.error).toContain('owed, and run by the next apply: Restart app');
  expect(await one.run('cat /etc/app.conf')).toBe('b');
  expect(await pid()).toBe(before);

  const checked = await run('check', withService(false), { vars: { word: 'b' } });
  expect(checked.exitStatus).toBe(8);
  expect(tasksThat('drift', checked)).toEqual(['Restart app']);
  expect(checked.host.tasks.at(-1)).toMatchObject({ owed: true });

  const mended = await run('apply', withService(false), { vars: { word: 'b' } });
  expect(mended.exitStatus, failuresOf(mended)).toBe(0);
  expect(tasksThat('changed', mended)).toEqual(['Restart app']);
  expect(await pid()).not.toBe(before);
  expect((await run('check', withService(false), { vars: { word: 'b' } })).exitStatus).toBe(0);
});

test('a host that cannot be reached: exit status 4, why, and the others finish', async () => {
  const text = `- hosts: all
  tasks:
    - copy: { dest: /etc/reached.conf, content: "reached\\n" }
`;
  const away: TestHost = { ...two, name: 'away', port: 1 };
  const { exitStatus, report } = await run('apply', text, { hosts: [one, away] });
  expect(exitStatus).toBe(4);
  expect(report.hosts.map(({ status }) => status)).toEqual(['changed', 'unreachable']);
  expect(report.hosts[1]?.error).toContain('(127.0.0.1 port 1): nothing listens there');
});

test('what is taken from a playbook is an orphan until it is gone, and prune takes it away', async () => {
  const text = (names: string, prune: boolean): string => `- hosts: all
  prune: ${prune}
  tasks:
    - name: Template unit
      systemd_unit:
        name: job@.service
        sections:
          Service: { ExecStart: /bin/sleep inf }
          Install: { WantedBy: multi-user.target }
    - name: Its file
      copy: { dest: "/etc/job-{{ item }}.conf", content: "{{ item }}\\n" }
      loop: ${names}
    - name: Exactly these
      systemd_instances: { template: job@.service, instances: ${names} }
`;
  const name = 'jobs.yaml';
  const applied = await run('apply', text('[a, b]', false), { name });
  expect(applied.exitStatus, failuresOf(applied)).toBe(0);
  for (const _ of [1, 2]) {
    const kept = await run('apply', text('[a]', false), { name });
    expect(kept.exitStatus, failuresOf(kept)).toBe(0);
    expect(kept.host.orphans).toEqual(['file:/etc/job-b.conf']);
  }
  expect(await one.run('systemctl is-active job@b.service || :')).toBe('inactive');
  const checked = await run('check', text('[a]', true), { name });
  expect(checked.exitStatus).toBe(8);
  expect(tasksThat('drift', checked)).toEqual(['Remove what is no longer declared']);
  const pruned = await run('apply', text('[a]', true), { name });
  expect(pruned.exitStatus, failuresOf(pruned)).toBe(0);
  expect(pruned.host.orphans).toEqual([]);
  expect(await one.run('ls /etc/job-*.conf; systemctl is-enabled job@b.service || :')).toBe(
    '/etc/job-a.conf\ndisabled',
  );
  expect((await run('check', text('[a]', true), { name })).exitStatus).toBe(0);
});
