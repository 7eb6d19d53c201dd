import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook, validatePlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

const read = (name: string): string => readFileSync(join(home, name), 'utf8');

const ofMapping = `
- hosts: all
  vars: { limits: { most: 5, least: 1 }, least: 3 }
  tasks:
    - name: Set what nobody has set
      set_fact: { "{{ item.key }}": "{{ item.value }}" }
      when: not lookup('varnames', '^' + item.key + '$')
      with_dict: "{{ limits }}"
    - copy: { dest: "{{ dir }}/a", content: "{{ most }} {{ least }}\\n" }
`;

test('names of variables that set_fact sets may be templates', async () => {
  expect(validatePlaybook(ofMapping, { home })).toEqual([]);
  const { tasks, report } = await runPlaybook(ofMapping, { home });
  expect(report.hosts[0]).toMatchObject({ error: null, proved: true });
  expect(tasks.map(({ status }) => status)).toEqual(['ok', 'skipped', 'changed']);
  expect(read('a')).toBe('5 3\n');
  const again = await runPlaybook(ofMapping, { home, mode: 'check' });
  expect(again.report.hosts[0]).toMatchObject({ status: 'ok', execs: 1 });
});

test('so may names in a line of text', async () => {
  const playbook = ofMapping.replace(/set_fact: .*/, `set_fact: "{{ item.key }}={{ item.value }}"`);
  expect(validatePlaybook(playbook, { home })).toEqual([]);
  await runPlaybook(playbook, { home });
  expect(read('a')).toBe('5 3\n');
});

const ofCommand = `
- hosts: all
  tasks:
    - command: echo port
      register: said
      changed_when: false
    - set_fact: { "{{ said.stdout }}": 80 }
    - copy: { dest: "{{ dir }}/a", content: "{{ port }}\\n" }
    - copy: { dest: "{{ dir }}/b", content: "{{ hostvars[inventory_hostname].port }}\\n" }
`;

test('a name that the host has to tell is waited for, and so is what reads it', async () => {
  expect(validatePlaybook(ofCommand, { home })).toEqual([]);
  const { report } = await runPlaybook(ofCommand, { home });
  expect(report.hosts[0]).toMatchObject({ status: 'changed', proved: true, error: null });
  expect([read('a'), read('b')]).toEqual(['80\n', '80\n']);
});

test('another host waits for a variable of a name that is not known before', async () => {
  const playbook = `
- hosts: db
  tasks:
    - { command: echo port, register: said, changed_when: false }
    - set_fact: { "{{ said.stdout }}": 80 }
- hosts: app
  tasks:
    - copy: { dest: "{{ dir }}/c", content: "{{ hostvars.db.port }}\\n" }
`;
  const { report } = await runPlaybook(playbook, { home, hosts: ['app', 'db'] });
  expect(report.hosts.map(({ error }) => error)).toEqual([null, null]);
  expect(read('c')).toBe('80\n');
});

test('what comes out as no name is a failure of the task, and a template that is none is wrong before', async () => {
  const playbook = '- hosts: all\n  tasks:\n    - set_fact: { "{{ 1 + 1 }}": 80 }\n';
  const { tasks } = await runPlaybook(playbook, { home });
  expect(tasks[0]).toMatchObject({ status: 'failed' });
  expect(tasks[0]?.message).toContain('"2" is no name for a variable');
  await expect(runPlaybook(playbook.replace('1 + 1', '1 +'), { home })).rejects.toThrow();
});
