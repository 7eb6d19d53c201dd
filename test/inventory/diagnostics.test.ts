import { describe, expect, test } from 'vitest';
import { type InventoryOptions, loadInventory } from '../../src/inventory/load-inventory.ts';
import { memoryFiles } from '../support/memory-files.ts';

/** What is said of `inventory.yaml`, with places: `2:3 error …`. */
const said = (files: Readonly<Record<string, string>>): readonly string[] =>
  loadInventory('inventory.yaml', memoryFiles(files)).diagnostics.map(({ severity, code, span }) => {
    const place = span === undefined ? 'nowhere' : `${span.line}:${span.column}`;
    return `${span?.file === 'inventory.yaml' ? '' : `${span?.file} `}${place} ${severity} ${code}`;
  });

const oneHost = 'web:\n  hosts:\n    web1:\n';

test('a priority beside the inventory is none', () => {
  const files = { 'inventory.yaml': oneHost, 'group_vars/web.yml': 'a: 1\nansible_group_priority: 2\n' };
  expect(said(files)).toEqual(['group_vars/web.yml 2:25 warning variable-without-effect']);
});

test.each([
  [
    'a priority that is no number',
    'web:\n  vars:\n    ansible_group_priority: high\n',
    '3:29 error bad-value',
  ],
  ['a priority with a fraction', 'web:\n  vars:\n    ansible_group_priority: 1.5\n', '3:29 error bad-value'],
  ['a range that ends before it starts', 'web:\n  hosts:\n    web[3:1]:\n', '3:5 error bad-host-range'],
  ['a range of letters that does so', 'web:\n  hosts:\n    web[B:a]:\n', '3:5 error bad-host-range'],
  [
    'a range whose ends are padded differently',
    'web:\n  hosts:\n    web[01:100]:\n',
    '3:5 error bad-host-range',
  ],
  ['a range from a letter to a number', 'web:\n  hosts:\n    web[a:3]:\n', '3:5 error bad-host-range'],
  ['a range without an end', 'web:\n  hosts:\n    web[1:]:\n', '3:5 error bad-host-range'],
  ['a range with no step behind the colon', 'web:\n  hosts:\n    web[1:3:]:\n', '3:5 error bad-host-range'],
  ['a range with a step of nothing', 'web:\n  hosts:\n    web[1:3:0]:\n', '3:5 error bad-host-range'],
  ['a range of a million', 'web:\n  hosts:\n    web[1:1000000]:\n', '3:5 error bad-host-range'],
  ['ranges that multiply to too many', 'web:\n  hosts:\n    a[1:999]b[1:999]:\n', '3:5 error bad-host-range'],
  ['brackets without a range', 'web:\n  hosts:\n    web[1]:\n', '3:5 error bad-host-name'],
  [
    'a port of a host that is known',
    'all:\n  hosts:\n    web1:\nweb:\n  hosts:\n    web1:22:\n',
    '6:5 warning variable-without-effect',
  ],
  ['the same port again', 'all:\n  hosts:\n    web1:22:\nweb:\n  hosts:\n    web1:22:\n'],
  ['two names without colons', 'web:\n  hosts:\n    web1\n    web2\n', '3:5 error bad-host-name'],
  ['two groups without colons', 'web:\n  children:\n    a\n    b\n', '3:5 error bad-group-name'],
  ['variables without a value', 'web:\n  vars:\n    port\n', '3:5 error bad-value'],
  ['a group that is a list', 'web: [web1]\n', '1:6 error bad-value'],
  ['hosts that are a list', 'web:\n  hosts: [web1, web2]\n', '2:10 error bad-value'],
  ['variables of a host that are a text', 'web:\n  hosts:\n    web1: 192.0.2.1\n', '3:11 error bad-value'],
  ['hosts at the top', 'hosts:\n  web1:\n', '1:1 error unknown-key'],
  ['a key that is no part of a group', 'web:\n  host:\n    web1:\n', '2:3 error unknown-key'],
  ['a key twice', 'web:\n  hosts:\n    a:\n    a:\n', '4:5 error duplicate-key'],
  ['a group with a sign of patterns in it', 'web:eu:\n', '1:1 error bad-group-name'],
  ['a host with a slash', 'web:\n  hosts:\n    a/b:\n', '3:5 error bad-host-name'],
  ['a variable that no expression could name', 'web:\n  vars:\n    a-b: 1\n', '3:5 error bad-variable-name'],
  ['all as a child', 'web:\n  children:\n    all:\n', '3:5 error cyclic-groups'],
  ['groups in a circle', 'a: { children: { b: { children: { a: } } } }\n', '1:35 error cyclic-groups'],
  ['nothing at all', '---\n', '1:4 error bad-value'],
])('%s', (_, text, ...expected) => {
  expect(said({ 'inventory.yaml': text })).toEqual(expected);
});

const web = { 'inventory.yaml': oneHost };

test.each([
  [
    'a file beside another of its group',
    { 'group_vars/web.yml': 'a: 1\n', 'group_vars/web.yaml': 'a: 2\n' },
    'group_vars/web.yaml 1:1 warning shadowed-variables-file',
  ],
  [
    'a file of a group that is misspelled',
    { 'group_vars/wbe.yml': 'a: 1\n' },
    'group_vars/wbe.yml 1:1 warning unused-variables-file',
  ],
  [
    'a file of a host that is misspelled',
    { 'host_vars/web2/a.yml': 'a: 1\n' },
    'host_vars/web2 1:1 warning unused-variables-file',
  ],
  [
    'a file of variables that is a list',
    { 'group_vars/web.yml': '- a\n' },
    'group_vars/web.yml 1:1 error bad-value',
  ],
  [
    'a file with a variable nobody could name',
    { 'host_vars/web1.yml': 'a b: 1\n' },
    'host_vars/web1.yml 1:1 error bad-variable-name',
  ],
  [
    'a file with a slip in a name',
    { 'host_vars/web1.yml': 'ansible_prot: 1\n' },
    'host_vars/web1.yml 1:1 error unknown-connection-variable',
  ],
  ['a file of another project', { 'group_vars/database.yml': 'a: 1\n' }],
] as const)('%s', (_, files, ...expected) => {
  expect(said({ ...web, ...files })).toEqual(expected);
});

test('groups that are children of each other are named with their places', () => {
  const text = 'a:\n  children:\n    b:\nb:\n  children:\n    c:\nc:\n  children:\n    a:\n';
  const { inventory, diagnostics } = loadInventory('inventory.yaml', memoryFiles({ 'inventory.yaml': text }));
  expect(inventory).toBeUndefined();
  expect(diagnostics).toMatchObject([
    {
      code: 'cyclic-groups',
      message: 'groups are children of each other: "a" → "b" → "c" → "a"',
      span: { line: 9 },
    },
  ]);
});

const messagesOf = (
  path: string,
  files: Readonly<Record<string, string>>,
  options: InventoryOptions & { readonly modes?: Readonly<Record<string, string>> } = {},
): readonly string[] =>
  loadInventory(path, memoryFiles(files, options.modes), options).diagnostics.map(
    ({ message, hint, span }) =>
      `${span === undefined ? '' : `${span.line}:${span.column} `}${message}${hint === undefined ? '' : ` (${hint})`}`,
  );

test('an inventory that is not there is named, with the nearest one', () => {
  expect(messagesOf('inventry.yaml', web)).toEqual([
    'there is no inventory inventry.yaml (did you mean "inventory.yaml"?)',
  ]);
  expect(messagesOf('inv', { 'inv/hosts.ini': 'web1\n', 'inv/notes.md': '' })).toEqual([
    expect.stringMatching(/^there is no inventory in the folder inv \(.*end in \.ini/),
  ]);
});

describe('an INI inventory is wrong', () => {
  test.each([
    ['a blank in a section', '[web servers]\nweb1\n', '1:1 [web servers] is no section'],
    ['a kind of section', '[web:hots]\n', '1:6 unknown kind of section "hots"'],
    ['a group that is nowhere', '[site:children]\nweb\n', '2:1 [site:children] speaks of a group "web"'],
    ['variables of no group', '[web:vars]\na=1\n', '1:2 [web:vars] speaks of a group "web"'],
    ['a word behind a host', 'web1 port 22\n', '1:6 "port" is no variable of the host'],
    ['a quote', 'web1 note="two words\n', '1:1 a quote is not closed'],
    ['no assignment', '[web]\n[web:vars]\n  nothing\n', '3:3 "nothing" is no variable'],
    ['a variable', '[web]\n[web:vars]\n a-b = 1\n', '3:2 "a-b" cannot be the name of a variable'],
    ['a connection variable', 'web1 ansible_hots=x\n', '1:6 unknown connection variable "ansible_hots"'],
    ['a range', 'web[3:1]\n', '1:1 the range [3:1] ends before it starts'],
    ['a cycle', '[a:children]\nb\n[b:children]\na\n', '4:1 groups are children of each other'],
  ])('%s', (_, hosts, expected) => {
    const said = messagesOf('hosts', { hosts });
    expect(
      said.some((message) => message.startsWith(expected)),
      said.join('\n'),
    ).toBe(true);
  });
});

describe('an executable inventory', () => {
  const files = { inventory: '#!/bin/sh\n' };
  const modes = { inventory: '0755' };
  const run = (exitStatus: number, stdout: string, stderr = '') =>
    messagesOf('inventory', files, {
      modes,
      runScript: () => ({ exitStatus, stdout: new TextEncoder().encode(stdout), stderr, trouble: undefined }),
    });
  test('fails', () => {
    expect(run(3, '', 'no token\n')).toEqual([
      '1:1 the inventory script failed: inventory --list: exit status 3 (no token)',
    ]);
  });
  test('prints no JSON', () => {
    expect(run(0, 'Hello')).toEqual([
      expect.stringMatching(/^1:1 inventory --list did not print JSON: .*\(it printed: Hello\)$/),
    ]);
    expect(run(0, '[]')).toEqual([expect.stringContaining('a mapping of groups is wanted')]);
    expect(run(0, '')).toEqual([expect.stringContaining('it printed nothing')]);
  });
  test('may not be executed', () => {
    expect(messagesOf('inventory', files)).toEqual([
      '1:1 inventory is a script that may not be executed (chmod +x inventory)',
    ]);
  });
  test('says what is no group', () => {
    expect(run(0, '{ "web": { "hosts": "web 1" } }')).toEqual([
      expect.stringContaining('"web 1" cannot be the name of a host'),
    ]);
  });
});
