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
])('%s', (_, text, ...expected) => {
  expect(said({ 'inventory.yaml': text })).toEqual(expected);
});
