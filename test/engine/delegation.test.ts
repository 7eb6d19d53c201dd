import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import { freshHome } from '../support/fresh-home.ts';
import { type PlaybookRunOptions, runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
  for (const name of ['a', 'b', 'c', 'localhost']) mkdirSync(join(home, name));
});

const run = async (playbook: string, more: Partial<PlaybookRunOptions> = {}) =>
  await runPlaybook(playbook, { home, homeEach: true, hosts: ['a', 'b', 'c'], forks: 3, ...more });

const courseOf = ({ tasks }: HostReport): readonly string[] =>
  tasks.map(({ name, status, delegatedTo, message, module }) => {
    const where = delegatedTo === undefined ? '' : ` -> ${delegatedTo}`;
    return `${name}${where}: ${status}${module === 'debug' ? ` ${message}` : ''}`;
  });

const read = (...path: readonly string[]): string => readFileSync(join(home, ...path), 'utf8');

describe('delegate_to', () => {
  const playbook = `
- hosts: a
  tasks:
    - name: Here
      copy: { dest: "{{ dir }}/here", content: "{{ inventory_hostname }}\\n" }
    - name: There
      shell: "pwd; echo {{ inventory_hostname }} > there"
      args: { creates: there, chdir: "{{ home }}/b" }
      delegate_to: b
      register: done
    - name: After
      debug: { msg: "{{ done.changed }}" }
`;

  test('acts there, with the variables of its host, in its place among the tasks', async () => {
    const extra = { home };
    const { host } = await run(playbook, { extra });
    expect(courseOf(host('a'))).toEqual(['Here: changed', 'There -> b: changed', 'After: ok true']);
    expect(host('a')).toMatchObject({ status: 'changed', proved: true, error: null });
    expect(read('b', 'there')).toBe('a\n');
    expect(read('a', 'here')).toBe('a\n');
  });

  test('a second run costs one look at each of the two machines', async () => {
    const extra = { home };
    await run(playbook, { extra });
    const { host, scripts } = await run(playbook, { extra });
    expect(host('a')).toMatchObject({ status: 'ok', proved: true, execs: 2, waves: 0 });
    expect(scripts.length).toBe(2);
  });

  test('check looks there and says what would be done', async () => {
    const { host } = await run(playbook, { extra: { home }, mode: 'check' });
    expect(courseOf(host('a')).slice(0, 2)).toEqual(['Here: drift', 'There -> b: drift']);
    expect(existsSync(join(home, 'b', 'there'))).toBe(false);
  });

  test('by a loop, to each machine of a list', async () => {
    const { host } = await run(
      `
- hosts: a
  tasks:
    - name: Tell
      copy: { dest: "${'{{ home }}'}/{{ item }}/told", content: "{{ inventory_hostname }}" }
      loop: [b, c, a]
      delegate_to: "{{ item }}"
`,
      { extra: { home } },
    );
    expect(courseOf(host('a'))).toEqual(['Tell -> b: changed', 'Tell -> c: changed', 'Tell: changed']);
    expect([read('a', 'told'), read('b', 'told'), read('c', 'told')]).toEqual(['a', 'a', 'a']);
    expect(host('a').proved).toBe(true);
  });

  test('of several hosts to one file of one machine: nobody undoes what another did', async () => {
    const { report } = await run(
      `
- hosts: all
  tasks:
    - name: Add
      lineinfile: { path: "{{ home }}/c/list", line: "{{ inventory_hostname }}", create: true }
      delegate_to: c
`,
      { extra: { home } },
    );
    expect(report.hosts.map(({ status, error }) => [status, error])).toEqual([
      ['changed', null],
      ['changed', null],
      ['changed', null],
    ]);
    expect(
      read('c', 'list')
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
    ).toEqual(['a', 'b', 'c']);
  });

  test('to a host of the same play: a steady run looks at each machine once for each host', async () => {
    const steady = `
- hosts: a:b
  tasks:
    - lineinfile: { path: "{{ home }}/b/list", line: "{{ inventory_hostname }}", create: true }
      delegate_to: b
`;
    // What b remembers of the file is from before the line of a, which the second run notes.
    await run(steady, { extra: { home } });
    await run(steady, { extra: { home } });
    const { report } = await run(steady, { extra: { home } });
    expect(report.hosts.map(({ status, proved, execs }) => [status, proved, execs])).toEqual([
      ['ok', true, 2],
      ['ok', true, 1],
    ]);
  });

  test('to localhost, which no inventory has', async () => {
    const { host } = await run(
      `
- hosts: a
  tasks:
    - name: Local
      copy: { dest: "{{ home }}/localhost/x", content: x }
      delegate_to: localhost
    - name: Short
      local_action: { module: copy, dest: "{{ home }}/localhost/y", content: "y" }
    - name: Way
      copy: { dest: "{{ home }}/localhost/z", content: z }
      connection: local
`,
      { extra: { home } },
    );
    expect(host('a').error).toBeNull();
    expect(['x', 'y', 'z'].map((name) => existsSync(join(home, 'localhost', name)))).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('to a machine that cannot be reached: the host is unreachable, and it is said by which task', async () => {
    const { host } = await run(playbook.replace('- hosts: a', '- hosts: a:b'), {
      extra: { home },
      loses: (_, name) => name === 'b',
    });
    expect(host('a').status).toBe('unreachable');
  });

  test('what it notifies runs on its host, and is owed there meanwhile', async () => {
    const { host } = await run(
      `
- hosts: a
  tasks:
    - name: There
      copy: { dest: "{{ home }}/b/x", content: x }
      delegate_to: b
      notify: Restart
  handlers:
    - name: Restart
      command: touch {{ dir }}/restarted
`,
      { extra: { home } },
    );
    expect(courseOf(host('a'))).toEqual(['There -> b: changed', 'Restart: changed']);
    expect(existsSync(join(home, 'a', 'restarted'))).toBe(true);
    expect(host('a').error).toBeNull();
  });

  test.each(['check', 'apply'] as const)('to a file behind a link there, in %s', async (mode) => {
    writeFileSync(join(home, 'b', 'real.conf'), 'a\n');
    symlinkSync('real.conf', join(home, 'b', 'link.conf'));
    const { host } = await run(
      `
- hosts: a
  tasks:
    - name: There
      lineinfile: { path: "{{ home }}/b/link.conf", line: b }
      delegate_to: b
`,
      { extra: { home }, mode },
    );
    expect(courseOf(host('a'))).toEqual([`There -> b: ${mode === 'check' ? 'drift' : 'changed'}`]);
    expect(host('a').error).toBeNull();
  });

  test('a task that is skipped needs no machine', async () => {
    const { host } = await run(`
- hosts: a
  tasks:
    - name: Nobody
      command: "true"
      when: false
      delegate_to: "{{ nobody }}"
`);
    expect(courseOf(host('a'))).toEqual(['Nobody: skipped']);
  });

  test('a failure there is rescued here', async () => {
    const { host } = await run(`
- hosts: a
  tasks:
    - block:
        - name: There
          command: "false"
          delegate_to: b
      rescue:
        - name: Rescue
          debug: { msg: "{{ ansible_failed_result.rc }}" }
`);
    expect(courseOf(host('a'))).toEqual(['There -> b: failed', 'Rescue: ok 1']);
    expect(host('a').status).toBe('ok');
  });
});

describe('run_once', () => {
  test('the first host does it, and all have its result', async () => {
    writeFileSync(join(home, 'count'), '');
    const { host, report } = await run(
      `
- hosts: all
  tasks:
    - name: Once
      shell: echo x >> {{ home }}/count; echo {{ inventory_hostname }}
      run_once: true
      register: once
    - name: Fact
      set_fact: { who: "{{ once.stdout }}" }
      run_once: true
    - name: Say
      debug: { msg: "{{ once.stdout }} {{ who }}" }
`,
      { extra: { home } },
    );
    expect(report.hosts.map(({ error }) => error)).toEqual([null, null, null]);
    expect(read('count')).toBe('x\n');
    expect(courseOf(host('a'))).toEqual(['Once: changed', 'Fact: ok', 'Say: ok a a']);
    expect(courseOf(host('b'))).toEqual(['Say: ok a a']);
    expect(courseOf(host('c'))).toEqual(['Say: ok a a']);
  });

  test('once a batch of serial', async () => {
    writeFileSync(join(home, 'count'), '');
    await run(
      `
- hosts: all
  serial: 2
  tasks:
    - shell: echo {{ inventory_hostname }} >> {{ home }}/count
      run_once: true
`,
      { extra: { home } },
    );
    expect(read('count')).toBe('a\nc\n');
  });

  test('the next host does it where the first failed before', async () => {
    const { host } = await run(`
- hosts: all
  tasks:
    - command: "false"
      when: inventory_hostname == 'a'
    - name: Once
      command: echo {{ inventory_hostname }}
      run_once: true
      register: once
    - name: Say
      debug: { msg: "{{ once.stdout }}" }
`);
    expect(host('a').status).toBe('failed');
    expect(courseOf(host('b')).slice(-2)).toEqual(['Once: changed', 'Say: ok b']);
    expect(courseOf(host('c')).slice(-1)).toEqual(['Say: ok b']);
  });

  test('when it fails the play ends for all', async () => {
    const { report } = await run(`
- hosts: all
  tasks:
    - command: "false"
      run_once: true
    - command: touch {{ dir }}/went-on
`);
    expect(report.hosts.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
    expect(report.hosts[1]?.error).toContain('by a task that runs once');
    expect(['a', 'b', 'c'].map((name) => existsSync(join(home, name, 'went-on')))).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('skipped on the first is skipped on all; with delegate_to it acts there', async () => {
    const { host } = await run(
      `
- hosts: all
  tasks:
    - command: "true"
      when: inventory_hostname == 'b'
      run_once: true
      register: skipped
    - name: Say
      debug: { msg: "{{ skipped is skipped }}" }
    - name: There
      copy: { dest: "{{ home }}/c/once", content: "{{ inventory_hostname }}" }
      run_once: true
      delegate_to: c
`,
      { extra: { home } },
    );
    expect(courseOf(host('b'))).toEqual(['Say: ok true']);
    expect(courseOf(host('a'))).toContain('There -> c: changed');
    expect(read('c', 'once')).toBe('a');
    expect(host('c').error).toBeNull();
  });

  test('hosts that are as wanted are looked at once', async () => {
    const playbook = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/x", content: x }
      run_once: true
      register: copied
    - copy: { dest: "{{ dir }}/y", content: "{{ copied.failed }}" }
`;
    await run(playbook);
    const { report } = await run(playbook);
    expect(report.hosts.map(({ status, execs }) => [status, execs])).toEqual([
      ['ok', 1],
      ['ok', 1],
      ['ok', 1],
    ]);
    const check = await run(playbook, { mode: 'check' });
    expect(check.report.hosts.map(({ status, execs }) => [status, execs])).toEqual([
      ['ok', 1],
      ['ok', 1],
      ['ok', 1],
    ]);
  });

  test('a failure that is rescued is rescued on all hosts', async () => {
    const { report } = await run(`
- hosts: all
  tasks:
    - block:
        - name: Once
          command: "false"
          run_once: true
        - name: Never
          debug: { msg: never }
      rescue:
        - name: Rescue
          debug: { msg: "{{ ansible_failed_result.rc }}" }
`);
    expect(report.hosts.map(courseOf)).toEqual([
      ['Once: failed', 'Rescue: ok 1'],
      ['Rescue: ok 1'],
      ['Rescue: ok 1'],
    ]);
  });
});
