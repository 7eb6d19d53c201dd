import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook, validatePlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

const files = (): readonly string[] => readdirSync(home).filter((name) => !name.startsWith('.'));

const loop = (task: string, condition: string): string => `
- hosts: all
  tasks:
    - name: Try
      ${task}
      register: tried
      loop: [a, b, c, d]
      loop_control: { break_when: "${condition}" }
    - name: After
      copy: { dest: "{{ dir }}/after", content: "{{ tried.results | map(attribute='item') | join }}\\n" }
`;

const outcomes = ({ tasks }: Awaited<ReturnType<typeof runPlaybook>>) =>
  tasks.map(({ item, status }) => `${item ?? 'after'} ${status}`);

test('ends a loop behind the first item for which it holds', async () => {
  const playbook = loop('copy: { dest: "{{ dir }}/{{ item }}", content: x }', "item == 'b'");
  expect(validatePlaybook(playbook, { home })).toEqual([]);
  expect(outcomes(await runPlaybook(playbook, { home, mode: 'check' }))).toEqual([
    'a drift',
    'b drift',
    'after not-attempted',
  ]);
  expect(outcomes(await runPlaybook(playbook, { home }))).toEqual([
    'a changed',
    'b changed',
    'after changed',
  ]);
  expect(files()).toEqual(['a', 'after', 'b']);
  expect(outcomes(await runPlaybook(playbook, { home }))).toEqual(['a ok', 'b ok', 'after ok']);
});

test('may hang on what an item came to', async () => {
  writeFileSync(join(home, 'c'), '');
  const looks = loop('stat: { path: "{{ dir }}/{{ item }}" }', 'tried.stat.exists');
  expect(outcomes(await runPlaybook(looks, { home }))).toEqual(['a ok', 'b ok', 'c ok', 'after changed']);
  const commands = loop('command: "test -e {{ dir }}/{{ item }}"', 'tried.rc == 0').replace(
    'register',
    'failed_when: false\n      changed_when: false\n      register',
  );
  expect(outcomes(await runPlaybook(commands, { home }))).toEqual(['a ok', 'b ok', 'c ok', 'after ok']);
});

test('of a command that does something, is asked once that has run; check mode leaves the rest open', async () => {
  const playbook = loop('command: "touch {{ dir }}/{{ item }}"', "tried.rc == 0 and item == 'b'");
  const checked = await runPlaybook(playbook, { home, mode: 'check' });
  expect(outcomes(checked)).toEqual([
    ...['a drift', 'b not-attempted', 'c not-attempted', 'd not-attempted', 'after not-attempted'],
  ]);
  expect(outcomes(await runPlaybook(playbook, { home }))).toEqual([
    'a changed',
    'b changed',
    'after changed',
  ]);
  expect(files()).toEqual(['a', 'after', 'b']);
});

test('that is wrong is a failure of the task', async () => {
  const playbook = loop('debug: { msg: x }', 'nothing_of_the_kind');
  await expect(
    runPlaybook(playbook, { home }).then(({ report }) => report.hosts[0]?.error),
  ).resolves.toContain('nothing_of_the_kind');
});
