import { describe, expect, test } from 'vitest';
import { HostVariables } from '../../src/engine/host-variables.ts';
import type { SystemFact } from '../../src/facts/system.ts';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { playbookGroupVars } from '../../src/inventory/playbook-group-vars.ts';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import type { Host } from '../../src/model/host.ts';
import type { Play, Task } from '../../src/model/play.ts';
import { modules } from '../../src/modules/index.ts';
import { type Scope, variables } from '../../src/template/scope.ts';
import { memoryFiles } from '../support/memory-files.ts';

/** Where a variable may be set, weakest first. */
const levels = [
  'defaults of another role',
  'defaults of a role that uses this one',
  'defaults of the role',
  'all in the inventory',
  'parent in the inventory',
  'child in the inventory',
  'group_vars/all beside the inventory',
  'group_vars/all beside the playbook',
  'group_vars/parent beside the inventory',
  'group_vars/child beside the inventory',
  'group_vars/parent beside the playbook',
  'group_vars/child beside the playbook',
  'host in the inventory',
  'host_vars beside the inventory',
  'host_vars beside the playbook',
  'facts',
  'play vars',
  'first of vars_files',
  'second of vars_files',
  'vars of another role',
  'vars at a role that uses this one',
  'vars of a role that uses this one',
  'vars of the role',
  'vars at the role',
  'outer block',
  'import_tasks',
  'inner block',
  'task',
  'set_fact and register',
  'parameters of a role that uses this one',
  'parameters of the role',
  'outer include_tasks',
  'include_tasks',
  'loop of include_tasks',
  '-e',
] as const;

type Level = (typeof levels)[number];

/** Facts are the weakest that cannot have any name. */
const nameOf = (level: Level): string => `ansible_level_${levels.indexOf(level)}`;

/** What is set at a level: a variable for itself, and one for every stronger level, which has to win there. */
const valuesAt = (level: Level): Readonly<Record<string, Level>> =>
  Object.fromEntries(levels.slice(levels.indexOf(level)).map((stronger) => [nameOf(stronger), level]));

const at = (level: Level): string => JSON.stringify(valuesAt(level));
const inside = (level: Level): string => at(level).slice(1, -1);

const files = memoryFiles({
  'inventory.yaml': `
all:
  vars: ${at('all in the inventory')}
  children:
    parent:
      vars: ${at('parent in the inventory')}
      children:
        child:
          vars: ${at('child in the inventory')}
          hosts:
            host1: ${at('host in the inventory')}
`,
  'group_vars/all.yml': at('group_vars/all beside the inventory'),
  'group_vars/parent.yml': at('group_vars/parent beside the inventory'),
  'group_vars/child.yml': at('group_vars/child beside the inventory'),
  'host_vars/host1.yml': at('host_vars beside the inventory'),
  'books/group_vars/all.yml': at('group_vars/all beside the playbook'),
  'books/group_vars/parent.yml': at('group_vars/parent beside the playbook'),
  'books/group_vars/child.yml': at('group_vars/child beside the playbook'),
  'books/host_vars/host1.yml': at('host_vars beside the playbook'),
  'books/site.yaml': `
- hosts: all
  vars: ${at('play vars')}
  vars_files: [first.yml, second.yml]
  pre_tasks:
    - set_fact: ${at('set_fact and register')}
  roles:
    - other
    - { role: user, vars: ${at('vars at a role that uses this one')}, ${inside('parameters of a role that uses this one')} }
`,
  'books/first.yml': at('first of vars_files'),
  'books/second.yml': at('second of vars_files'),
  'books/roles/other/defaults/main.yml': at('defaults of another role'),
  'books/roles/other/vars/main.yml': at('vars of another role'),
  'books/roles/user/defaults/main.yml': at('defaults of a role that uses this one'),
  'books/roles/user/vars/main.yml': at('vars of a role that uses this one'),
  'books/roles/user/meta/main.yml': `
dependencies:
  - { role: used, vars: ${at('vars at the role')}, ${inside('parameters of the role')} }
`,
  'books/roles/used/defaults/main.yml': at('defaults of the role'),
  'books/roles/used/vars/main.yml': at('vars of the role'),
  'books/roles/used/tasks/main.yml': `
- vars: ${at('outer block')}
  block:
    - import_tasks: imported.yml
      vars: ${at('import_tasks')}
`,
  'books/roles/used/tasks/imported.yml': `
- include_tasks: outer.yml
  vars: ${at('outer include_tasks')}
`,
  'books/roles/used/tasks/outer.yml': `
- include_tasks: inner.yml
  vars: ${at('include_tasks')}
`,
  'books/roles/used/tasks/inner.yml': `
- vars: ${at('inner block')}
  block:
    - debug: { msg: here }
      vars: ${at('task')}
`,
});

const load = (): { host: Host; play: Play; task: Task; layersOf(host: Host): Host['variables'] } => {
  const { inventory, diagnostics } = loadInventory('inventory.yaml', files);
  const playbook = loadPlaybook('books/site.yaml', { files, registry: modules });
  const errors = [...diagnostics, ...playbook.diagnostics].filter(({ severity }) => severity === 'error');
  expect(errors).toEqual([]);
  const [host, play] = [inventory?.hosts.get('host1'), playbook.plays[0]];
  const task = play?.entries.find((entry) => entry.type === 'task' && entry.moduleName === 'debug');
  if (inventory === undefined || host === undefined || play === undefined || task?.type !== 'task')
    throw new Error('nothing was read');
  return { host, play, task, layersOf: playbookGroupVars(play.playbook, inventory, files).layersOf };
};

const systemFact = Object.fromEntries(
  Object.entries(valuesAt('facts')).map(([name, value]) => [name.replace('ansible_', ''), value]),
) as unknown as SystemFact;

const scopeOfTask = (): Scope => {
  const { host, play, task, layersOf } = load();
  const known = new HostVariables(host, {
    inventoryLayers: layersOf,
    magic: () => variables('magic', {}),
    extra: variables('extra', valuesAt('-e')),
  });
  known.setSystemFacts(systemFact);
  return known.scope(play, task, valuesAt('set_fact and register'), valuesAt('loop of include_tasks'));
};

const scope = scopeOfTask();

test.each(levels)('%s wins over all before it', (level) => {
  expect(scope.get(nameOf(level))).toBe(level);
});

test('a play sees -e over its own variables, and those over the inventory', () => {
  const { host, play, layersOf } = load();
  const sources = { inventoryLayers: layersOf, magic: () => variables('magic', {}) };
  const without = new HostVariables(host, { ...sources, extra: variables('extra', {}) }).playScope(play);
  expect(without.get(nameOf('play vars'))).toBe('play vars');
  expect(without.get(nameOf('host_vars beside the playbook'))).toBe('host_vars beside the playbook');
  expect(without.get(nameOf('task'))).toBe('vars of a role that uses this one');
  const extra = variables('extra', valuesAt('-e'));
  expect(new HostVariables(host, { ...sources, extra }).playScope(play).get(nameOf('-e'))).toBe('-e');
});

describe('the variables of a role that is taken in among the tasks', () => {
  const texts = {
    'roles/base/vars/main.yml': 'of_base: vars\nshared: base\n',
    'roles/base/defaults/main.yml': 'default_of_base: default\n',
    'roles/base/tasks/main.yml': '- debug: { msg: in base }\n',
    'roles/web/vars/main.yml': 'of_web: vars\nof_play: role\nshared: web\n',
    'roles/web/defaults/main.yml': 'default_of_web: default\n',
    'roles/web/meta/main.yml': 'dependencies: [base]\n',
    'roles/web/tasks/main.yml': '- debug: { msg: in web }\n',
  };
  const names = ['of_base', 'default_of_base', 'of_web', 'default_of_web', 'of_play', 'shared'];

  /** As the tasks see them, in order: that of base, that of web, and one of the play. */
  const seen = (entry: string): readonly unknown[] => {
    const text = `- hosts: all\n  vars: { of_play: play }\n  tasks:\n    - ${entry}\n    - debug: { msg: after }\n`;
    const { plays, diagnostics } = loadPlaybook('site.yaml', {
      files: memoryFiles({ ...texts, 'site.yaml': text }),
      registry: modules,
    });
    expect(diagnostics).toEqual([]);
    const host = new HostVariables(
      { name: 'host1', groups: [], variables: [] },
      {
        inventoryLayers: () => [],
        magic: () => variables('magic', {}),
        extra: variables('extra', {}),
      },
    );
    return plays.flatMap((play) =>
      play.entries.map((task) => {
        const scope = host.scope(play, task as Task, {}, {});
        return names.map((name) => scope.get(name));
      }),
    );
  };

  const inside = [
    ['vars', 'default', 'vars', 'default', 'role', 'base'],
    ['vars', 'default', 'vars', 'default', 'role', 'web'],
  ];
  const nothing = [undefined, undefined, undefined, undefined, 'play', undefined];

  test('import_role: the whole play sees them', () => {
    expect(seen('import_role: { name: web }')).toEqual([...inside, inside[1]]);
  });

  test('include_role: its own tasks see them, and those of the roles it needs', () => {
    expect(seen('include_role: { name: web }')).toEqual([...inside, nothing]);
  });

  test('public says otherwise', () => {
    expect(seen('include_role: { name: web, public: true }')).toEqual([...inside, inside[1]]);
    expect(seen('import_role: { name: web, public: false }')).toEqual([...inside, nothing]);
  });
});
