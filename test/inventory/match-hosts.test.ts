import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { matchHosts } from '../../src/inventory/match-hosts.ts';
import { parseYaml } from '../../src/language/yaml.ts';
import type { Inventory } from '../../src/model/host.ts';
import { memoryFiles } from '../support/memory-files.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, 'patterns', name), 'utf8');

const loaded = loadInventory('inventory.yaml', memoryFiles({ 'inventory.yaml': read('inventory.yaml') }));
const inventory = loaded.inventory as Inventory;

const expected = parseYaml(read('expected.yaml'), 'expected.yaml').located?.value as Readonly<
  Record<string, readonly string[] | null>
>;

const messagesOf = (pattern: string): readonly string[] =>
  matchHosts(pattern, inventory).diagnostics.map(
    ({ severity, message, hint }) => `${severity}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );

describe('a pattern means the hosts that Ansible lists', () => {
  const known = Object.entries(expected).filter(([, hosts]) => hosts !== null);

  test.each(known)('%s', (pattern, hosts) => {
    expect(matchHosts(pattern, inventory)).toEqual({ hosts, diagnostics: [] });
  });
});

describe('a pattern that Ansible finds nothing for is answered', () => {
  const unknown = Object.keys(expected).filter((pattern) => expected[pattern] === null);

  test.each(unknown)('%s', (pattern) => {
    expect(messagesOf(pattern)).not.toEqual([]);
  });
});

test('a name that nothing has is an error with the nearest one', () => {
  expect(messagesOf('wbe')).toEqual(['error: no host or group matches "wbe" (did you mean "web"?)']);
  expect(messagesOf('db1.exmaple.org')).toEqual([
    'error: no host or group matches "db1.exmaple.org" (did you mean "db1.example.org"?)',
  ]);
  expect(messagesOf('web,wbe[0]')).toEqual(['error: no host or group matches "wbe" (did you mean "web"?)']);
  expect(messagesOf('nowhere*')[0]).toMatch(/^error: no host or group matches "nowhere\*" \(groups: all, /);
});

test('such a name is a warning where it is only taken away', () => {
  expect(messagesOf('web:!wbe')).toEqual(['warning: no host or group matches "wbe" (did you mean "web"?)']);
  expect(matchHosts('web:!wbe', inventory).hosts).toEqual(expected['web']);
});

test('a number beyond the hosts says how many there are', () => {
  expect(messagesOf('web[4]')).toEqual(['error: "web[4]": "web" has 4 hosts, counted from 0']);
});

test('what only looks like a range is refused, where Ansible takes it for a choice of letters', () => {
  for (const pattern of ['web[:1]', 'web[-2:]', 'web[0:-1]', 'all:!web[:1]'])
    expect(messagesOf(pattern)).toEqual([expect.stringMatching(/^error: .* is no range of hosts/)]);
});

test('a pattern of nothing is an error', () => {
  expect(messagesOf(' ')).toEqual([expect.stringMatching(/^error: the host pattern is empty/)]);
});

test('more than Ansible: colons beside commas, and a group in a regular expression', () => {
  expect(matchHosts('web:&db,fe', inventory).hosts).toEqual(['web1']);
  expect(matchHosts('~(?:fe|cafe)1', inventory).hosts).toEqual(['fe1', 'cafe1']);
});

test('a host and a group of one name are told of', () => {
  expect(loaded.diagnostics.map(({ code }) => code)).toEqual(['same-name']);
});

test('a limit keeps the order of the pattern', () => {
  expect(matchHosts('db:web', inventory, 'edge:web1:db[0]').hosts).toEqual([
    'db1.example.org',
    'web1',
    'web2',
    'edge1',
  ]);
  expect(matchHosts('web', inventory, '!edge').hosts).toEqual(['web3', 'web1']);
  expect(matchHosts('web', inventory, 'db:&fe').hosts).toEqual([]);
  expect(matchHosts('all', inventory, 'both').hosts).toEqual(['both']);
  expect(matchHosts('localhost', inventory, 'web').hosts).toEqual([]);
  expect(matchHosts('localhost', inventory, 'localhost').hosts).toEqual(['localhost']);
});
