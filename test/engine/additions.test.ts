import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import type { PlaybookRunOptions } from '../support/run-playbook.ts';
import { runPlaybook, validatePlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

const read = (name: string): string => readFileSync(join(home, name), 'utf8');
const files = (): readonly string[] =>
  readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes('.local') && name.includes('/'))
    .sort();

const inventory = `
all:
  children:
    web: { hosts: { a: { kind: small }, b: { kind: large }, c: { kind: small } } }
`;

const on = (options: Partial<PlaybookRunOptions> = {}): PlaybookRunOptions => ({
  home,
  homeEach: true,
  inventory,
  forks: 3,
  ...options,
});

const statuses = ({ report }: Awaited<ReturnType<typeof runPlaybook>>) =>
  report.hosts.map(({ name, status, error }) => error ?? `${name} ${status}`);

describe('group_by', () => {
  const byKind = `
- hosts: all
  tasks:
    - group_by: { key: "kind {{ kind }}", parents: [kinds] }
- hosts: kind-small
  tasks:
    - copy: { dest: "{{ dir }}/{{ size }}", content: "{{ group_names | join(' ') }} {{ groups['kind-small'] | join }}\\n" }
- hosts: kinds:!kind-small
  tasks:
    - copy: { dest: "{{ dir }}/{{ size }}", content: "{{ group_names | join(' ') }}\\n" }
`;
  const vars = {
    'group_vars/kind-small.yml': 'size: s\n',
    'group_vars/kinds.yml': 'size: any\n',
  };

  test.each([1, 3])(
    'puts hosts in groups that later plays are for, with their variables (%d at once)',
    async (forks) => {
      expect(statuses(await runPlaybook(byKind, on({ files: vars, forks })))).toEqual([
        'a changed',
        'b changed',
        'c changed',
      ]);
      expect(files()).toEqual(['a/s', 'b/any', 'c/s']);
      expect(read('a/s')).toBe('kind-small kinds web ac\n');
      expect(read('b/any')).toBe('kind-large kinds web\n');
      for (const mode of ['apply', 'check'] as const) {
        const again = await runPlaybook(byKind, on({ files: vars, mode, forks }));
        expect(statuses(again)).toEqual(['a ok', 'b ok', 'c ok']);
      }
    },
  );

  test('takes effect in check mode too, on hosts where nothing is done yet', async () => {
    const { report } = await runPlaybook(byKind, on({ files: vars, mode: 'check' }));
    expect(report.hosts.map(({ status }) => status)).toEqual(['drift', 'drift', 'drift']);
    expect(report.hosts.map(({ tasks }) => tasks.map((task) => task.status))).toEqual([
      ['ok', 'drift'],
      ['ok', 'drift'],
      ['ok', 'drift'],
    ]);
    expect(files()).toEqual([]);
  });

  const atOnce = `
- hosts: all
  tasks:
    - group_by: { key: "kind-{{ kind }}" }
    - copy:
        dest: "{{ dir }}/here"
        content: "{{ group_names | join(' ') }}; {{ groups['kind-small'] | join(' ') }}; {{ size | default('none') }}\\n"
`;

  test.each([1, 3])(
    'holds at once for the tasks after it, as all hosts have come to it (%d at once)',
    async (forks) => {
      expect(validatePlaybook(atOnce, on({ files: vars }))).toEqual([]);
      expect(statuses(await runPlaybook(atOnce, on({ files: vars, forks })))).toEqual([
        'a changed',
        'b changed',
        'c changed',
      ]);
      expect(read('a/here')).toBe('kind-small web; a c; s\n');
      expect(read('b/here')).toBe('kind-large web; a c; none\n');
    },
  );

  test('of a fact, and of what a command says', async () => {
    const playbook = `
- hosts: all
  tasks:
    - { command: "echo {{ kind }}", register: said, changed_when: true }
    - group_by: { key: "{{ ansible_facts.os_family }}_{{ said.stdout }}" }
- hosts: "*_small"
  tasks:
    - copy: { dest: "{{ dir }}/x", content: "{{ group_names }}\\n" }
`;
    const { report, events } = await runPlaybook(playbook, on({ mode: 'check' }));
    expect(report.hosts.map(({ tasks }) => tasks.map((task) => task.status))).toEqual([
      ['drift', 'not-attempted'],
      ['drift', 'not-attempted'],
      ['drift', 'not-attempted'],
    ]);
    const warnings = events.flatMap((event) => (event.type === 'warned' ? [event.message] : []));
    expect(warnings.join()).toContain('who is in the plays from here on cannot be told yet');
    await runPlaybook(playbook, on());
    expect(files()).toEqual(['a/x', 'c/x']);
  });

  test('is left out by when, and by limits', async () => {
    const playbook = byKind.replace('parents: [kinds] }', "parents: [kinds] }\n      when: kind == 'small'");
    await runPlaybook(playbook, on({ files: vars, limit: 'a:b' }));
    expect(files()).toEqual(['a/s']);
  });

  test('of a host that failed before counts for nobody', async () => {
    const playbook = byKind.replace(
      '  tasks:',
      "  tasks:\n    - { fail: { msg: no }, when: inventory_hostname == 'c' }",
    );
    await runPlaybook(playbook, on({ files: vars }));
    expect(files()).toEqual(['a/s', 'b/any']);
    expect(read('a/s')).toBe('kind-small kinds web a\n');
  });

  test('of an include brings its groups to plays that begin later, with a word on those that do not', async () => {
    const playbook = `
- hosts: all
  tasks:
    - include_tasks: "{{ kind }}.yml"
- name: Early
  hosts: small
  tasks: [{ copy: { dest: "{{ dir }}/early", content: x } }]
- name: Late
  hosts: small
  serial: 3
  tasks: [{ copy: { dest: "{{ dir }}/late", content: x } }]
`;
    const task = '- group_by: { key: "{{ kind }}" }\n';
    const { events } = await runPlaybook(playbook, on({ files: { 'small.yml': task, 'large.yml': task } }));
    expect(files()).toEqual(['a/late', 'c/late']);
    const warnings = events.flatMap((event) => (event.type === 'warned' ? [event.message] : []));
    expect(warnings.join()).toContain('"Early" may have begun without them');
  });
});

describe('add_host', () => {
  const added = `
- hosts: web
  tasks:
    - { command: echo made, register: made, changed_when: false }
    - add_host: { name: "{{ made.stdout }}", groups: "fresh, also", kind: new }
- hosts: fresh
  tasks:
    - copy: { dest: "{{ dir }}/{{ kind }}", content: "{{ group_names | join(' ') }} {{ hostvars.a.kind }}\\n" }
- hosts: web
  tasks:
    - copy: { dest: "{{ dir }}/all", content: "{{ groups.all | join(' ') }} {{ hostvars.made.kind }}\\n" }
`;

  test.each(['apply', 'check'] as const)('adds a host that later plays are for (%s)', async (mode) => {
    const run = await runPlaybook(added, on({ mode }));
    const status = mode === 'apply' ? 'changed' : 'drift';
    expect(statuses(run)).toEqual([`a ${status}`, `b ${status}`, `c ${status}`, `made ${status}`]);
    expect(files()).toEqual(mode === 'apply' ? ['a/all', 'b/all', 'c/all', 'made/new'] : []);
    if (mode === 'check') return;
    expect(read('made/new')).toBe('also fresh small\n');
    expect(read('b/all')).toBe('a b c made new\n');
    expect(run.host('made')).toMatchObject({ proved: true });
    expect(run.host('b').tasks.map(({ name }) => name)).not.toContain('add_host');
    expect(statuses(await runPlaybook(added, on()))).toEqual(['a ok', 'b ok', 'c ok', 'made ok']);
  });

  test('gives a host that is there groups and variables', async () => {
    const playbook = added.replace('{{ made.stdout }}', 'b').replace('hostvars.made', 'hostvars.b');
    await runPlaybook(playbook, on());
    expect(files()).toEqual(['a/all', 'b/all', 'b/new', 'c/all']);
    expect(read('a/all')).toBe('a b c new\n');
  });

  test('of a loop, and their number in groups at once', async () => {
    const playbook = `
- hosts: all
  tasks:
    - add_host: { name: "made{{ item }}", groups: [fresh] }
      loop: [1, 2]
    - copy: { dest: "{{ dir }}/n", content: "{{ groups.fresh | length }} {{ hostvars.made2.inventory_hostname }}\\n" }
- hosts: fresh
  tasks:
    - copy: { dest: "{{ dir }}/x", content: "x\\n" }
`;
    const run = await runPlaybook(playbook, on());
    expect(statuses(run)).toEqual(['a changed', 'b changed', 'c changed', 'made1 changed', 'made2 changed']);
    expect(read('c/n')).toBe('2 made2\n');
    expect(files()).toEqual(['a/n', 'b/n', 'c/n', 'made1/x', 'made2/x']);
  });
});

test('a host that a play adds can be delegated to from the next play on', async () => {
  const playbook = `
- hosts: a
  tasks:
    - add_host: { name: made }
    - copy: { dest: "{{ dir }}/x", content: "x\\n" }
      delegate_to: made
`;
  const { report } = await runPlaybook(playbook, on());
  expect(report.hosts[0]?.error).toContain('is delegated to made, which a task of this play has added');
  const apart = playbook.replace('    - copy', '- hosts: a\n  tasks:\n    - copy');
  expect((await runPlaybook(apart, on())).report.hosts[0]).toMatchObject({ status: 'changed', error: null });
});
