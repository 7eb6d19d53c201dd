import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

const hosts = ['a', 'b', 'c', 'd'];

/** How many hosts were at the task at once, at most. */
const mostAtOnce = async (playbook: string, forks: number): Promise<number> => {
  const { events, report } = await runPlaybook(playbook, { home, homeEach: true, hosts, forks });
  expect(report.hosts.map(({ status, error }) => error ?? status)).toEqual(hosts.map(() => 'changed'));
  const active = new Set<string>();
  let most = 0;
  for (const event of events) {
    if (event.type === 'action-started' && event.task.name === 'Slow') active.add(event.host);
    if (event.type === 'action-finished' && event.task.name === 'Slow') active.delete(event.host);
    most = Math.max(most, active.size);
  }
  return most;
};

const play = (task: string, keywords = ''): string => `
- hosts: all
${keywords}
  tasks:
    - { name: Before, copy: { dest: "{{ dir }}/before", content: x } }
    - { name: Slow, command: "sleep 0.3"${task} }
    - { name: After, copy: { dest: "{{ dir }}/after", content: x } }
`;

test.each([
  ['a task', play(', throttle: 1'), 1],
  ['a task for two', play(', throttle: 2'), 2],
  ['a play', play('', '  throttle: 1'), 1],
])('throttle of %s lets no more hosts do it at once', async (_, playbook, most) => {
  expect(await mostAtOnce(playbook, 4)).toBe(most);
});

test('throttled tasks come to their end also where hosts take turns anyway', async () => {
  expect(await mostAtOnce(play(', throttle: 1'), 1)).toBe(1);
});

test('without it hosts do it side by side', async () => {
  expect(await mostAtOnce(play(', throttle: 0'), 4)).toBeGreaterThan(1);
});
