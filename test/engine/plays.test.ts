import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/model/event.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'syn-engine-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

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
- hosts: a
  tasks:
    - command: "true"
    - command: "false"
      when: inventory_hostname == 'a2'
- hosts: b
  tasks:
    - copy: { dest: "{{ dir }}/b", content: "b\\n" }
`;
  const { report } = await runPlaybook(playbook.replace('hosts: a', 'hosts: a*'), {
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
