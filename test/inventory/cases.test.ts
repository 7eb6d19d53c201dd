import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { playbookGroupVars } from '../../src/inventory/playbook-group-vars.ts';
import { parseYaml } from '../../src/language/yaml.ts';
import type { Inventory } from '../../src/model/host.ts';
import { runHere } from '../../src/transport/run-here.ts';
import { createProjectFiles } from '../../src/workspace/project-files.ts';

/** What Ansible makes of a case's inventory. */
interface Expected {
  /** Members of each group, in their order. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Groups by name, and variables as they are written. */
  readonly hosts: Readonly<Record<string, { groups: readonly string[]; vars: Record<string, unknown> }>>;
}

const root = join(import.meta.dirname, 'cases');
const names = readdirSync(root);

/** `inventory.yaml`, `hosts` (INI), `inventory.sh` (a program) or `inventory` (a folder). */
const sourceOf = (name: string): string => {
  const found = readdirSync(join(root, name)).find((file) => /^(?:inventory(?:\.\w+)?|hosts)$/.test(file));
  if (found === undefined) throw new Error(`${name} has no inventory`);
  return join(root, name, found);
};

const load = (name: string): Inventory => {
  const { inventory, diagnostics } = loadInventory(sourceOf(name), createProjectFiles(), {
    runScript: runHere,
  });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (inventory === undefined) throw new Error(`${name} was not read`);
  return inventory;
};

/** With the variables beside `playbooks/`, where the case has that folder. */
const readCase = (name: string): Expected => {
  const inventory = load(name);
  const playbook = join(root, name, 'playbooks/site.yaml');
  const { layersOf } = playbookGroupVars(playbook, inventory, createProjectFiles());
  const hosts = [...inventory.hosts.values()].map((host) => [
    host.name,
    {
      groups: host.groups.toSorted(),
      vars: Object.assign({}, ...layersOf(host).map(({ values }) => values)) as Record<string, unknown>,
    },
  ]);
  return { groups: Object.fromEntries(inventory.groups), hosts: Object.fromEntries(hosts) };
};

const expectedOf = (name: string): Expected => {
  const file = join(root, name, 'expected.yaml');
  return parseYaml(readFileSync(file, 'utf8'), file).located?.value as Expected;
};

describe('an inventory means what it means to Ansible', () => {
  test.each(names)('%s', (name) => {
    const [found, expected] = [readCase(name), expectedOf(name)];
    expect(found).toEqual(expected);
    expect(Object.keys(found.groups)).toEqual(Object.keys(expected.groups));
  });
});
