import { describe, expect, it } from 'vitest';
import { HostVariables } from '../../src/engine/host-variables.ts';
import { accountsOf, userOf } from '../../src/engine/identity.ts';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import type { Task } from '../../src/model/play.ts';
import { modules } from '../../src/modules/index.ts';
import { variables } from '../../src/template/scope.ts';
import { memoryFiles } from '../support/memory-files.ts';

const accounts = (
  keywords: string,
  { vars = {}, flag = false }: { vars?: Readonly<Record<string, unknown>>; flag?: boolean } = {},
) => {
  const text = `- hosts: all\n  tasks:\n    - command: id\n      changed_when: false\n${keywords}`;
  const { plays, diagnostics } = loadPlaybook('play.yaml', {
    files: memoryFiles({ 'play.yaml': text }),
    registry: modules,
  });
  expect(diagnostics).toEqual([]);
  const hostVariables = new HostVariables(
    { name: 'host1', groups: [], variables: [] },
    {
      inventoryLayers: () => [variables('inventory', vars)],
      magic: () => variables('magic', {}),
      extra: variables('extra', {}),
    },
  );
  const [play] = plays;
  if (play === undefined) throw new Error('no play');
  const task = play.entries[0] as Task;
  const found = accountsOf(plays, hostVariables, 'admin', flag);
  return { exec: found.exec, task: userOf(task, hostVariables.scope(play, task, {}, {}), found) };
};

describe('The account of a task', () => {
  it('is the login where nothing is said', () => {
    expect(accounts('')).toEqual({ exec: 'admin', task: 'admin' });
  });

  it('is root by keyword, by variable and by --become', () => {
    const root = { exec: 'root', task: 'root' };
    expect(accounts('      become: true\n')).toEqual(root);
    expect(accounts('', { vars: { ansible_become: true } })).toEqual(root);
    expect(accounts('', { flag: true })).toEqual(root);
  });

  it('is what the variable says where the keyword says otherwise, as in Ansible', () => {
    expect(accounts('      become: false\n', { vars: { ansible_become: 'yes' } }).task).toBe('root');
    expect(accounts('      become: true\n', { vars: { ansible_become: false } })).toEqual({
      exec: 'admin',
      task: 'admin',
    });
    expect(
      accounts('      become: true\n      become_user: postgres\n', {
        vars: { ansible_become_user: 'deploy' },
      }).task,
    ).toBe('deploy');
  });

  it('is what the keyword says where --become says otherwise', () => {
    expect(accounts('      become: false\n', { flag: true }).task).toBe('admin');
    expect(accounts('      become: true\n      become_user: postgres\n', { flag: true })).toEqual({
      exec: 'root',
      task: 'postgres',
    });
  });
});
