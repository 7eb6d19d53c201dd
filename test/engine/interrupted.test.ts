import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

/** What is said of the host when Ctrl-C comes while the task runs. */
const interruptedAt = async (name: string, playbook: string) => {
  const stop = new AbortController();
  const reason = new Error('interrupted');
  const { report } = await runPlaybook(playbook, {
    home,
    stop: stop.signal,
    onEvent: (event) => {
      if (event.type === 'action-started' && event.task.name === name) stop.abort(reason);
    },
  });
  return report.hosts[0];
};

const first = '    - { name: First, command: "true", register: done }';
const last = '    - { name: Last, copy: { dest: "{{ dir }}/last", content: x }, when: done is changed }';
const play = (...tasks: readonly string[]): string => `- hosts: all\n  tasks:\n${tasks.join('\n')}\n`;

test('what was to follow is told to be left', async () => {
  const seen = first.replace('register: done', 'register: done, changed_when: done.rc == 0');
  const host = await interruptedAt('First', play(seen, last));
  expect(host?.status).toBe('failed');
  expect(host?.error).toContain('What was to follow was not begun');
  expect(host?.tasks.map(({ status }) => status)).toEqual(['changed', 'not-attempted']);
});

test('where it was the last, nothing is said of services that may be stopped', async () => {
  const host = await interruptedAt('First', play(first));
  expect(host?.status).toBe('failed');
  expect(host?.error).toMatch(/^interrupted; .* it was the last of it\./);
  expect(host?.error).not.toContain('services');
});
