import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

/** A marker that is made where there is none: declared by a task that is skipped from then on. */
const playbook = `
- hosts: all
  prune: true
  tasks:
    - stat: { path: "{{ dir }}/marker" }
      register: marker
    - copy: { dest: "{{ dir }}/marker", content: x }
      when: not marker.stat.exists
    - command: test -e "{{ dir }}/go"
      changed_when: false
    - copy: { dest: "{{ dir }}/other", content: x }
`;

const apply = async () => (await runPlaybook(playbook, { home })).report.hosts[0];

const notes = (): readonly string[] => {
  const folder = join(home, '.local/state/syn-deploy/made');
  return existsSync(folder) ? readdirSync(folder) : [];
};

test('what a task made that is skipped from then on is not taken away, whether the run failed or not', async () => {
  expect(await apply()).toMatchObject({ status: 'failed' });
  expect(existsSync(join(home, 'marker'))).toBe(true);
  writeFileSync(join(home, 'go'), '');
  for (const status of ['changed', 'ok', 'ok']) {
    expect(await apply()).toMatchObject({ status, error: null });
    expect(existsSync(join(home, 'marker'))).toBe(true);
    expect(notes()).toEqual([]);
  }
  rmSync(join(home, 'marker'));
  for (const status of ['changed', 'ok', 'ok']) {
    expect(await apply()).toMatchObject({ status, error: null });
    expect(existsSync(join(home, 'marker'))).toBe(true);
    expect(notes()).toEqual([]);
  }
});

test.each([
  ['end_play', 'meta: end_play'],
  ['end_host', 'meta: end_host'],
])('what %s passes over is still declared', async (_, meta) => {
  const text = `
- hosts: all
  prune: true
  tasks:
    - copy: { dest: "{{ dir }}/first", content: x }
    - ${meta}
      when: stop | bool
    - copy: { dest: "{{ dir }}/second", content: x }
- hosts: all
  serial: 1
  tasks: [{ copy: { dest: "{{ dir }}/third", content: x } }]
`;
  for (const stop of [false, true, false])
    expect((await runPlaybook(text, { home, extra: { stop } })).report.hosts[0]).toMatchObject({
      error: null,
      orphans: [],
    });
  expect(['first', 'second', 'third'].map((name) => existsSync(join(home, name)))).toEqual([
    true,
    true,
    true,
  ]);
});
