import { expect, test } from 'vitest';
import { createProjectSearch } from '../../src/engine/project-search.ts';
import type { Task } from '../../src/model/play.ts';
import { freshHome } from '../support/fresh-home.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

const playbook = `
- hosts: all
  tasks:
    - copy: { src: no-such-file, dest: "{{ dir }}/a" }
      register: tried
      ignore_errors: true
    - assert: { that: [tried is failed, "'no-such-file' in tried.msg"] }
`;

test('a file that was not there is looked for again, since a task on this machine may have made it', () => {
  let isThere = false;
  const files = {
    ...memoryFiles({}),
    again: () => (isThere ? ('file' as const) : undefined),
    read: () => new TextEncoder().encode('a'),
  };
  const known = { ...files, kind: () => (isThere ? ('file' as const) : undefined) };
  const { readFile } = createProjectSearch({ folder: 'tasks' } as Task, known, 'site.yml');
  expect(() => readFile('/tmp/made', 'files')).toThrow('no file "/tmp/made"');
  isThere = true;
  expect(readFile('/tmp/made', 'files')).toMatchObject({ path: '/tmp/made' });
});

test('a file of the project that is not there is a failure like others where failures are ignored', async () => {
  const { report, tasks } = await runPlaybook(playbook, { home });
  expect(report.hosts[0]).toMatchObject({ status: 'ok', error: null });
  expect(tasks[0]?.message).toContain('no-such-file');
  const strict = playbook.replace('ignore_errors: true', 'ignore_errors: false');
  await expect(runPlaybook(strict, { home })).rejects.toThrow('no file "no-such-file"');
});
