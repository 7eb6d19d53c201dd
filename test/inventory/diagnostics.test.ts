import { expect, test } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
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
])('%s', (_, text, ...expected) => {
  expect(said({ 'inventory.yaml': text })).toEqual(expected);
});
