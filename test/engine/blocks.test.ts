import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TaskReport } from '../../src/model/report.ts';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook, validatePlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

const play = (tasks: string): string => `
- hosts: all
  tasks:
${tasks.trimEnd().replaceAll(/^/gm, '    ')}
`;

/** What became of the tasks, in order: `Name: status`, with what a debug says. */
const courseOf = (tasks: readonly TaskReport[]): readonly string[] =>
  tasks.map(({ name, module, status, rescued, message }) => {
    const said = module === 'debug' && status === 'ok' && message !== null ? ` ${message}` : '';
    return `${name}: ${status}${rescued === true ? ', rescued' : ''}${said}`;
  });

/** @returns the course of an apply, and the host's status */
const apply = async (tasks: string, more: Partial<Parameters<typeof runPlaybook>[1]> = {}) => {
  const { tasks: reports, report } = await runPlaybook(play(tasks), { home, ...more });
  const [host] = report.hosts;
  return { course: courseOf(reports), host, status: host?.status, error: host?.error, reports };
};

describe('a task of a block fails', () => {
  test('and the rescue runs, then always, then what follows; the host has not failed', async () => {
    const { course, status, error } = await apply(`
- block:
    - name: First
      command: "true"
    - name: Breaks
      command: "false"
    - name: Never
      command: "true"
  rescue:
    - name: Rescue
      debug: { msg: "{{ ansible_failed_task.name }} {{ ansible_failed_task.action }} {{ ansible_failed_result.rc }}" }
  always:
    - name: Always
      debug: { msg: "always {{ ansible_failed_result.failed }}" }
- name: After
  debug: { msg: after }
`);
    expect(course).toEqual([
      'First: changed',
      'Breaks: failed, rescued',
      'Rescue: ok Breaks command 1',
      'Always: ok always True',
      'After: ok after',
    ]);
    expect([status, error]).toEqual(['changed', null]);
  });

  test('by its plan: nothing of it is done, and nothing is demanded of it when the host is proved', async () => {
    const { course, host } = await apply(`
- block:
    - name: Stat
      stat: { path: "{{ dir }}/made" }
      register: made
    - name: Is there
      assert: { that: made.stat.exists }
    - name: Never
      copy: { dest: "{{ dir }}/never", content: "x" }
  rescue:
    - name: Make it
      copy: { dest: "{{ dir }}/made", content: "x" }
`);
    expect(course).toEqual(['Stat: ok', 'Is there: failed, rescued', 'Make it: changed']);
    expect(host).toMatchObject({ status: 'changed', proved: true, error: null });
    expect(existsSync(join(home, 'never'))).toBe(false);
    const again = await apply(`
- block:
    - name: Stat
      stat: { path: "{{ dir }}/made" }
      register: made
    - name: Is there
      assert: { that: made.stat.exists }
  rescue:
    - name: Make it
      copy: { dest: "{{ dir }}/made", content: "x" }
`);
    expect(again.course).toEqual(['Stat: ok', 'Is there: ok']);
    expect(again.host).toMatchObject({ status: 'ok', execs: 1, proved: true });
  });

  test('whose change is not done: it is not demanded by the proof', async () => {
    const { course, host } = await apply(`
- block:
    - name: Refused
      copy: { dest: "{{ dir }}/a", content: "x", validate: "false %s" }
  rescue:
    - name: Instead
      copy: { dest: "{{ dir }}/b", content: "x" }
`);
    expect(course).toEqual(['Refused: failed, rescued', 'Instead: changed']);
    expect(host).toMatchObject({ status: 'changed', proved: true });
  });

  test('and what it had notified before is run, what it notifies itself is not', async () => {
    const { course } = await runPlaybook(
      `
- hosts: all
  tasks:
    - block:
        - name: Notifies
          command: "true"
          notify: One
        - name: Breaks
          command: "false"
          notify: Two
      rescue:
        - name: Rescue
          debug: {}
  handlers:
    - name: One
      debug: { msg: one }
    - name: Two
      debug: { msg: two }
`,
      { home },
    ).then(({ tasks }) => ({ course: courseOf(tasks) }));
    expect(course.filter((line) => /One|Two/.test(line))).toEqual(['One: ok one']);
  });

  test('in a loop: all items are done first, and the rescue knows all their results', async () => {
    const { course } = await apply(`
- block:
    - name: Loops
      command: "{{ item }}"
      loop: ["false", "true"]
  rescue:
    - name: Rescue
      debug: { msg: "{{ ansible_failed_result.results | map(attribute='rc') | list }} {{ ansible_failed_result.msg }}" }
`);
    expect(course).toEqual([
      'Loops: failed, rescued',
      'Loops: changed',
      'Rescue: ok [1, 0] One or more items failed',
    ]);
  });

  test('which is ignored: the block goes on', async () => {
    const { course } = await apply(`
- block:
    - name: Breaks
      command: "false"
      ignore_errors: true
    - name: Goes on
      debug: {}
  rescue:
    - name: Rescue
      debug: {}
`);
    expect(course).toEqual(['Breaks: ok', 'Goes on: ok Hello world!']);
  });

  test('by a variable that is not there', async () => {
    const { course } = await apply(`
- block:
    - name: Wrong
      debug: { msg: "{{ nobody_knows }}" }
  rescue:
    - name: Rescue
      debug: { msg: "{{ 'nobody_knows' in ansible_failed_result.msg }}" }
`);
    expect(course).toEqual(['Wrong: failed, rescued', 'Rescue: ok true']);
  });

  test('after as many tries as `until` has', async () => {
    const { course } = await apply(`
- block:
    - name: Tries
      shell: echo x >> {{ dir }}/tries; exit 1
      register: tried
      until: tried.rc == 0
      retries: 2
  rescue:
    - name: Rescue
      debug: { msg: rescued }
`);
    expect(course).toEqual(['Tries: failed, rescued', 'Rescue: ok rescued']);
    expect(readFileSync(join(home, 'tries'), 'utf8')).toBe('x\nx\nx\n');
  });
});

describe('blocks in blocks', () => {
  test('a failure goes outwards, by way of every always', async () => {
    const { course, status } = await apply(`
- block:
    - block:
        - name: Breaks
          fail: { msg: inner }
        - name: Never
          debug: {}
      always:
        - name: Inner always
          debug: { msg: a }
    - name: Never too
      debug: {}
  rescue:
    - name: Outer rescue
      debug: { msg: "{{ ansible_failed_result.msg }}" }
`);
    expect(course).toEqual(['Breaks: failed, rescued', 'Inner always: ok a', 'Outer rescue: ok inner']);
    expect(status).toBe('ok');
  });

  test('a rescue that fails is rescued by the block around it', async () => {
    const { course } = await apply(`
- block:
    - name: X
      fail: { msg: x }
  rescue:
    - block:
        - name: Y
          fail: { msg: "y" }
      rescue:
        - name: Inner
          debug: { msg: "{{ ansible_failed_result.msg }}" }
      always:
        - name: Always
          debug: { msg: a }
`);
    expect(course).toEqual(['X: failed, rescued', 'Y: failed, rescued', 'Inner: ok y', 'Always: ok a']);
  });

  test('a rescue that fails and nobody rescues: its always runs, and the host has failed', async () => {
    const { course, status, error } = await apply(`
- block:
    - name: A
      command: "false"
  rescue:
    - name: B
      command: "false"
    - name: Never
      debug: {}
  always:
    - name: Always
      copy: { dest: "{{ dir }}/always", content: "x" }
- name: After
  debug: {}
`);
    expect(course).toEqual(['A: failed, rescued', 'B: failed', 'Always: changed', 'After: not-attempted']);
    expect(status).toBe('failed');
    expect(error).toContain('B: run');
    expect(existsSync(join(home, 'always'))).toBe(true);
  });

  test('without a rescue: always runs, and the host has failed', async () => {
    const { course, status } = await apply(`
- block:
    - name: A
      command: "false"
    - name: Never
      debug: {}
  always:
    - name: Always
      command: "true"
`);
    expect(course).toEqual(['A: failed', 'Always: changed']);
    expect(status).toBe('failed');
  });
});

test('tasks that an include brings while running belong to the block around it', async () => {
  const { course } = await apply(
    `
- block:
    - include_tasks: "{{ 'more' }}.yaml"
    - name: Never
      debug: {}
  rescue:
    - name: Rescue
      debug: { msg: "{{ ansible_failed_result.msg }}" }
- block:
    - include_tasks: "{{ 'nothing' }}.yaml"
  rescue:
    - name: No file
      debug: { msg: rescued }
`,
    { files: { 'more.yaml': '- name: Brought\n  fail: { msg: brought }\n' } },
  );
  expect(course).toEqual([
    'Brought: failed, rescued',
    'Rescue: ok brought',
    "include_tasks {{ 'nothing' }}.yaml: failed, rescued",
    'No file: ok rescued',
  ]);
});

test('a handler that fails in a flush within a block is rescued', async () => {
  const { tasks, report } = await runPlaybook(
    `
- hosts: all
  tasks:
    - block:
        - name: Notifies
          command: "true"
          notify: Bad
        - meta: flush_handlers
        - name: Never
          debug: {}
      rescue:
        - name: Rescue
          debug: { msg: "{{ ansible_failed_task.name }}" }
  handlers:
    - name: Bad
      command: "false"
`,
    { home },
  );
  expect(courseOf(tasks)).toEqual(['Notifies: changed', 'Bad: failed, rescued', 'Rescue: ok Bad']);
  expect(report.hosts[0]?.status).toBe('changed');
});

test('meta end_host in a block: neither the rescue nor what follows', async () => {
  const { course, status } = await apply(`
- block:
    - name: First
      command: "true"
    - meta: end_host
      when: dir is defined
  rescue:
    - name: Rescue
      debug: {}
- name: After
  debug: {}
`);
  expect(course).toEqual(['First: changed']);
  expect(status).toBe('changed');
});

test('meta end_host behind a task that fails does not end the host', async () => {
  const { course } = await apply(`
- block:
    - name: Breaks
      command: "false"
    - meta: end_host
  rescue:
    - name: Rescue
      debug: { msg: r }
- name: After
  debug: { msg: a }
`);
  expect(course).toEqual(['Breaks: failed, rescued', 'Rescue: ok r', 'After: ok a']);
});

describe('check', () => {
  test('a rescue is planned for the case only that a task of its block fails; it is no drift', async () => {
    const tasks = `
- block:
    - name: Acts
      copy: { dest: "{{ dir }}/a", content: "x" }
  rescue:
    - name: Rescue
      copy: { dest: "{{ dir }}/b", content: "x" }
- name: After
  debug: { msg: after }
`;
    const { course, reports } = await apply(tasks, { mode: 'check' });
    expect(course).toEqual(['Acts: drift', 'Rescue: not-attempted', 'After: ok after']);
    expect(reports[1]?.because).toBe('"Acts" (play.yaml:6:11), if that fails');
    await apply(tasks);
    const again = await apply(tasks, { mode: 'check' });
    expect(again.course).toEqual(['Acts: ok', 'After: ok after']);
    expect(again.host).toMatchObject({ status: 'ok', execs: 1 });
  });

  test('a task that fails by its plan takes the way of the rescue', async () => {
    const { course, status } = await apply(
      `
- block:
    - name: No
      assert: { that: 1 == 2 }
    - name: Never
      copy: { dest: "{{ dir }}/a", content: "x" }
  rescue:
    - name: Rescue
      copy: { dest: "{{ dir }}/b", content: "x" }
`,
      { mode: 'check' },
    );
    expect(course).toEqual(['No: failed, rescued', 'Rescue: drift']);
    expect(status).toBe('drift');
  });
});

test('a host whose block is as wanted is asked once, also where the rescue wants to know more', async () => {
  const tasks = `
- block:
    - copy: { dest: "{{ dir }}/a", content: "x" }
  rescue:
    - command: touch {{ dir }}/rescued
      args: { creates: "{{ dir }}/rescued" }
    - set_fact: { went_wrong: true }
    - fail: { msg: "{{ ansible_failed_result.msg }}" }
- fail: { msg: wrong }
  when: went_wrong | default(false)
`;
  await apply(tasks);
  const { host } = await apply(tasks);
  expect(host).toMatchObject({ status: 'ok', execs: 1, proved: true });
});

test('validation: what a rescue says wrong is known before; what it is there for is not', async () => {
  const text = (more: string): string =>
    play(`
- block:
    - fail: { msg: on purpose }
  rescue:
    - debug: { msg: "{{ ansible_failed_task.name }} {{ ansible_failed_result.msg }}" }
    - set_fact: { went_wrong: true }
    ${more}
- assert: { that: went_wrong }
`);
  expect(await validatePlaybook(text('- fail: { msg: again }'), { home })).toEqual([]);
  expect(await validatePlaybook(text('- debug: { msg: "{{ wrnog }}" }'), { home })).toEqual([
    expect.stringContaining('wrnog'),
  ]);
});

test('a failed task that is ignored is not demanded by the proof', async () => {
  const { course, host } = await apply(`
- name: Refused
  copy: { dest: "{{ dir }}/a", content: "x", validate: "false %s" }
  ignore_errors: true
- name: After
  debug: { msg: a }
`);
  expect(course).toEqual(['Refused: ok', 'After: ok a']);
  expect(host).toMatchObject({ status: 'ok', error: null });
});

test('a variable that is missing is told once, with how many more places need it', async () => {
  const text = play(`
- assert: { that: [site is defined, other is defined], fail_msg: give it a site }
- debug: { msg: "{{ site }}" }
- debug: { msg: "{{ site }} {{ name }}" }
- debug: { msg: "{{ nobody }}" }
- debug: { msg: "{{ nobody }}" }
- debug: { msg: "{{ nobody }}" }
`);
  const messages = await validatePlaybook(text, { home });
  expect(messages.map((message) => message.split('\n')[0])).toEqual([
    expect.stringContaining('give it a site'),
    expect.stringContaining('"nobody" is not defined'),
  ]);
});

test('a file that two plays read: what was not come to in the second is in the report', async () => {
  const { tasks } = await runPlaybook(
    `
- hosts: all
  tasks:
    - import_tasks: more.yaml
- hosts: all
  tasks:
    - name: Breaks
      command: "false"
    - name: Between
      command: "true"
    - import_tasks: more.yaml
`,
    { home, files: { 'more.yaml': '- name: Shared\n  command: "true"\n' } },
  );
  expect(courseOf(tasks)).toEqual([
    'Shared: changed',
    'Breaks: failed',
    'Between: not-attempted',
    'Shared: not-attempted',
  ]);
});

test('a rescue may undo what the block did before', async () => {
  const { course, host } = await apply(`
- block:
    - name: New
      copy: { dest: "{{ dir }}/conf", content: new }
    - name: Works
      command: "false"
      changed_when: false
  rescue:
    - name: Old
      copy: { dest: "{{ dir }}/conf", content: old }
`);
  expect(course).toEqual(['New: changed', 'Works: failed, rescued', 'Old: changed']);
  expect(host).toMatchObject({ status: 'changed', proved: true, error: null });
});
