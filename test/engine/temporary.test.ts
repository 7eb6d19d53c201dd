import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

const playbook = `
- hosts: all
  tasks:
    - tempfile: { state: directory, path: "{{ dir }}" }
      changed_when: false
      register: temporary
    - command: mkdir {{ temporary.path | quote }}/key
      changed_when: false
    - copy: { dest: "{{ temporary.path }}/words", content: "x" }
      changed_when: false
    - copy:
        dest: "{{ dir }}/a.conf"
        content: "one\\n"
        validate: test -d {{ temporary.path }}/key -a -e %s
    - file: { path: "{{ temporary.path }}", state: absent }
      changed_when: false
`;

test('what was done in a temporary folder is not done again to prove it, once the folder is gone', async () => {
  for (const status of ['changed', 'ok']) {
    const { report } = await runPlaybook(playbook, { home });
    expect(report.hosts[0]).toMatchObject({ status, error: null, orphans: [] });
    expect(readdirSync(home).filter((name) => !name.startsWith('.'))).toEqual(['a.conf']);
  }
});

test('a check makes no temporary folder, and audits a file that is checked in it where it is put in place', async () => {
  const fresh = await runPlaybook(playbook, { home, mode: 'check' });
  expect(fresh.report.hosts[0]?.status).toBe('drift');
  await runPlaybook(playbook, { home });
  const audit = await runPlaybook(playbook, { home, mode: 'check' });
  expect(audit.report.hosts[0]?.status).toBe('ok');
  writeFileSync(join(home, 'a.conf'), 'two\n');
  const { tasks } = await runPlaybook(playbook, { home, mode: 'check' });
  expect(tasks.map(({ status }) => status)).toEqual([
    ...['ok', 'not-attempted', 'not-attempted', 'drift', 'not-attempted'],
  ]);
  expect(readFileSync(join(home, 'a.conf'), 'utf8')).toBe('two\n');
});
