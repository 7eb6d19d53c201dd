import { expect, test } from 'vitest';
import { createVariableSources } from '../../src/cli/variable-sources.ts';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import { modules } from '../../src/modules/index.ts';
import { createScope, variables } from '../../src/template/scope.ts';
import { memoryFiles } from '../support/memory-files.ts';

const files = memoryFiles({
  'inventory.yaml': `
zone:
  children:
    web:
      hosts:
        web1.example.org:
          color: blue
        192.0.2.1:
        2001:db8::1:
          ansible_connection: local
        deep.er.example.org:
again:
  hosts:
    web1.example.org:
`,
  'site.yaml': '- hosts: all\n  tasks: []\n',
});

const { inventory } = loadInventory('inventory.yaml', files);
const play = loadPlaybook('site.yaml', { files, registry: modules }).plays[0];
if (inventory === undefined || play === undefined) throw new Error('nothing was read');

const hosts = [...inventory.hosts.values()];
const sources = createVariableSources({
  inventory,
  plays: [{ play, hosts }],
  files,
  extraVars: variables('extra', {}),
  mode: 'check',
  env: {},
});

const valueFor = (name: string, expression: string): unknown => {
  const host = hosts.find((one) => one.name === name);
  if (host === undefined) throw new Error(`there is no ${name}`);
  return createScope([...sources.inventoryLayers(host, play), sources.magic(host, play)]).evaluate(
    expression,
  );
};

test('ansible_connection is ssh where nobody says anything else', () => {
  expect(valueFor('192.0.2.1', 'ansible_connection')).toBe('ssh');
  expect(valueFor('2001:db8::1', 'ansible_connection')).toBe('local');
});

test('group_names are in the order of the alphabet', () => {
  expect(valueFor('web1.example.org', 'group_names')).toEqual(['again', 'web', 'zone']);
  expect(valueFor('192.0.2.1', 'hostvars["web1.example.org"].group_names')).toEqual(['again', 'web', 'zone']);
});

test('the short name ends at the first dot; addresses are not cut', () => {
  const short = 'inventory_hostname_short';
  expect(hosts.map(({ name }) => valueFor(name, short))).toEqual([
    'web1',
    '192.0.2.1',
    '2001:db8::1',
    'deep',
  ]);
});

test('groups and the hosts of the play are in the order of the inventory', () => {
  expect(valueFor('192.0.2.1', 'groups | list')).toEqual(['all', 'ungrouped', 'zone', 'web', 'again']);
  // "again" stands right below all, "web" deeper.
  expect(valueFor('192.0.2.1', 'groups.all')).toEqual([
    'web1.example.org',
    '192.0.2.1',
    '2001:db8::1',
    'deep.er.example.org',
  ]);
});

test('hostvars have the variables of other hosts', () => {
  expect(valueFor('192.0.2.1', 'hostvars["web1.example.org"].color')).toBe('blue');
  expect(valueFor('192.0.2.1', 'hostvars | list')).toEqual(hosts.map(({ name }) => name));
});
