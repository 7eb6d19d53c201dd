import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createLookups } from '../../src/cli/lookups.ts';
import { HostVariables } from '../../src/engine/host-variables.ts';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import type { Play, Task } from '../../src/model/play.ts';
import { modules } from '../../src/modules/index.ts';
import { variables } from '../../src/template/scope.ts';
import { createProjectFiles } from '../../src/workspace/project-files.ts';

const names = ['backup', 'health', 'register-admin', 'restore', 'upgrade'] as const;

const files = createProjectFiles();

const load = (name: string) => loadPlaybook(`playbooks/synapse-${name}.yaml`, { files, registry: modules });

const tasksOf = (name: string): readonly { readonly play: Play; readonly task: Task }[] =>
  load(name).plays.flatMap((play) =>
    play.entries.flatMap((entry) => (entry.type === 'task' ? [{ play, task: entry }] : [])),
  );

const nameOf = ({ task }: { readonly task: Task }): string => task.name?.text ?? task.moduleName;

/** Their own tasks, without those of the flagship. */
const ownTasksOf = (name: string) =>
  tasksOf(name).filter(({ play }) => !play.playbook.endsWith('synapse-workers.yaml'));

const scopeOf = (name: string, play: Play, task: Task, vars: Readonly<Record<string, unknown>>) => {
  const host = new HostVariables(
    { name, groups: ['homeservers'], variables: [] },
    {
      inventoryLayers: () => [variables('inventory', { server_name: 'example.org', ...vars })],
      magic: () =>
        variables('magic', {
          inventory_hostname: name,
          hostvars: { matrix1: { synapse_address: '10.0.0.1', restore_state: { stdout: 'due' } } },
        }),
      extra: variables('extra', {}),
      lookups: createLookups(files, {}),
    },
  );
  host.setSystemFacts({ date_time: { iso8601: '2026-01-02T03:04:05Z', epoch: '1767323045' } });
  const said = { stdout: '1.2.3', stdout_lines: ['OK'], stat: { exists: true } };
  const registered = [
    'upgrade_from',
    'upgrade_to',
    'upgraded',
    'backup_size',
    'health',
    'admin_password_made',
  ];
  const dynamic = Object.fromEntries(registered.map((name) => [name, said]));
  return host.scope(play, task, { ...dynamic, upgrade_due: true }, {});
};

/** What of the text sh does not take; empty: nothing. */
const syntaxErrorOf = (script: string): string => {
  try {
    execFileSync('sh', ['-n'], { input: script, stdio: ['pipe', 'ignore', 'pipe'] });
    return '';
  } catch (error) {
    return String((error as { stderr: unknown }).stderr);
  }
};

describe.each(names)('synapse-%s.yaml', (name) => {
  it('is read without an error or a warning', () => {
    expect(load(name).diagnostics).toEqual([]);
  });

  it('has no command that could not be proved', () => {
    const open = ownTasksOf(name).filter(({ task }) => {
      const isGuarded = ['creates', 'removes', 'unless', 'onlyif'].some((guard) => guard in task.args.value);
      const isLook = task.changedWhen?.length === 1 && task.changedWhen[0] === false;
      return ['command', 'shell'].includes(task.moduleName) && !isGuarded && !isLook;
    });
    expect(open.map(nameOf)).toEqual([]);
  });

  it.each([
    ['matrix1', { synapse_flavour: 'venv' }],
    [
      'matrix1',
      {
        ...{ synapse_flavour: 'vendor', synapse_version: '1.2.3', nginx_tls_certificate: '/etc/ssl/x.pem' },
        ...{
          db_manage: false,
          db_host: 'db.example.org',
          db_password: `it's "$geheim"`,
          backup_media: false,
        },
      },
    ],
    ['matrix2', { synapse_flavour: 'venv', worker_hosts: { matrix2: ['pusher'] } }],
  ])('gives scripts that sh takes, on %s with %j', (host, vars) => {
    const all = { synapse_main_host: 'matrix1', admin_name: 'alice', restore_from: '/root/a b', ...vars };
    for (const { play, task } of ownTasksOf(name)) {
      const scope = scopeOf(host, play, task, all);
      if (task.moduleName !== 'shell' || !task.when.every((condition) => scope.test(condition))) continue;
      const { cmd, unless, onlyif } = task.args.value as Record<string, string | undefined>;
      for (const text of [cmd, unless, onlyif].filter((one) => one !== undefined)) {
        const script = String(scope.render(text));
        expect(syntaxErrorOf(script), `${nameOf({ task })}\n${script}`).toBe('');
      }
    }
  });
});

describe('The operations', () => {
  const orderOf = (name: string, wanted: readonly string[]): readonly number[] => {
    const found = tasksOf(name).map(nameOf);
    return wanted.map((task) => found.lastIndexOf(task));
  };

  it('give the password of an admin to the host on standard input', () => {
    const [account] = ownTasksOf('register-admin').filter(({ task }) => nameOf({ task }) === 'Admin account');
    const { stdin, ...others } = account?.task.args.value ?? {};
    expect(stdin).toBe('{{ admin_password }}');
    expect(JSON.stringify(others)).not.toContain('{{ admin_password }}');
  });

  it('upgrade after a look and a backup, and look again', () => {
    const order = orderOf('upgrade', [
      'Every process runs and main answers',
      'Backup',
      "Synapse's package in the version that it is to be",
      'Synapse from PyPI',
      'Main runs',
      'Workers run with this configuration',
      'Every process runs this version',
    ]);
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('restore between the empty database and the first start', () => {
    const tasks = tasksOf('restore').map(nameOf);
    const order = [
      tasks.indexOf('No users are here that would be lost'),
      tasks.indexOf('Nothing of Synapse runs while it is restored'),
      tasks.indexOf('Synapse from PyPI'),
      tasks.indexOf('Database of Synapse'),
      tasks.indexOf('Restore'),
      tasks.lastIndexOf('Secrets'),
      tasks.indexOf('Signing key'),
      tasks.indexOf('Main runs'),
    ];
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });
});
