import { describe, expect, it } from 'vitest';
import { HostVariables } from '../../src/engine/host-variables.ts';
import { accountsOf, identityOf, userOf } from '../../src/engine/identity.ts';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import type { Task } from '../../src/model/play.ts';
import { modules } from '../../src/modules/index.ts';
import { variables } from '../../src/template/scope.ts';
import { memoryFiles } from '../support/memory-files.ts';

type Vars = Readonly<Record<string, unknown>>;

/** A task with these keywords, and what it sees. */
const taskWith = (keywords: string, vars: Vars) => {
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
  return { plays, hostVariables, task, scope: hostVariables.scope(play, task, {}, {}) };
};

const accounts = (keywords: string, { vars = {}, flag = false }: { vars?: Vars; flag?: boolean } = {}) => {
  const { plays, hostVariables, task, scope } = taskWith(keywords, vars);
  const found = accountsOf(plays, hostVariables, 'admin', flag);
  return { exec: found.exec, task: userOf(task, scope, found) };
};

const environment = (keyword: string, vars: Vars) => {
  const { task, scope } = taskWith(`      environment: ${keyword}\n`, vars);
  return identityOf(task, scope, { login: 'admin', exec: 'admin', become: false }, undefined).environment;
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

  it('is that of the login whatever remote_user says, where a variable says who logs in', () => {
    const keywords = '      remote_user: "{{ who }}"\n';
    const vars = { ansible_user: 'admin', who: 'deploy' };
    expect(accounts(keywords, { vars }).task).toBe('admin');
    expect(accounts(keywords, { vars: { who: 'admin' } }).task).toBe('admin');
    const local = { ansible_connection: 'local', who: 'deploy' };
    expect(accounts(keywords, { vars: local }).task).toBe('admin');
    expect(() => accounts(keywords, { vars: { who: 'deploy' } })).toThrow(
      'remote_user is "deploy", and "admin" logs in: set ansible_user in the inventory',
    );
  });

  it('is what the keyword says where --become says otherwise', () => {
    expect(accounts('      become: false\n', { flag: true }).task).toBe('admin');
    expect(accounts('      become: true\n      become_user: postgres\n', { flag: true })).toEqual({
      exec: 'root',
      task: 'postgres',
    });
  });
});

describe('The environment of a task', () => {
  it('may be a variable, or a list with some', () => {
    const vars = { proxy: { http_proxy: 'http://gate.example' }, more: { LEVEL: 1 } };
    expect(environment('"{{ proxy }}"', vars)).toEqual({ http_proxy: 'http://gate.example' });
    expect(environment('["{{ proxy }}", { LEVEL: 0, A: b }, "{{ more }}"]', vars)).toEqual({
      http_proxy: 'http://gate.example',
      LEVEL: '1',
      A: 'b',
    });
  });

  it('is none where the variable is empty', () => {
    expect(environment('"{{ proxy }}"', { proxy: {} })).toBeUndefined();
    expect(environment('"{{ proxy }}"', { proxy: '' })).toBeUndefined();
  });

  it('is refused where the variable is no mapping', () => {
    expect(() => environment('"{{ proxy }}"', { proxy: 'http://gate.example' })).toThrow(
      'environment wants a mapping of names to values, found "http://gate.example"',
    );
  });
});
