import { expect, test } from 'vitest';
import type { TaskReport } from '../../src/model/report.ts';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook, validatePlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

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

test('they are known before a host is contacted', () => {
  const plain = `
- hosts: all
  vars_files: ["{{ kind }}.yml"]
  tasks:
    - debug: { msg: "{{ x }}" }
`;
  expect(validatePlaybook(plain, { home, files, inventory })).toEqual([]);
  const wrong = validatePlaybook(plain.replace('{{ x }}', '{{ xx }}'), { home, files, inventory });
  expect(wrong.join()).toContain('"xx" is not defined');
});

test('the last file has the last word', async () => {
  const order = `
- hosts: all
  gather_facts: false
  vars_files: [first.yml, "{{ kind }}.yml", last.yml]
  tasks:
    - debug: { msg: "{{ x }} {{ y }}" }
`;
  const more = { 'first.yml': 'x: first\ny: first\n', 'last.yml': 'y: last\n' };
  const { report } = await runPlaybook(order, { home, files: { ...files, ...more }, inventory });
  const said = report.hosts.map(({ tasks }) => tasks.find(isDebug)?.message);
  expect(said).toEqual(['of web last', 'of db last']);
});

test('they are variables of their play: weaker than those of a task, and gone in the next play', async () => {
  const plays = `
- hosts: all
  gather_facts: false
  vars_files: ["{{ kind }}.yml"]
  tasks:
    - debug: { msg: "{{ x }}" }
      vars: { x: of the task }
- hosts: all
  gather_facts: false
  vars: { x: of the play }
  tasks:
    - debug: { msg: "{{ x }}" }
- hosts: all
  gather_facts: false
  vars: { x: overruled }
  vars_files: ["{{ kind }}.yml"]
  tasks:
    - debug: { msg: "{{ x }}" }
`;
  const { report } = await runPlaybook(plays, { home, files, inventory });
  const said = report.hosts.map(({ tasks }) => tasks.filter(isDebug).map(({ message }) => message));
  expect(said).toEqual([
    ['of the task', 'of the play', 'of web'],
    ['of the task', 'of the play', 'of db'],
  ]);
});

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
