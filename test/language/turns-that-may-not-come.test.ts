import { expect, test } from 'vitest';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { registry } from './registry.ts';

const twice = '- debug: { msg: a }\n  when: x is defined\n  when: y is defined\n';

/** What is said of the tasks, by severity and code. */
const saidOf = (tasks: string): readonly string[] => {
  const files = { 'site.yml': `- hosts: all\n  tasks:\n${tasks}`, 'roles/r/tasks/main.yml': twice };
  return loadPlaybook('site.yml', { files: memoryFiles(files), registry }).diagnostics.map(
    ({ severity, code }) => `${severity} ${code}`,
  );
};

const includeRole = (name: string, when: string): string =>
  `    - include_role: { name: ${name} }\n      when: ${when}\n`;

test.each([
  ['a switch that nobody has set', 'w | default(false)'],
  ['a name that nobody has set', 'w is defined'],
])('what hangs on %s may have its turn: its mistakes are told', (_, when) => {
  expect(saidOf(includeRole('r', when))).toEqual(['warning duplicate-key']);
  expect(saidOf(`    - debug: { mgs: a }\n      when: ${when}\n`)).toEqual(['warning unknown-parameter']);
  expect(saidOf(`    - a.b.c: { x: 1 }\n      when: ${when}\n`)).toEqual(['warning module-not-here']);
});

test.each(["ansible_os_family == 'RedHat'", "ansible_facts['pkg_mgr'] == 'dnf' and w is defined"])(
  'of what is for other systems nothing is said: %s',
  (when) => {
    expect(saidOf(includeRole('r', when))).toEqual([]);
    expect(saidOf(`    - debug: { mgs: a }\n      when: ${when}\n`)).toEqual([]);
    expect(saidOf(`    - a.b.c: { x: 1 }\n      when: ${when}\n`)).toEqual([]);
  },
);

test('what hangs on what a run has to tell is wrong at once', () => {
  expect(saidOf(includeRole('r', 'w'))).toEqual(['error duplicate-key']);
  expect(saidOf("    - debug: { mgs: a }\n      when: ansible_hostname == 'x'\n")).toEqual([
    'error unknown-parameter',
  ]);
});

test('an include of what is not there is a warning, where its when may keep it from being missed', () => {
  expect(saidOf(includeRole('nowhere', "ansible_hostname == 'x'"))).toEqual(['warning missing-role']);
  expect(saidOf('    - include_role: { name: nowhere }\n')).toEqual(['error missing-role']);
});
