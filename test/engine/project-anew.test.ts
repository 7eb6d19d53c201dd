import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProjectFiles } from '../../src/model/project.ts';
import { createProjectFiles } from '../../src/workspace/project-files.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'syn-deploy-anew-'));
});
afterEach(() => rmSync(home, { recursive: true }));

/** The playbook is in memory, and what has an absolute path on the disk. */
const overDisk = (memory: ProjectFiles, disk = createProjectFiles()): ProjectFiles => {
  const of = (path: string): ProjectFiles => (isAbsolute(path) ? disk : memory);
  return {
    ...memory,
    read: (path) => of(path).read(path),
    kind: (path) => of(path).kind(path),
    list: (path) => of(path).list(path),
    mode: (path) => of(path).mode(path),
    link: (path) => of(path).link?.(path),
    real: (path) => disk.real?.(path),
    age: disk.age,
    anew: () => overDisk(memory, disk.anew?.()),
  };
};

const playbook = `
- hosts: host1
  gather_facts: false
  vars: { build: "{{ dir }}/build" }
  tasks:
    - { copy: { content: one, dest: "{{ build }}/a" }, delegate_to: localhost }
    - copy: { src: "{{ build }}", dest: "{{ dir }}/first" }
    - { command: "ln -s a link", args: { chdir: "{{ build }}" }, delegate_to: localhost }
    - { copy: { content: two, dest: "{{ build }}/a" }, delegate_to: localhost }
    - { file: { path: "{{ build }}/empty", state: directory }, delegate_to: localhost }
    - copy: { src: "{{ build }}/", dest: "{{ dir }}/second", local_follow: false }
`;

test('a task sees of this machine what tasks before it have done there', async () => {
  mkdirSync(join(home, 'build'));
  const { tasks } = await runPlaybook(playbook, { home, over: overDisk });
  expect(new Set(tasks.map(({ status }) => status))).toEqual(new Set(['changed']));
  const text = (path: string): string => readFileSync(join(home, path), 'utf8');
  expect([text('first/build/a'), text('second/a')]).toEqual(['one', 'two']);
  expect(readlinkSync(join(home, 'second/link'))).toBe('a');
});

const cleaned = `
- hosts: host1
  gather_facts: false
  vars: { build: "{{ dir }}/build" }
  tasks:
    - { copy: { content: one, dest: "{{ build }}" }, delegate_to: localhost, changed_when: true }
    - copy: { src: "{{ build }}", dest: "{{ dir }}/there" }
    - { command: "rm -f {{ build }}", delegate_to: localhost }
`;

test('a task is proved by what it took from this machine, whatever has become of that', async () => {
  const { report, tasks } = await runPlaybook(cleaned, { home, over: overDisk });
  expect(tasks.map(({ status }) => status)).toEqual(['changed', 'changed', 'changed']);
  const error = report.hosts[0]?.error;
  expect([error?.includes('/build'), error?.includes('/there')]).toEqual([true, false]);
});
