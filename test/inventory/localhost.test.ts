import { expect, test } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { findHost, matchHosts } from '../../src/inventory/match-hosts.ts';
import { playbookGroupVars } from '../../src/inventory/playbook-group-vars.ts';
import type { Inventory } from '../../src/model/host.ts';
import { memoryFiles } from '../support/memory-files.ts';

const texts = {
  'inventory.yaml': `all:
  vars: { a: all, b: all, c: all, d: all, ansible_connection: ssh }
  hosts: { web1: {} }
`,
  'group_vars/all.yml': 'b: file\nd: file\n',
  'group_vars/ungrouped.yml': 'a: ungrouped\n',
  'host_vars/localhost.yml': 'c: host_vars\n',
  'playbooks/group_vars/all.yml': 'd: playbook\n',
};

const load = (files: Readonly<Record<string, string>>): Inventory => {
  const { inventory } = loadInventory('inventory.yaml', memoryFiles(files));
  if (inventory === undefined) throw new Error('the inventory was not read');
  return inventory;
};

test('the implicit localhost has the variables of all, and is in no group', () => {
  const inventory = load(texts);
  const host = findHost('localhost', inventory);
  if (host === undefined) throw new Error('there is no localhost');
  const { layersOf } = playbookGroupVars('playbooks/site.yaml', inventory, memoryFiles(texts));
  const values = Object.assign({}, ...layersOf(host).map((layer) => layer.values));
  expect(values).toEqual({ a: 'all', b: 'file', c: 'host_vars', d: 'playbook', ansible_connection: 'local' });
  expect(host.groups).toEqual([]);
  expect(inventory.groups.get('all')).toEqual(['web1']);
  expect(inventory.hosts.has('localhost')).toBe(false);
});

test('a localhost of the inventory is meant by all its names', () => {
  const inventory = load({ 'inventory.yaml': 'all:\n  hosts: { web1: {}, localhost: { a: 1 } }\n' });
  expect(matchHosts('127.0.0.1', inventory)).toEqual({ hosts: ['localhost'], diagnostics: [] });
  expect(matchHosts('all', inventory).hosts).toEqual(['web1', 'localhost']);
});
