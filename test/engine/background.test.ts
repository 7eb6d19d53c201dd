import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook, validatePlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

/** The command waits until the run has seen that it is not waited for. */
const playbook = `
- hosts: all
  tasks:
    - name: Start
      shell: until test -e "$0/go"; do sleep 0.1; done; echo said; echo why >&2; exit {{ status | default(0) }}
      args: { executable: /bin/sh }
      environment: { WORD: of the environment }
      async: "{{ seconds | default(60) }}"
      poll: 0
      register: started
    - assert:
        that:
          - started is started
          - started is not finished
          - started is changed
          - started.ansible_job_id is match('j\\\\d+\\\\.\\\\d+$')
    - name: First look
      async_status: { jid: "{{ started.ansible_job_id }}" }
      register: first
    - assert: { that: [first is not finished, first is started] }
    - copy: { dest: "{{ dir }}/go", content: "" }
    - name: Ask
      async_status: { jid: "{{ started.ansible_job_id }}" }
      register: ended
      until: ended is finished
      retries: 200
      delay: 0.05
      failed_when: ended is finished and ended.rc != (status | default(0))
    - assert: { that: [ended.stdout == 'said', ended.stderr == 'why', ended is not changed] }
    - name: Forget
      async_status: { jid: "{{ started.ansible_job_id }}", mode: cleanup }
      register: forgotten
    - copy: { dest: "{{ dir }}/folder", content: "{{ started.results_file }}" }
`.replaceAll('$0', '{{ dir }}');

const folder = (): string => readFileSync(join(home, 'folder'), 'utf8');

test('a command with poll: 0 is not waited for, can be asked about, and what is kept of it taken away', async () => {
  expect(validatePlaybook(playbook, { home })).toEqual([]);
  const { report, tasks } = await runPlaybook(playbook, { home });
  expect(report.hosts[0]).toMatchObject({ status: 'changed', error: null });
  expect(
    tasks.filter(({ name }) => /^[A-Z]/.test(name)).map(({ name, status }) => `${name} ${status}`),
  ).toEqual(['Start changed', 'First look ok', 'Ask ok', 'Forget changed']);
  expect(folder()).toMatch(/^\/tmp\/\.syn-deploy-job\.j\d+\.\d+$/);
  expect(existsSync(folder())).toBe(false);
});

test('the status of the command is what async_status fails with', async () => {
  const strict = playbook.replace(/ {6}failed_when.*\n/, '');
  const { report } = await runPlaybook(strict, { home, extra: { status: 3 } });
  expect(report.hosts[0]?.error).toContain('Ask');
  expect(report.hosts[0]?.error).toContain('exit status 3\nsaid\nwhy');
});

test('a job is ended when its time is over', async () => {
  const endless = `
- hosts: all
  tasks:
    - { command: sleep 600, async: 1, poll: 0, register: started }
    - async_status: { jid: "{{ started.ansible_job_id }}" }
      register: ended
      until: ended is finished
      retries: 200
      delay: 0.05
      failed_when: ended is finished and ended.rc != 124
    - async_status: { jid: "{{ started.ansible_job_id }}", mode: cleanup }
`;
  const { report } = await runPlaybook(endless, { home });
  expect(report.hosts[0]?.error).toBeNull();
});

test('check mode starts nothing, and has nothing to ask about; guards hold as ever', async () => {
  const { report, tasks } = await runPlaybook(playbook, { home, mode: 'check' });
  expect(report.hosts[0]?.status).toBe('drift');
  expect(tasks[0]).toMatchObject({ status: 'drift' });
  expect(tasks[0]?.changes[0]?.summary).toMatch(/^start .* in the background$/s);
  expect(tasks.find(({ name }) => name === 'Ask')?.status).toBe('not-attempted');
  const guarded = `
- hosts: all
  tasks:
    - { command: "touch {{ dir }}/no", args: { creates: / }, async: 5, poll: 0, register: started }
    - assert: { that: [started is not changed, started.ansible_job_id is not defined] }
`;
  expect((await runPlaybook(guarded, { home })).report.hosts[0]).toMatchObject({ status: 'ok', error: null });
  expect(existsSync(join(home, 'no'))).toBe(false);
});

test('with changed_when: false it is started once, and is no look', async () => {
  const quiet = `
- hosts: all
  tasks:
    - { shell: "echo x >>{{ dir }}/log", async: 5, poll: 0, changed_when: false, register: started }
    - wait_for: { path: "{{ dir }}/log", timeout: 20 }
    - async_status: { jid: "{{ started.ansible_job_id }}", mode: cleanup }
      changed_when: false
`;
  expect((await runPlaybook(quiet, { home, mode: 'check' })).report.hosts[0]?.error).toBeNull();
  expect(existsSync(join(home, 'log'))).toBe(false);
  const { report } = await runPlaybook(quiet, { home });
  expect(report.hosts[0]?.error).toBeNull();
  expect(readFileSync(join(home, 'log'), 'utf8')).toBe('x\n');
});

test('what other modules do has to be waited for', () => {
  const text = '- hosts: all\n  tasks: [{ apt: { upgrade: dist }, async: 60, poll: 0 }]\n';
  expect(() => validatePlaybook(text, { home })).toThrow('"poll: 0" of apt is not supported yet');
});
