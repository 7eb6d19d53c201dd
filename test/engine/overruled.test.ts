import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

const owed = (): readonly string[] => readdirSync(join(home, '.local/state/syn-deploy/owed'));

/** Fails as it acts: the file that it writes is refused by its `validate`. */
const refused = `copy: { content: x, dest: "{{ dir }}/refused", validate: 'false %s' }`;

const play = (tasks: string): string => `
- hosts: all
  handlers:
    - name: told
      shell: echo told >> {{ dir }}/told
  tasks:
    ${tasks.trim().replaceAll('\n', '\n    ')}
`;

test('an action that fails is no failure where failed_when says so, and the tasks after it are done', async () => {
  const { report, tasks } = await runPlaybook(
    play(`
- copy: { content: y, dest: "{{ dir }}/before" }
- ${refused}
  failed_when: false
  register: seen
  notify: told
- copy: { content: z, dest: "{{ dir }}/after" }
- assert:
    that:
      - seen is not failed and seen is not changed and seen.failed_when_result is false
      - seen.rc == 1 and 'validate' in seen.msg
`),
    { home },
  );
  expect(report.hosts[0]).toMatchObject({ status: 'changed', error: null });
  expect(tasks.map(({ status }) => status)).toEqual(['changed', 'ok', 'changed', 'ok']);
  expect(tasks[1]?.message).toMatch(/^failed, which failed_when overrules: .*validate/s);
  expect(readFileSync(join(home, 'after'), 'utf8')).toBe('z');
  expect(['refused', 'told'].filter((name) => existsSync(join(home, name)))).toEqual([]);
  expect(owed()).toEqual([]);
});

test('its condition reads why, and says that it is a failure all the same', async () => {
  const failing = (condition: string) =>
    runPlaybook(
      play(`
- ${refused}
  register: seen
  failed_when: ${condition}
- copy: { content: z, dest: "{{ dir }}/after" }
`),
      { home },
    );
  const wrong = await failing(`"'refused' in seen.msg"`);
  expect(wrong.tasks.map(({ status }) => status)).toEqual(['failed', 'not-attempted']);
  expect(wrong.tasks[0]?.message).toContain('validate');
  expect(existsSync(join(home, 'after'))).toBe(false);
  const fine = await failing(`"'no such words' in seen.msg"`);
  expect(fine.tasks.map(({ status }) => status)).toEqual(['ok', 'changed']);
});

test('what went well is a failure where failed_when says so, before anything after it is done', async () => {
  const { tasks } = await runPlaybook(
    play(`
- copy: { content: x, dest: "{{ dir }}/well" }
  register: done
  failed_when: done is changed
- copy: { content: z, dest: "{{ dir }}/after" }
`),
    { home },
  );
  expect(tasks.map(({ status }) => status)).toEqual(['failed', 'not-attempted']);
  expect(tasks[0]?.message).toBe('failed_when is true');
  expect(existsSync(join(home, 'well'))).toBe(true);
  expect(existsSync(join(home, 'after'))).toBe(false);
});

test('each item of a loop is judged by itself, and a wait in vain too', async () => {
  const { report, tasks } = await runPlaybook(
    play(`
- copy: { content: x, dest: "{{ dir }}/{{ item }}", validate: "{{ item }} %s" }
  loop: ['false', 'true', 'false']
  failed_when: false
  register: all
- wait_for: { path: "{{ dir }}/never", timeout: 1, sleep: 1 }
  failed_when: false
  register: waited
- shell: echo {{ all.results | map(attribute='changed') | join(' ') }} {{ waited.failed }} >{{ dir }}/said
`),
    { home },
  );
  expect(report.hosts[0]).toMatchObject({ status: 'changed', error: null });
  expect(tasks.map(({ status }) => status)).toEqual(['ok', 'changed', 'ok', 'ok', 'changed']);
  expect(readFileSync(join(home, 'said'), 'utf8')).toBe('False True False False\n');
});

test.each(['shell: exit 3', 'copy: { content: x, dest: "{{ dir }}/x", validate: "false %s" }'])(
  'a handler whose failure is overruled is owed no more: %s',
  async (module) => {
    const playbook = `
- hosts: all
  handlers:
    - { name: told, ${module}, failed_when: false }
  tasks:
    - { copy: { content: x, dest: "{{ dir }}/a" }, notify: told }
`;
    const { report } = await runPlaybook(playbook, { home });
    expect(report.hosts[0]).toMatchObject({ status: 'changed', error: null });
    expect(owed()).toEqual([]);
  },
);
