import { readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook, validatePlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

const read = (name: string): string => readFileSync(join(home, name), 'utf8');
const owed = (): readonly string[] => {
  try {
    return readdirSync(join(home, '.local/state/syn-deploy/owed'));
  } catch {
    return [];
  }
};

const oneFile = `
- hosts: all
  tasks:
    - name: A file
      copy: { dest: "{{ dir }}/a.conf", content: "one\\n", mode: "0640" }
`;

test('changes what differs, proves it, and finds nothing to do the second time, with one exec', async () => {
  const first = await runPlaybook(oneFile, { home });
  expect(first.report.hosts[0]).toMatchObject({ status: 'changed', proved: true, waves: 1, error: null });
  expect(read('a.conf')).toBe('one\n');
  expect(statSync(join(home, 'a.conf')).mode & 0o777).toBe(0o640);
  const second = await runPlaybook(oneFile, { home });
  expect(second.report.hosts[0]).toMatchObject({ status: 'ok', proved: true, waves: 0, execs: 1 });
  expect(second.tasks.map(({ status }) => status)).toEqual(['ok']);
});

test('what a task of the command line made is managed by nobody, and declared no more by nobody', async () => {
  const made = (name: string): string => `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/${name}", content: "one\\n" }
`;
  const first = await runPlaybook(made('a'), { home, isAdHoc: true });
  expect(first.report.hosts[0]).toMatchObject({ status: 'changed', proved: true });
  const second = await runPlaybook(made('b'), { home, isAdHoc: true });
  expect(second.report.hosts[0]).toMatchObject({ status: 'changed', proved: true, orphans: [] });
  const state = join(home, '.local/state/syn-deploy');
  expect(readdirSync(state)).toEqual(['runs']);
  // Nor is what a playbook manages forgotten, or called an orphan.
  await runPlaybook(made('c'), { home });
  expect((await runPlaybook(made('d'), { home, isAdHoc: true })).report.hosts[0]?.orphans).toEqual([]);
  expect((await runPlaybook(made('d'), { home })).report.hosts[0]?.orphans).toEqual([`file:${home}/c`]);
});

test('only a task of the command line tells its result, and none that is secret', async () => {
  const text = (keyword: string): string => `
- hosts: all
  tasks:
    - set_fact: { a: b }
      ${keyword}
`;
  const told = await runPlaybook(text(''), { home, isAdHoc: true });
  expect(told.tasks[0]?.result).toEqual({ changed: false, failed: false, ansible_facts: { a: 'b' } });
  const hidden = await runPlaybook(text('no_log: true'), { home, isAdHoc: true });
  expect(hidden.tasks[0]?.result).toBe('(hidden: no_log)');
  expect((await runPlaybook(text(''), { home })).tasks[0]).not.toHaveProperty('result');
});

test('a task that takes too long has failed, and was attempted; what comes after it was not', async () => {
  const text = `
- hosts: all
  tasks:
    - command: "true"
    - command: sleep 100
    - command: "false"
`;
  const { report, tasks } = await runPlaybook(text, { home, timeoutMs: 5000 });
  expect(tasks.map(({ name, status, message }) => [name, status, message])).toEqual([
    ['command', 'changed', 'runs every time: cannot be proved'],
    ['command', 'failed', 'ended after 5 s (--task-timeout)'],
    ['command', 'not-attempted', null],
  ]);
  expect(report.hosts[0]).toMatchObject({
    status: 'failed',
    error: 'play.yaml:5:7: command: ended after 5 s (--task-timeout)',
  });
});

test('check mode shows the change with its diff, and changes nothing', async () => {
  const { report, tasks } = await runPlaybook(oneFile, { home, mode: 'check' });
  expect(report.hosts[0]).toMatchObject({ status: 'drift', execs: 1, waves: 0 });
  expect(tasks[0]?.changes[0]?.diff).toMatchObject({ before: null, after: 'one\n' });
  expect(readdirSync(home)).toEqual([]);
});

test('a file behind a link is audited and proved, though which one it is turns out by the first look', async () => {
  writeFileSync(join(home, 'real.conf'), 'a\n');
  symlinkSync('real.conf', join(home, 'link.conf'));
  const text = `
- hosts: all
  tasks:
    - lineinfile: { path: "{{ dir }}/link.conf", line: b }
`;
  const checked = await runPlaybook(text, { home, mode: 'check' });
  expect(checked.tasks.map(({ status }) => status)).toEqual(['drift']);
  const applied = await runPlaybook(text, { home });
  expect(applied.report.hosts[0]).toMatchObject({ status: 'changed', proved: true });
  expect(read('real.conf')).toBe('a\nb\n');
  expect((await runPlaybook(text, { home, mode: 'check' })).tasks.map(({ status }) => status)).toEqual([
    'ok',
  ]);
});

test('check mode looks at what a plan comes upon on its way, and at the tasks after it', async () => {
  writeFileSync(join(home, 'a'), 'x\n');
  symlinkSync('a', join(home, 'link'));
  const playbook = `
- hosts: all
  tasks:
    - name: Through a link
      lineinfile: { path: "{{ dir }}/link", line: y }
    - name: After it
      copy: { dest: "{{ dir }}/b", content: z }
`;
  const { tasks } = await runPlaybook(playbook, { home, mode: 'check' });
  expect(tasks.map(({ status }) => status)).toEqual(['drift', 'drift']);
});

test('a module may say that its answer is a no, which failed_when overrules', async () => {
  const playbook = `
- hosts: all
  tasks:
    - uri: { url: "http://127.0.0.1:1/" }
      register: answer
      failed_when: answer is failed and answer.status != -1
    - uri: { url: "http://127.0.0.1:1/" }
`;
  const { tasks } = await runPlaybook(playbook, { home });
  expect(tasks.map(({ status }) => status)).toEqual(['ok', 'failed']);
  expect(tasks[1]?.message).toContain('Status code was -1 and not [200]');
});

test('what a module cannot do is no failure where failed_when says so', async () => {
  const playbook = `
- hosts: all
  tasks:
    - file: { path: "{{ dir }}/{{ item }}", state: file, mode: a-s }
      loop: [gone, gone too]
      failed_when: false
      register: all
    - fail: { msg: not this }
      failed_when: "'yes' in fine.msg"
      register: fine
    - fail: { msg: 'yes' }
      failed_when: "'yes' in bad.msg"
      register: bad
      ignore_errors: true
    - assert:
        that:
          - all is not failed and 'is absent' in all.results[1].msg
          - fine is not failed and fine.failed_when_result is false
          - bad is failed and bad.failed_when_result is true
`;
  const { tasks, report } = await runPlaybook(playbook, { home });
  expect(report.hosts[0]?.error).toBeNull();
  expect(tasks.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
});

test('says whose drift it is', async () => {
  await runPlaybook(oneFile, { home });
  writeFileSync(join(home, 'a.conf'), 'changed by hand\n');
  expect((await runPlaybook(oneFile, { home, mode: 'check' })).tasks[0]).toMatchObject({
    status: 'drift',
    cause: 'host',
  });
  const mended = await runPlaybook(oneFile, { home });
  expect(mended.tasks[0]).toMatchObject({ status: 'changed', cause: 'host' });
  const moved = oneFile.replace('one', 'two');
  expect((await runPlaybook(moved, { home, mode: 'check' })).tasks[0]).toMatchObject({
    status: 'drift',
    cause: 'wanted',
  });
  writeFileSync(join(home, 'a.conf'), 'by hand again\n');
  expect((await runPlaybook(moved, { home, mode: 'check' })).tasks[0]).toMatchObject({ cause: 'both' });
});

test('plans two edits of one file against the predicted file, in one wave', async () => {
  const playbook = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/b.conf", content: "a=1\\nb=1\\n" }
    - lineinfile: { path: "{{ dir }}/b.conf", regexp: "^a=", line: a=2 }
    - lineinfile: { path: "{{ dir }}/b.conf", line: c=3 }
`;
  // The copy wants b=1 only at first: what the edits leave is not what the copy wants, so this play never comes to rest.
  const { report } = await runPlaybook(playbook, { home });
  expect(report.hosts[0]?.status).toBe('failed');
  expect(read('b.conf')).toBe('a=2\nb=1\nc=3\n');
});

test('names both of two tasks that undo each other, with their places', async () => {
  writeFileSync(join(home, 'c.conf'), 'x=0\n');
  const playbook = `
- hosts: all
  tasks:
    - lineinfile: { path: "{{ dir }}/c.conf", regexp: "^x=", line: x=1 }
    - lineinfile: { path: "{{ dir }}/c.conf", regexp: "^x=", line: x=2 }
`;
  const { report } = await runPlaybook(playbook, { home });
  expect(report.hosts[0]).toMatchObject({ status: 'failed', proved: false });
  expect(report.hosts[0]?.error).toContain('play.yaml:4:7');
  expect(report.hosts[0]?.error).toContain('play.yaml:5:7');
});

const withHandler = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/d.conf", content: "d\\n" }
      notify: Tell
    - command: "false"
      when: breaks | default(false)
  handlers:
    - name: Tell
      shell: echo told >> {{ dir }}/told
`;

test('runs a handler once, when something changed', async () => {
  await runPlaybook(withHandler, { home });
  expect(read('told')).toBe('told\n');
  await runPlaybook(withHandler, { home });
  expect(read('told')).toBe('told\n');
  expect(owed()).toEqual([]);
});

test('a handler notified in a run that then breaks is run by the next one', async () => {
  const broken = await runPlaybook(withHandler, { home, extra: { breaks: true } });
  expect(broken.report.hosts[0]?.status).toBe('failed');
  expect(broken.report.hosts[0]?.error).toContain('owed, and run by the next apply: Tell');
  expect(owed()).toHaveLength(1);
  const check = await runPlaybook(withHandler, { home, mode: 'check' });
  expect(check.tasks.find(({ name }) => name === 'Tell')).toMatchObject({ status: 'drift', owed: true });
  const next = await runPlaybook(withHandler, { home });
  expect(next.tasks.find(({ name }) => name === 'Tell')).toMatchObject({ status: 'changed', owed: true });
  expect(read('told')).toBe('told\n');
  expect(owed()).toEqual([]);
});

test('a task that needs what a command will say is decided after it, in a wave of its own', async () => {
  const playbook = `
- hosts: all
  tasks:
    - shell: echo hello
      register: said
    - copy: { dest: "{{ dir }}/e.conf", content: "{{ said.stdout }}\\n" }
`;
  const check = await runPlaybook(playbook, { home, mode: 'check' });
  expect(check.tasks[1]).toMatchObject({ status: 'not-attempted' });
  expect(check.tasks[1]?.because).toContain('play.yaml:4:7');
  const { report } = await runPlaybook(playbook, { home });
  expect(report.hosts[0]).toMatchObject({ status: 'changed', waves: 2, proved: false });
  expect(read('e.conf')).toBe('hello\n');
});

test('a command that only looks runs in check mode too, and costs no further exec', async () => {
  const playbook = `
- hosts: all
  tasks:
    - command: echo yes
      register: look
      changed_when: false
    - assert: { that: look.stdout == 'yes' }
    - copy: { dest: "{{ dir }}/f.conf", content: "f\\n" }
      when: look.stdout == 'yes'
`;
  const check = await runPlaybook(playbook, { home, mode: 'check' });
  expect(check.tasks.map(({ status }) => status)).toEqual(['ok', 'ok', 'drift']);
  expect(check.report.hosts[0]?.execs).toBe(1);
});

test('reports a failing command with its output, and what was not attempted', async () => {
  const playbook = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/g.conf", content: "g\\n" }
    - shell: echo some output; echo some complaint >&2; exit 3
    - copy: { dest: "{{ dir }}/never", content: "h\\n" }
`;
  const { report, tasks } = await runPlaybook(playbook, { home });
  expect(tasks.map(({ status }) => status)).toEqual(['changed', 'failed', 'not-attempted']);
  expect(report.hosts[0]?.error).toContain('exit status 3');
  expect(report.hosts[0]?.error).toContain('some complaint');
  expect(report.summary.failed).toBe(1);
});

test('a result tells what failed_when and changed_when came to', async () => {
  const playbook = `
- hosts: all
  tasks:
    - { shell: exit 0, failed_when: false, register: fine }
    - { shell: exit 1, failed_when: true, register: wrong, ignore_errors: true }
    - { command: "true", changed_when: false, failed_when: false, register: seen }
    - { command: echo x, failed_when: boom, register: broken, ignore_errors: true }
    - { command: echo x, changed_when: boom, register: odd, ignore_errors: true }
    - { shell: exit 1, register: plain, ignore_errors: true }
    - assert:
        that:
          - odd is failed and odd.stdout == 'x' and 'boom' in odd.changed_when_result
          - fine.failed_when_result is false
          - wrong.failed_when_result is true
          - seen.failed_when_result is false
          - broken is failed and broken.stdout == 'x' and 'boom' in broken.failed_when_result
          - plain.failed_when_result is not defined
`;
  const { report } = await runPlaybook(playbook, { home });
  expect(report.hosts[0]?.error).toBe(null);
});

test('goes on after a failure that is ignored, and after failed_when says no', async () => {
  const playbook = `
- hosts: all
  tasks:
    - command: "false"
      ignore_errors: true
      register: first
    - shell: exit 4
      register: second
      failed_when: second.rc != 4
    - copy: { dest: "{{ dir }}/i.conf", content: "{{ first is failed }} {{ second.rc }}\\n" }
`;
  const { report } = await runPlaybook(playbook, { home });
  expect(report.hosts[0]?.error).toBeNull();
  expect(read('i.conf')).toBe('True 4\n');
});

test('each item of a loop is a task of its own', async () => {
  const playbook = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/{{ item }}", content: "{{ item }}\\n" }
      loop: [x, y, z]
`;
  writeFileSync(join(home, 'y'), 'y\n');
  const { tasks } = await runPlaybook(playbook, { home, mode: 'check' });
  expect(tasks.map(({ item, status }) => [item, status])).toEqual([
    ['x', 'drift'],
    ['y', 'ok'],
    ['z', 'drift'],
  ]);
});

test('what is declared no more is an orphan, and is removed where the play says prune', async () => {
  const two = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/{{ item }}", content: "{{ item }}\\n" }
      loop: "{{ names }}"
`;
  await runPlaybook(two, { home, extra: { names: ['keep', 'drop'] } });
  const reported = await runPlaybook(two, { home, extra: { names: ['keep'] } });
  expect(reported.report.hosts[0]?.orphans).toEqual([`file:${home}/drop`]);
  expect(read('drop')).toBe('drop\n');
  const again = await runPlaybook(two, { home, mode: 'check', extra: { names: ['keep'] } });
  expect(again.report.hosts[0]).toMatchObject({ status: 'ok', orphans: [`file:${home}/drop`] });
  rmSync(join(home, 'drop'));
  const gone = await runPlaybook(two, { home, mode: 'check', extra: { names: ['keep'] } });
  expect(gone.report.hosts[0]?.orphans).toEqual([]);
});

test('prune takes an orphan away, once', async () => {
  const pruning = `
- hosts: all
  prune: true
  tasks:
    - copy: { dest: "{{ dir }}/{{ item }}", content: "{{ item }}\\n" }
      loop: "{{ names }}"
`;
  await runPlaybook(pruning, { home, extra: { names: ['keep', 'drop'] } });
  const check = await runPlaybook(pruning, { home, mode: 'check', extra: { names: ['keep'] } });
  expect(check.report.hosts[0]?.status).toBe('drift');
  const pruned = await runPlaybook(pruning, { home, extra: { names: ['keep'] } });
  expect(pruned.report.hosts[0]).toMatchObject({ status: 'changed', proved: true, orphans: [] });
  expect(readdirSync(home).filter((name) => !name.startsWith('.'))).toEqual(['keep']);
  const after = await runPlaybook(pruning, { home, extra: { names: ['keep'] } });
  expect(after.report.hosts[0]).toMatchObject({ status: 'ok', orphans: [], execs: 1 });
});

test('a secret is shown nowhere', async () => {
  const playbook = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/s.conf", content: "{{ word }}\\n" }
      no_log: true
    - shell: echo {{ word }}; exit 1
      no_log: true
`;
  const { report, events } = await runPlaybook(playbook, { home, extra: { word: 'hunter2hunter2' } });
  expect(read('s.conf')).toBe('hunter2hunter2\n');
  expect(JSON.stringify([report, events])).not.toContain('hunter2');
});

test('until waits, and gives up after its retries', async () => {
  const playbook = `
- hosts: all
  tasks:
    - shell: echo x >> {{ dir }}/count; wc -l < {{ dir }}/count
      register: count
      until: count.stdout | int >= 3
      retries: 5
      delay: 0
`;
  const { report } = await runPlaybook(playbook, { home });
  expect(report.hosts[0]?.error).toBeNull();
  expect(read('count')).toBe('x\nx\nx\n');
});

test('a line that is lost in the middle makes the host unreachable, and the next run finishes', async () => {
  const lost = await runPlaybook(oneFile, { home, loses: (exec) => exec === 2 });
  expect(lost.report.hosts[0]).toMatchObject({ status: 'unreachable', proved: false });
  expect(lost.report.summary.unreachable).toBe(1);
  expect((await runPlaybook(oneFile, { home })).report.hosts[0]).toMatchObject({
    status: 'changed',
    proved: true,
  });
});

test('system facts are looked at when a task uses them, and only then', async () => {
  const playbook = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/os", content: "{{ ansible_os_family }}\\n" }
`;
  await runPlaybook(playbook, { home });
  expect(read('os')).toMatch(/^\w+\n$/);
  const { scripts } = await runPlaybook(oneFile, { home });
  expect(scripts.join('')).not.toContain('/proc/meminfo');
});

test('a verification that waits for a change says what is wrong by now, on a host that was as wanted', async () => {
  const playbook = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/k.conf", content: "k\\n" }
    - name: It is right
      command: grep -c -x k {{ dir }}/k.conf
      changed_when: false
`;
  const bare = await runPlaybook(playbook, { home, mode: 'check' });
  expect(bare.tasks[1]?.message).toBeNull();
  await runPlaybook(playbook, { home });
  writeFileSync(join(home, 'k.conf'), 'other\n');
  const drifted = await runPlaybook(playbook, { home, mode: 'check' });
  expect(drifted.tasks[1]).toMatchObject({ status: 'not-attempted' });
  expect(drifted.tasks[1]?.because).toContain('play.yaml:4:7');
  expect(drifted.tasks[1]?.message).toBe('as it is, it fails: exit status 1\n0');
});

test('a host remembers who changed what, each run that did something, the last 50', async () => {
  const runs = () => readdirSync(join(home, '.local/state/syn-deploy/runs'));
  await runPlaybook(oneFile, { home });
  expect(runs()).toHaveLength(1);
  await runPlaybook(oneFile, { home });
  expect(runs()).toHaveLength(1);
  writeFileSync(join(home, 'a.conf'), 'changed by hand\n');
  await runPlaybook(oneFile, { home });
  expect(runs()).toHaveLength(2);
  const record: unknown = JSON.parse(read(`.local/state/syn-deploy/runs/${runs().sort().at(-1)}`));
  expect(record).toMatchObject({ version: 1, playbooks: ['play.yaml'], changed: [{ name: 'A file' }] });
});

test('a handler is not lost where an earlier flush is gone through again in a later wave', async () => {
  const playbook = `
- hosts: all
  pre_tasks: [{ debug: { msg: hi } }]
  tasks:
    - copy: { dest: "{{ dir }}/l.conf", content: "l\\n" }
      notify: Tell
    - { command: uname -r, changed_when: false }
    - command: touch {{ dir }}/made
      args: { creates: "{{ dir }}/made" }
  handlers:
    - name: Tell
      copy: { dest: "{{ dir }}/told", content: "told\\n" }
`;
  await runPlaybook(playbook, { home });
  expect(read('told')).toBe('told\n');
  expect(owed()).toEqual([]);
});

test('prune leaves what was there before it was managed, and says that it is an orphan', async () => {
  writeFileSync(join(home, 'mine'), 'from before\n');
  const pruning = `
- hosts: all
  prune: true
  tasks:
    - copy: { dest: "{{ dir }}/{{ item }}", content: "{{ item }}\\n" }
      loop: "{{ names }}"
`;
  await runPlaybook(pruning, { home, extra: { names: ['mine', 'made'] } });
  const { report } = await runPlaybook(pruning, { home, extra: { names: [] } });
  expect(report.hosts[0]).toMatchObject({ status: 'changed', proved: true, orphans: [`file:${home}/mine`] });
  expect(readdirSync(home).filter((name) => !name.startsWith('.'))).toEqual(['mine']);
});

test('what a run made that broke later is still ours to take away', async () => {
  const playbook = (names: string, breaks: boolean): string => `
- hosts: all
  prune: true
  tasks:
    - copy: { dest: "{{ dir }}/{{ item }}", content: "{{ item }}\\n" }
      loop: ${names}
    - { command: "false", when: ${breaks} }
`;
  expect((await runPlaybook(playbook('[a, b]', true), { home })).report.hosts[0]?.status).toBe('failed');
  expect((await runPlaybook(playbook('[a, b]', false), { home })).report.hosts[0]?.status).toBe('ok');
  expect((await runPlaybook(playbook('[a]', false), { home })).report.hosts[0]?.orphans).toEqual([]);
  expect(readdirSync(home).filter((name) => !name.startsWith('.'))).toEqual(['a']);
});

test('what a run made that broke later is told, and taken away, when nobody declares it any more', async () => {
  const failing = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/a", content: "a\\n" }
    - lineinfile: { path: "{{ dir }}/b", line: b, create: true }
    - command: "false"
`;
  const rest = (prune: boolean): string => `
- hosts: all
  prune: ${prune}
  tasks:
    - copy: { dest: "{{ dir }}/c", content: "c\\n" }
`;
  expect((await runPlaybook(failing, { home })).report.hosts[0]?.status).toBe('failed');
  const orphaned = { status: 'ok', orphans: [`file:${home}/a`], prunable: [`file:${home}/a`] };
  const changed = { ...orphaned, status: 'changed' };
  expect((await runPlaybook(rest(false), { home })).report.hosts[0]).toMatchObject(changed);
  expect((await runPlaybook(rest(false), { home })).report.hosts[0]).toMatchObject(orphaned);
  expect((await runPlaybook(rest(true), { home })).report.hosts[0]).toMatchObject({
    orphans: [],
    proved: true,
  });
  expect(
    readdirSync(home)
      .filter((name) => !name.startsWith('.'))
      .sort(),
  ).toEqual(['b', 'c']);
});

test('what nobody can take away is told once, and by each check until then', async () => {
  const playbook = (tasks: string): string => `- hosts: all\n  tasks:\n    - debug: { msg: hi }\n${tasks}`;
  const line = '    - lineinfile: { path: "{{ dir }}/b", line: b, create: true }\n';
  await runPlaybook(playbook(line), { home });
  const told = { orphans: [`file:${home}/b`], prunable: [] };
  for (const mode of ['check', 'check', 'apply'] as const)
    expect((await runPlaybook(playbook(''), { home, mode })).report.hosts[0]).toMatchObject(told);
  expect((await runPlaybook(playbook(''), { home })).report.hosts[0]?.orphans).toEqual([]);
});

test('the cause of a drift is told in whatever wave it is mended', async () => {
  const playbook = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/a", content: "a\\n" }
    - command: { cmd: "cat {{ dir }}/a" }
      changed_when: false
      register: read
    - copy: { dest: "{{ dir }}/b", content: "{{ read.stdout }}\\n" }
`;
  await runPlaybook(playbook, { home });
  for (const name of ['a', 'b']) writeFileSync(join(home, name), 'by hand\n');
  const { report, tasks } = await runPlaybook(playbook, { home });
  expect(report.hosts[0]?.waves).toBe(2);
  expect(tasks.filter(({ status }) => status === 'changed').map(({ cause }) => cause)).toEqual([
    'host',
    'host',
  ]);
});

test('drift that follows from other drift has its cause', async () => {
  const playbook = (word: string): string => `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/m.conf", content: "${word}\\n" }
    - lineinfile: { path: "{{ dir }}/n.conf", line: kept, create: true }
`;
  await runPlaybook(playbook('one'), { home });
  const causes = async (word: string) =>
    (await runPlaybook(playbook(word), { home, mode: 'check' })).tasks.map(({ cause }) => cause);
  expect(await causes('two')).toEqual(['wanted', null]);
  rmSync(join(home, 'n.conf'));
  expect(await causes('two')).toEqual(['wanted', 'host']);
});

test('a text that hangs on what the machine is costs no look more', async () => {
  const playbook = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/memory", content: "{{ ansible_memtotal_mb }} MB\\n", mode: "0644" }
`;
  const first = await runPlaybook(playbook, { home });
  expect(first.report.hosts[0]).toMatchObject({ status: 'changed', proved: true });
  const again = await runPlaybook(playbook, { home });
  expect(again.report.hosts[0]).toMatchObject({ status: 'ok', proved: true, execs: 1 });
  expect(readFileSync(join(home, 'memory'), 'utf8')).toMatch(/^\d+ MB\n$/);
});

test('a command whose arguments are not known is not run on a guess', async () => {
  const playbook = `
- hosts: all
  tasks:
    - shell: { cmd: "echo x >{{ dir }}/x", unless: "echo {{ ansible_memtotal_mb }} >>{{ dir }}/asked; true" }
`;
  const { report } = await runPlaybook(playbook, { home });
  expect(report.hosts[0]).toMatchObject({ status: 'ok', execs: 2 });
  expect(readFileSync(join(home, 'asked'), 'utf8')).toMatch(/^\d+\n$/);
});

test('what is wrong about a verdict, or the name of a handler, once it is rendered is a failure of its task', async () => {
  const errorOf = async (keyword: string) => {
    const playbook = `
- hosts: all
  tasks:
    - command: echo x
      ${keyword}
  handlers:
    - { name: Known, debug: { msg: hello } }
`;
    return (await runPlaybook(playbook, { home, extra: { name: 'Other' } })).report.hosts[0]?.error;
  };
  expect(await errorOf('changed_when: nothing.there')).toContain('"nothing" is not defined');
  expect(await errorOf('notify: "{{ name }}"')).toContain('no handler is called or listens to "Other"');
});

test('a loop without items is skipped, and before a task that fails is not said to be left', async () => {
  const playbook = `
- hosts: all
  tasks:
    - { name: Empty, command: "echo {{ item }}", loop: [], register: empty }
    - assert: { that: [empty is skipped, 'empty.results == []'] }
    - { name: Wrong, command: "false" }
    - { name: Left, command: "true" }
`;
  const { tasks } = await runPlaybook(playbook, { home });
  expect(tasks.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'Empty skipped',
    'assert ok',
    'Wrong failed',
    'Left not-attempted',
  ]);
});

test('what an include may set that cannot be opened yet is no mistake, and decided later', async () => {
  const playbook = `
- hosts: all
  tasks:
    - command: echo more
      register: which
    - include_tasks: "{{ which.stdout }}.yaml"
    - copy: { dest: "{{ dir }}/p.conf", content: "{{ word }}\\n" }
    - debug: { msg: "{{ item }}" }
      loop: "{{ words }}"
`;
  const options = { home, files: { 'more.yaml': '- set_fact: { word: hello, words: [a, b] }\n' } };
  expect(validatePlaybook(playbook, options)).toEqual([]);
  const check = await runPlaybook(playbook, { ...options, mode: 'check' });
  expect(check.tasks.map(({ status }) => status)).toEqual([
    'drift',
    'not-attempted',
    'not-attempted',
    'not-attempted',
  ]);
  const { report } = await runPlaybook(playbook, options);
  expect(report.hosts[0]?.error).toBeNull();
  expect(read('p.conf')).toBe('hello\n');
  const typo = playbook.replace('{{ word }}', '{{ wrod }}');
  expect((await runPlaybook(typo, options)).report.hosts[0]?.error).toContain('"wrod" is not defined');
});

test('of tries that were all in vain the retries are counted', async () => {
  const text = `
- hosts: all
  tasks:
    - name: Never changed
      shell: 'true'
      changed_when: false
      register: nothing
      until: nothing is changed
      retries: 2
      delay: 0
      ignore_errors: true
    - assert: { that: [nothing is failed, nothing.attempts == 2] }
`;
  const { report } = await runPlaybook(text, { home });
  expect(report.hosts[0]).toMatchObject({ status: 'ok', error: null });
});

test('a task whose templates cannot be rendered is not tried again', async () => {
  const playbook = (retries: number) => `
- hosts: all
  tasks:
    - command: echo {{ job.id }}
      vars: { job: {} }
      register: said
      until: said is succeeded
      retries: ${retries}
      delay: 0
      ignore_errors: true
    - assert: { that: [said is failed] }
`;
  const [once, often] = [await runPlaybook(playbook(0), { home }), await runPlaybook(playbook(9), { home })];
  expect(often.report.hosts[0]).toMatchObject({ status: 'ok', error: null });
  expect(often.report.hosts[0]?.execs).toBe(once.report.hosts[0]?.execs);
});

test.each(['until', 'failed_when', 'changed_when'])(
  'nor is one whose %s is wrong of what it finds',
  async (keyword) => {
    const conditions = { until: 'said.stat.exists', [keyword]: 'said.nothing.id == 1' };
    const playbook = (retries: number) => `
- hosts: all
  tasks:
    - stat: { path: "{{ dir }}/gone" }
      register: said
      ${Object.entries(conditions)
        .map(([key, condition]) => `${key}: ${condition}`)
        .join('\n      ')}
      retries: ${retries}
      delay: 0
      ignore_errors: true
    - assert: { that: [said is failed, "'nothing' in said.msg"] }
`;
    const [once, often] = [
      await runPlaybook(playbook(0), { home }),
      await runPlaybook(playbook(9), { home }),
    ];
    expect(often.report.hosts[0]).toMatchObject({ status: 'ok', error: null });
    expect(often.report.hosts[0]?.execs).toBe(once.report.hosts[0]?.execs);
  },
);

test('a value that a module does not take is a failure that is ignored where failures are', async () => {
  const text = `
- hosts: all
  tasks:
    - command:
      ignore_errors: true
      register: nothing
    - assert: { that: [nothing is failed, nothing.msg == 'no command given', nothing.rc == 256] }
    - block:
        - file: { path: "{{ dir }}/a", state: strange }
      rescue:
        - assert: { that: ["'state' in ansible_failed_result.msg"] }
`;
  const { report } = await runPlaybook(text, { home });
  expect(report.hosts[0]).toMatchObject({ status: 'ok', error: null });
});

test('whatever has failed says why', async () => {
  const text = `
- hosts: all
  tasks:
    - wait_for: { path: "{{ dir }}/nothing", timeout: 0, msg: Nothing came }
      ignore_errors: true
      register: waited
    - assert: { that: ["'Nothing came' in waited.msg"] }
`;
  const { report } = await runPlaybook(text, { home });
  expect(report.hosts[0]).toMatchObject({ status: 'ok', error: null });
});

test('a loop over what is no list is a failure that is ignored where failures are', async () => {
  const text = `
- hosts: all
  tasks:
    - debug: { msg: "{{ item }}" }
      with_dict: "{{ [1, 2] }}"
      ignore_errors: true
      register: looped
    - assert: { that: [looped is failed, "'mapping' in looped.msg"] }
`;
  const { report } = await runPlaybook(text, { home });
  expect(report.hosts[0]).toMatchObject({ status: 'ok', error: null });
});

test('what assert says may be of any type where conditions may', async () => {
  const text = `
- hosts: all
  compat: truthy
  tasks:
    - assert: { that: [word] }
      vars: { word: a }
    - assert: { that: [word] }
      vars: { word: '' }
      ignore_errors: true
      register: empty
    - assert: { that: [empty is failed] }
`;
  const { report } = await runPlaybook(text, { home });
  expect(report.hosts[0]).toMatchObject({ status: 'ok', error: null });
});
