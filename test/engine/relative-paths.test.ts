import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'syn-deploy-relative-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const playbook = (compat: string): string => `
- hosts: host1
  gather_facts: false
  ${compat}
  vars: { name: package.json }
  tasks:
    - { stat: { path: "{{ name }}" }, register: found }
    - assert: { that: found.stat.exists }
`;

test('a play for Ansible before 2.19 names paths on the host that are relative', async () => {
  const { report } = await runPlaybook(playbook('compat: truthy'), { home });
  expect(report.hosts[0]).toMatchObject({ status: 'ok', error: null });
});

test('others do not', async () => {
  const { report } = await runPlaybook(playbook('become: false'), { home });
  expect(report.hosts[0]?.error).toContain('path: expected an absolute path on the host');
  await expect(
    runPlaybook('- { hosts: host1, tasks: [{ stat: { path: package.json } }] }', { home }),
  ).rejects.toThrow('path of stat: expected an absolute path on the host');
});

const made = (before: string): string => `
- hosts: host1
  gather_facts: false
  tasks:
    - ${before}
    - { copy: { src: made-by-nobody, dest: "{{ dir }}/there" }, when: false }
    - { copy: { src: made-by-nobody, dest: "{{ dir }}/there" } }
`;

test('a file of the project that a task before it may make is missed when its turn comes', async () => {
  const { tasks } = await runPlaybook(made('{ command: "true", delegate_to: localhost }'), {
    home,
    foresees: true,
  });
  expect(tasks.map(({ status }) => status)).toEqual(['changed', 'skipped', 'failed']);
  expect(tasks[2]?.message).toContain('no file "made-by-nobody"');
  await expect(runPlaybook(made('{ command: "true" }'), { home })).rejects.toThrow(
    'no file "made-by-nobody"',
  );
});
