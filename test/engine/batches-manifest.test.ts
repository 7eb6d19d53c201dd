import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

/** Two batches that have a say in one folder. */
const playbook = (mode: string): string => `
- hosts: all
  serial: 1
  tasks:
    - file: { path: "{{ dir }}/d", state: directory }
- hosts: all
  tasks:
    - file: { path: "{{ dir }}/d", state: directory, mode: "${mode}" }
`;

const apply = async (mode = '0755') => (await runPlaybook(playbook(mode), { home })).report.hosts[0];

const wanted = (): number => {
  const folder = join(home, '.local/state/syn-deploy/manifest');
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  return JSON.parse(texts[0] ?? '').entries[0].wanted.length;
};

test('a playbook of two batches that is as wanted is looked at once a batch, and nothing is written', async () => {
  await apply();
  expect(await apply()).toMatchObject({ status: 'ok', execs: 2, waves: 0 });
  expect(wanted()).toBe(2);
});

test('what a later batch no longer wants is forgotten', async () => {
  await apply();
  expect(await apply('0750')).toMatchObject({ status: 'changed', error: null });
  expect(wanted()).toBe(2);
  expect(await apply('0750')).toMatchObject({ status: 'ok', execs: 2 });
});
