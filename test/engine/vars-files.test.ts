import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TaskReport } from '../../src/model/report.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'syn-engine-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const playbook = `
- hosts: all
  gather_facts: false
  vars_files:
    - "{{ kind }}.yml"
    - plain.yml
    - ["{{ kind }}-none.yml", "vars/{{ kind }}-more.yml"]
  pre_tasks:
    - debug: { msg: "{{ x }}, {{ y }}, {{ z }}" }
      tags: [told]
`;

const isDebug = ({ module }: TaskReport): boolean => module === 'debug';

const files = {
  'vars/web.yml': 'x: of web\n',
  'db.yml': 'x: of db\n',
  'plain.yml': 'y: plain\n',
  'vars/web-more.yml': 'z: more of web\n',
  'vars/db-more.yml': 'z: more of db\n',
};

const inventory = 'all: { hosts: { a: { kind: web }, b: { kind: db } } }';

test.each(['apply', 'check'] as const)(
  '%s reads files of variables whose names are templates for each host, whatever tags are asked for',
  async (mode) => {
    const options = { home, mode, files, inventory, tags: ['told'], foresees: true };
    const { report } = await runPlaybook(playbook, options);
    expect(report.hosts.map(({ name, tasks }) => [name, tasks.find(isDebug)?.message])).toEqual([
      ['a', 'of web, plain, more of web'],
      ['b', 'of db, plain, more of db'],
    ]);
  },
);

test('one that is not there is told with its place', async () => {
  const { report } = await runPlaybook(playbook, { home, files, inventory: inventory.replace('db', 'xx') });
  expect(report.hosts[1]?.error).toMatch(/:5:8: .*no file "xx\.yml"; looked for vars\/xx\.yml, xx\.yml/);
});
