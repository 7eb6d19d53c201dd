import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/model/event.ts';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

/** What was done and finished, in order: `a: First` when the task's action began, `a: First.` when it was over. */
const courseOf = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => {
    if (event.type === 'action-started') return [`${event.host}: ${event.task.name}`];
    return event.type === 'task-finished' ? [`${event.host}: ${event.task.name}.`] : [];
  });

const apart = `
- hosts: a
  tasks:
    - name: First
      command: sleep 0.2
- hosts: b
  tasks:
    - name: Second
      command: "true"
- hosts: a
  tasks:
    - name: Third
      command: "true"
`;

describe('no host begins a play before all hosts have come to the end of the plays before it', () => {
  const inOrder = ['a: First', 'a: First.', 'b: Second', 'b: Second.', 'a: Third', 'a: Third.'];

  test.each([1, 2])('also one that is not in those plays, with %d at once', async (forks) => {
    const { report, events } = await runPlaybook(apart, { home, hosts: ['a', 'b'], forks });
    expect(report.hosts.map(({ error }) => error)).toEqual([null, null]);
    expect(courseOf(events)).toEqual(inOrder);
  });

  test('in check mode nobody waits', async () => {
    const { events } = await runPlaybook(apart, { home, hosts: ['a', 'b'], mode: 'check', forks: 2 });
    expect(events.filter((event) => event.type === 'stage-started' && event.stage === 'wait')).toEqual([]);
  });
});

const converging = `
- hosts: a
  tasks:
    - copy: { dest: "{{ dir }}/a", content: "a\\n" }
- hosts: a:b
  tasks:
    - copy: { dest: "{{ dir }}/{{ inventory_hostname }}2", content: "x\\n" }
- hosts: c
  tasks:
    - copy: { dest: "{{ dir }}/c", content: "c\\n" }
`;

test('on hosts that are as wanted it costs no exec', async () => {
  const options = { home, homeEach: true, hosts: ['a', 'b', 'c'], forks: 3 };
  await runPlaybook(converging, options);
  const { report } = await runPlaybook(converging, options);
  expect(report.hosts.map(({ status, execs }) => [status, execs])).toEqual([
    ['ok', 1],
    ['ok', 1],
    ['ok', 1],
  ]);
});

test.each([1, 2])(
  'a host sees what other hosts did in plays that it is not in, with %d at once',
  async (forks) => {
    const playbook = `
- hosts: a
  tasks:
    - shell: sleep 0.1; echo x > {{ dir }}/made
      args: { creates: "{{ dir }}/made" }
- hosts: b
  tasks:
    - stat: { path: "{{ dir }}/made" }
      register: made
    - assert: { that: made.stat.exists }
`;
    // b is looked at before a has done anything, as far as there is room for both.
    const { host } = await runPlaybook(playbook, { home, hosts: ['a', 'b'], forks });
    expect(host('b').error).toBeNull();
    const again = await runPlaybook(playbook, { home, hosts: ['a', 'b'], forks });
    expect(again.host('b')).toMatchObject({ status: 'ok', execs: 1 });
  },
);

test('a host that was lost, or failed, is waited for no longer', async () => {
  const playbook = `
- hosts: a?
  tasks:
    - command: "true"
    - command: "false"
      when: inventory_hostname == 'a2'
- hosts: b
  tasks:
    - copy: { dest: "{{ dir }}/b", content: "b\\n" }
`;
  const { report } = await runPlaybook(playbook, {
    home,
    hosts: ['a1', 'a2', 'a3', 'b'],
    forks: 4,
    loses: (_, host) => host === 'a1',
  });
  expect(report.hosts.map(({ name, status }) => [name, status])).toEqual([
    ['a1', 'unreachable'],
    ['a2', 'failed'],
    ['a3', 'changed'],
    ['b', 'changed'],
  ]);
});

/** A play whose hosts fail by name, each a while after the one before it; then one more. */
const failing = (settings: string): string => `
- name: Upgrade
  hosts: a?
  ${settings}
  tasks:
    - shell: exit 1
      when: inventory_hostname in bad
    - name: Wait
      command: sleep 0.3
    - name: Use it
      shell: "true"
      when: waited is defined or true
      register: waited
- name: Afterwards
  hosts: all
  tasks:
    - command: touch {{ dir }}/{{ inventory_hostname }}
      args: { creates: "{{ dir }}/{{ inventory_hostname }}" }
`;

const failedIn = (count: string, because: string): string =>
  `${count} play "Upgrade" (play.yaml:2:3)${because}`;

const outcomes = async (
  settings: string,
  bad: readonly string[],
  hosts: readonly string[] = ['a1', 'a2', 'a3', 'a4', 'b'],
) => {
  const { report } = await runPlaybook(failing(settings), { home, hosts, forks: 5, extra: { bad } });
  return report.hosts.map(({ name, status, error }) => [name, status === 'failed' ? error : status]);
};

const ownFailure = expect.stringContaining('exit status 1');

describe('hosts that failed', () => {
  test('do not keep the others from going on, by themselves', async () => {
    expect(await outcomes('gather_facts: false', ['a1', 'a2', 'a3'])).toEqual([
      ['a1', ownFailure],
      ['a2', ownFailure],
      ['a3', ownFailure],
      ['a4', 'changed'],
      ['b', 'changed'],
    ]);
  });

  test('end the play for all hosts with any_errors_fatal, and nobody begins the next', async () => {
    const because = `stopped, since ${failedIn('a2 failed in', ', whose any_errors_fatal is true')}`;
    expect(await outcomes('any_errors_fatal: true', ['a2'])).toEqual([
      ['a1', because],
      ['a2', ownFailure],
      ['a3', because],
      ['a4', because],
      ['b', because],
    ]);
  });

  test('end it once more than max_fail_percentage of its hosts have failed', async () => {
    const enough = await outcomes('max_fail_percentage: 50', ['a1', 'a2']);
    expect(enough.map(([, outcome]) => outcome).slice(2)).toEqual(['changed', 'changed', 'changed']);
    const tooMany = await outcomes('max_fail_percentage: 49', ['a1', 'a2']);
    const because = `stopped, since ${failedIn('2 of 4 hosts of', ' failed, and its max_fail_percentage is 49')}`;
    expect(tooMany).toEqual([
      ['a1', ownFailure],
      ['a2', ownFailure],
      ['a3', because],
      ['a4', because],
      ['b', because],
    ]);
  });

  test('end the run for all, where none is left in the play', async () => {
    const all = await outcomes('gather_facts: false', ['a1', 'a2'], ['a1', 'a2', 'b']);
    expect(all.at(-1)).toEqual(['b', `stopped, since ${failedIn('all hosts of', ' failed')}`]);
  });

  test('keep later batches of a serial play from being begun', async () => {
    const because = `not begun, since ${failedIn('all hosts of', ' failed')}`;
    expect(await outcomes('serial: 2', ['a1', 'a2'])).toEqual([
      ['a1', ownFailure],
      ['a2', ownFailure],
      ['a3', because],
      ['a4', because],
      ['b', because],
    ]);
    const fatal = `not begun, since ${failedIn('a2 failed in', ', whose any_errors_fatal is true')}`;
    const serial = await outcomes('serial: 2\n  any_errors_fatal: true', ['a2']);
    expect(serial.slice(2)).toEqual([
      ['a3', fatal],
      ['a4', fatal],
      ['b', fatal],
    ]);
  });

  test('in check mode every host is looked at all the same', async () => {
    const { report } = await runPlaybook(
      `
- hosts: a?
  any_errors_fatal: true
  tasks:
    - assert: { that: inventory_hostname != 'a1' }
- hosts: all
  tasks:
    - debug: { msg: hello }
`,
      { home, hosts: ['a1', 'a2', 'b'], mode: 'check' },
    );
    expect(report.hosts.map(({ status }) => status)).toEqual(['failed', 'ok', 'ok']);
  });
});

test('what a host was doing when another ended the play is done to its end, and reported', async () => {
  const { host } = await runPlaybook(failing('any_errors_fatal: true'), {
    home,
    hosts: ['a1', 'a2'],
    forks: 2,
    extra: { bad: ['a2'] },
  });
  expect(host('a1').tasks.map(({ name, status }) => [name, status])).toEqual([
    ['shell', 'skipped'],
    ['Wait', 'changed'],
    ['Use it', 'changed'],
    ['command', 'not-attempted'],
  ]);
});

describe('what a playbook manages in several batches', () => {
  const playbook = `
- hosts: all
  prune: true
  tasks:
    - copy: { dest: "{{ dir }}/a", content: "x\\n" }
- hosts: all
  serial: 1
  prune: true
  tasks:
    - copy: { dest: "{{ dir }}/b", content: "x\\n" }
- hosts: all
  prune: true
  tasks:
    - copy: { dest: "{{ dir }}/c", content: "x\\n" }
`;
  const files = (): readonly string[] => readdirSync(home).filter((name) => !name.startsWith('.'));

  test('is not taken away by its plays of other batches', async () => {
    const first = await runPlaybook(playbook, { home });
    expect(first.tasks.map(({ status }) => status)).toEqual(['changed', 'changed', 'changed']);
    expect(files()).toEqual(['a', 'b', 'c']);
    for (const mode of ['apply', 'check'] as const) {
      const { report } = await runPlaybook(playbook, { home, mode });
      // A look a batch, and nothing that is new to remember.
      expect(report.hosts[0]).toMatchObject({ status: 'ok', execs: 3, orphans: [] });
    }
  });

  test('is taken away once none of them declares it', async () => {
    await runPlaybook(playbook, { home });
    await runPlaybook(playbook.replace('/b"', '/d"'), { home });
    expect(files()).toEqual(['a', 'c', 'd']);
    const kept = playbook.replaceAll('prune: true', 'prune: false').replace('/a"', '/e"');
    const { report } = await runPlaybook(kept, { home, mode: 'check' });
    expect(report.hosts[0]?.orphans.map((name) => name.slice(-2)).sort()).toEqual(['/a', '/d']);
  });
});
