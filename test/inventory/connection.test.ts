import { describe, expect, test } from 'vitest';
import {
  type ConnectionOptions,
  type ResolvedConnection,
  resolveConnection,
} from '../../src/inventory/connection.ts';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { createScope, variables } from '../../src/template/scope.ts';
import { memoryFiles } from '../support/memory-files.ts';

const options: ConnectionOptions = {
  user: 'me',
  localUser: 'local',
  privateKeyFile: '/cli/key',
  password: 'cli password',
  knownHostsFiles: ['/cli/known_hosts'],
  acceptNewHostKeys: false,
  connectTimeoutMs: 7000,
  home: '/home/me',
};

/** Of host `web1` with variables as they stand in an inventory: `ansible_port: 22`. */
const resolve = (vars: string, more: Partial<ConnectionOptions> = {}): ResolvedConnection => {
  const text = `all: { hosts: { web1: {\n ${vars}\n } } }\n`;
  const { inventory } = loadInventory('inventory.yaml', memoryFiles({ 'inventory.yaml': text }));
  const layers = inventory?.hosts.get('web1')?.variables;
  if (layers === undefined) throw new Error('the inventory was not read');
  const scope = createScope([...layers, variables('magic', { inventory_hostname: 'web1' })]);
  return resolveConnection('web1', scope, { ...options, ...more }, layers);
};

const ofSystem = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];

const messagesOf = ({ diagnostics }: ResolvedConnection): readonly string[] =>
  diagnostics.map(({ severity, message, span }) => `${span?.line}:${span?.column} ${severity}: ${message}`);

test('a host without variables is reached by its name, as the command line says', () => {
  expect(resolve('')).toEqual({
    settings: {
      kind: 'ssh',
      host: 'web1',
      address: 'web1',
      port: 22,
      user: 'me',
      privateKeyFile: '/cli/key',
      password: 'cli password',
      passphrase: undefined,
      knownHostsFiles: ['/cli/known_hosts'],
      acceptNewHostKeys: false,
      connectTimeoutMs: 7000,
    },
    become: false,
    becomeUser: 'root',
    becomePassword: undefined,
    diagnostics: [],
  });
});

describe('a variable is stronger than the command line', () => {
  test.each([
    ['ansible_host: 192.0.2.1', { address: '192.0.2.1' }],
    ['ansible_host: 10', { address: '10' }],
    ['ansible_host: "{{ inventory_hostname }}.example.org"', { address: 'web1.example.org' }],
    ['ansible_host: ~', { address: 'web1' }],
    ['ansible_port: 2222', { port: 2222 }],
    ['ansible_port: "2222"', { port: 2222 }],
    ['ansible_port: "{{ 2000 + 22 }}"', { port: 2022 }],
    ['ansible_user: deploy', { user: 'deploy' }],
    ['ansible_user: 1000', { user: '1000' }],
    ['ansible_password: secret', { password: 'secret' }],
    ['ansible_password: 1234', { password: '1234' }],
    ['ansible_ssh_private_key_file: /keys/id', { privateKeyFile: '/keys/id' }],
    ['ansible_ssh_private_key_file: ~/keys/id', { privateKeyFile: '/home/me/keys/id' }],
    ['ansible_ssh_private_key_file: keys/id', { privateKeyFile: 'keys/id' }],
    ['ansible_ssh_private_key_passphrase: secret', { passphrase: 'secret' }],
    ['ansible_timeout: 3', { connectTimeoutMs: 3000 }],
    ['ansible_connection: local', { kind: 'local' }],
    ['ansible_connection: ansible.builtin.local', { kind: 'local' }],
    ['ansible_connection: smart', { kind: 'ssh' }],
    ['ansible_connection: ssh', { kind: 'ssh' }],
    ['ansible_connection: paramiko', { kind: 'ssh' }],
  ])('%s', (vars, expected) => {
    const resolved = resolve(vars, { port: 22 });
    expect(resolved.diagnostics).toEqual([]);
    expect(resolved.settings).toMatchObject(expected);
  });
});

describe('of two names for the same, the one wins that wins in Ansible', () => {
  test.each([
    ['ansible_host: one, ansible_ssh_host: two', { address: 'two' }],
    ['ansible_port: 1, ansible_ssh_port: 2', { port: 2 }],
    ['ansible_user: one, ansible_ssh_user: two', { user: 'two' }],
    ['ansible_password: one, ansible_ssh_pass: two', { password: 'two' }],
    ['ansible_ssh_pass: one, ansible_ssh_password: two', { password: 'two' }],
    ['ansible_private_key_file: one, ansible_ssh_private_key_file: two', { privateKeyFile: 'two' }],
    ['ansible_timeout: 1, ansible_ssh_timeout: 2', { connectTimeoutMs: 2000 }],
  ])('%s', (vars, expected) => {
    expect(resolve(vars).settings).toMatchObject(expected);
  });
});

describe('who to become', () => {
  test.each([
    ['ansible_become: true', { become: true }],
    ['ansible_become: "yes"', { become: true }],
    ['ansible_become: 1', { become: true }],
    ['ansible_become: "{{ 1 == 1 }}"', { become: true }],
    ['ansible_become_user: postgres', { becomeUser: 'postgres' }],
    ['ansible_become_user: one, ansible_sudo_user: two', { becomeUser: 'two' }],
    ['ansible_become_method: sudo', {}],
    ['ansible_become_method: ansible.builtin.sudo', {}],
    ['ansible_become_password: secret', { becomePassword: 'secret' }],
    ['ansible_become_pass: secret', { becomePassword: 'secret' }],
    ['ansible_become_password: one, ansible_become_pass: two', { becomePassword: 'two' }],
    ['ansible_become_pass: one, ansible_sudo_pass: two', { becomePassword: 'two' }],
  ])('%s', (vars, expected) => {
    expect(resolve(vars)).toMatchObject({ ...expected, diagnostics: [] });
  });

  test('the variable of the host is stronger than --become, and that than nothing', () => {
    expect(resolve('', { become: true }).become).toBe(true);
    expect(resolve('ansible_become: no', { become: true }).become).toBe(false);
    expect(resolve('', { becomePassword: 'asked' }).becomePassword).toBe('asked');
    expect(resolve('ansible_become_pass: own', { becomePassword: 'asked' }).becomePassword).toBe('own');
  });
});

describe('arguments of ssh', () => {
  test.each([
    ['-o UserKnownHostsFile=/a', { knownHostsFiles: ['/a', ...ofSystem] }],
    ['-oUserKnownHostsFile=/a', { knownHostsFiles: ['/a', ...ofSystem] }],
    ['-o userknownhostsfile=/a', { knownHostsFiles: ['/a', ...ofSystem] }],
    ['-o "UserKnownHostsFile /a"', { knownHostsFiles: ['/a', ...ofSystem] }],
    ['-o "UserKnownHostsFile=/a /b"', { knownHostsFiles: ['/a', '/b', ...ofSystem] }],
    ['-o UserKnownHostsFile=~/known', { knownHostsFiles: ['/home/me/known', ...ofSystem] }],
    ['-o UserKnownHostsFile=/a -o UserKnownHostsFile=/b', { knownHostsFiles: ['/a', ...ofSystem] }],
    ['-o UserKnownHostsFile=/%h -o GlobalKnownHostsFile=none', { knownHostsFiles: ['/web1'] }],
    ['-C -o ControlMaster=auto -o ControlPersist=60s -vv', { knownHostsFiles: ['/cli/known_hosts'] }],
    ['', { knownHostsFiles: ['/cli/known_hosts'] }],
    ['-p 2222', { port: 2222 }],
    ['-l other', { user: 'me' }],
    ['-o Hostname=%h.example.org', { address: 'web1.example.org' }],
    [
      '-i /keys/id -i /keys/other',
      { privateKeyFile: '/cli/key', identityFiles: ['/keys/id', '/keys/other'] },
    ],
    ['-o ConnectTimeout=2m', { connectTimeoutMs: 7000 }],
    ['-o StrictHostKeyChecking=yes', { acceptNewHostKeys: false }],
    ['-o StrictHostKeyChecking=accept-new', { acceptNewHostKeys: true }],
    ['-o HostKeyAlias=alias', { hostKeyAlias: 'alias' }],
    ['-o ServerAliveInterval=30', { keepalive: { intervalMs: 30_000, count: 3 } }],
    ['-o ServerAliveInterval=0', { keepalive: { intervalMs: 0, count: 3 } }],
    ['-o IdentitiesOnly=yes -o IdentityAgent=none', { identitiesOnly: true, agentSocket: null }],
    ['-o CertificateFile=~/c.pub', { certificateFiles: ['/home/me/c.pub'] }],
    ['-4', { addressFamily: 4 }],
    ['-b 192.0.2.1', { bindAddress: '192.0.2.1' }],
    ['-A', { forwardAgent: true }],
    ['-a', { forwardAgent: undefined }],
    ['-o ProxyCommand="nc %h %p"', { proxy: { kind: 'command', command: 'nc web1 22' } }],
    ['-o ProxyJump=none', { proxy: undefined }],
  ])('understood: %s', (args, expected) => {
    const resolved = resolve(`ansible_ssh_common_args: ${JSON.stringify(args)}`);
    expect(resolved.diagnostics).toEqual([]);
    expect(resolved.settings).toMatchObject(expected);
  });

  test.each([['-J first,me@[::1]:2222'], ['-o ProxyJump=first,me@[::1]:2222']])('jump hosts: %s', (args) => {
    const { settings } = resolve(`ansible_ssh_common_args: ${JSON.stringify(args)}`);
    const second = settings?.proxy?.kind === 'jump' ? settings.proxy.via : undefined;
    expect(second).toMatchObject({ host: '::1', address: '::1', port: 2222, user: 'me' });
    const first = second?.proxy?.kind === 'jump' ? second.proxy.via : undefined;
    // Neither the account nor the key of the host behind it is the jump host's.
    expect(first).toMatchObject({ host: 'first', port: 22, user: 'local', proxy: undefined });
    expect(first?.privateKeyFile).toBeUndefined();
  });

  test('those of three variables are read as Ansible gives them to ssh: before and after what variables say', () => {
    const args = (port: number): string => `-p ${port}`;
    const all = `ansible_ssh_common_args: ${args(2)}, ansible_ssh_extra_args: ${args(3)}`;
    expect(resolve(all).settings?.port).toBe(2);
    expect(resolve(`${all}, ansible_port: 9`).settings?.port).toBe(9);
    expect(resolve(`${all}, ansible_port: 9, ansible_ssh_args: ${args(1)}`).settings?.port).toBe(1);
  });

  const hintsOf = (args: string): readonly unknown[] => {
    const resolved = resolve(`ansible_ssh_common_args: ${JSON.stringify(args)}`);
    expect(resolved.settings).toBeUndefined();
    return resolved.diagnostics.map(({ severity, span, message, hint }) => {
      expect([severity, span?.line]).toEqual(['error', 2]);
      return `${message}; ${hint}`;
    });
  };

  test.each([
    ['-W host:22', /ssh's "-W" in .* is not supported; .*does not use the ssh program/],
    ['-o HostKeyAlgorithms=+ssh-rsa', /ssh's "HostKeyAlgorithms" in/],
    ['-o Prot=1', /ssh's "Prot" in/],
    ['-o Port=x', /"Port" wants a port from 1 to 65535; found "x" in "ansible_ssh_common_args"/],
    ['-o ProxyJump=a:b:c', /"ProxyJump" wants hosts such as user@host:22/],
    ['-o RevokedHostKeys=/krl', /"RevokedHostKeys" cannot be followed/],
    ['-J a -o ProxyUseFdpass=yes -o ProxyCommand=x -o RefuseConnection=no', /refuses this host: no/],
    ['-o IdentityFile=%z', /"%z" in "%z" stands for nothing/],
    ['-o', /"-o" in "ansible_ssh_common_args" has no value/],
    ['words', /ssh's "words" in/],
    ['-o "unclosed', /no closing quotation/],
  ])('refused: %s', (args, expected) => {
    expect(hintsOf(args)).toEqual([expect.stringMatching(expected)]);
  });

  test('host keys are checked whatever the arguments say', () => {
    const resolved = resolve('ansible_ssh_common_args: -o StrictHostKeyChecking=no');
    expect(resolved.settings).toBeDefined();
    expect(messagesOf(resolved)).toEqual([
      '2:27 warning: "StrictHostKeyChecking=no" has no effect: host keys are always checked',
    ]);
  });

  test('a local connection has no use for them', () => {
    expect(resolve('ansible_connection: local, ansible_ssh_common_args: -W bastion').diagnostics).toEqual([]);
  });
});

describe('a wrong value is an error at its place', () => {
  test.each([
    ['ansible_host: [a]', '2:16', '"ansible_host" wants a text'],
    ['ansible_host: yes', '2:16', '"ansible_host" wants a text'],
    ['ansible_port: ssh', '2:16', '"ansible_port" wants a whole number from 1 to 65535'],
    ['ansible_port: 0', '2:16', '"ansible_port" wants a whole number from 1 to 65535'],
    ['ansible_port: 65536', '2:16', '"ansible_port" wants a whole number from 1 to 65535'],
    ['ansible_port: 22.5', '2:16', '"ansible_port" wants a whole number from 1 to 65535'],
    ['ansible_port: {}', '2:16', '"ansible_port" wants a whole number from 1 to 65535'],
    ['ansible_port: true', '2:16', '"ansible_port" wants a whole number from 1 to 65535'],
    ['ansible_user: { a: 1 }', '2:16', '"ansible_user" wants a text'],
    ['ansible_ssh_user: [a]', '2:20', '"ansible_ssh_user" wants a text'],
    ['ansible_password: no', '2:20', '"ansible_password" wants a text'],
    ['ansible_ssh_private_key_file: [a]', '2:32', '"ansible_ssh_private_key_file" wants a text'],
    ['ansible_connection: winrm', '2:22', 'unknown connection "winrm"'],
    ['ansible_connection: [ssh]', '2:22', '"ansible_connection" wants a text'],
    ['ansible_timeout: soon', '2:19', '"ansible_timeout" wants a whole number from 1 to 86400'],
    ['ansible_timeout: 0', '2:19', '"ansible_timeout" wants a whole number from 1 to 86400'],
    ['ansible_become: maybe', '2:18', '"ansible_become" wants true or false'],
    ['ansible_become: 2', '2:18', '"ansible_become" wants true or false'],
    ['ansible_become: [yes]', '2:18', '"ansible_become" wants true or false'],
    ['ansible_become_user: [a]', '2:23', '"ansible_become_user" wants a text'],
    ['ansible_become_password: { a: 1 }', '2:27', '"ansible_become_password" wants a text'],
    ['ansible_become_method: su', '2:25', '"su" is not supported'],
    ['ansible_ssh_common_args: [-C]', '2:27', '"ansible_ssh_common_args" wants a text'],
  ])('%s', (vars, place, message) => {
    const resolved = resolve(vars);
    expect(messagesOf(resolved)).toEqual([`${place} error: ${message} (host "web1")`]);
    expect(resolved.settings).toBeUndefined();
  });

  test('all of them are told at once', () => {
    expect(resolve('ansible_port: ssh, ansible_host: [], ansible_become: maybe').diagnostics).toHaveLength(3);
  });

  test('a template that cannot be rendered is told with its place', () => {
    const [diagnostic] = resolve('ansible_host: "{{ nobody }}"').diagnostics;
    expect(diagnostic).toMatchObject({ code: 'undefined-variable', span: { line: 2 } });
  });
});

describe('names that begin with ansible_', () => {
  const said = (vars: string): readonly string[] =>
    loadInventory(
      'inventory.yaml',
      memoryFiles({ 'inventory.yaml': `all: { vars: {\n ${vars}\n } }\n` }),
    ).diagnostics.map(({ severity, message, hint }) => `${severity}: ${message} (${hint})`);

  test.each([
    ['ansible_hots: a', 'error: unknown connection variable "ansible_hots" (did you mean "ansible_host"?)'],
    ['ansible_prot: 1', 'error: unknown connection variable "ansible_prot" (did you mean "ansible_port"?)'],
    [
      'ansible_ssh_usr: a',
      'error: unknown connection variable "ansible_ssh_usr" (did you mean "ansible_ssh_user"?)',
    ],
    [
      'ansible_becom: yes',
      'error: unknown connection variable "ansible_becom" (did you mean "ansible_become"?)',
    ],
  ])('a slip of the finger: %s', (vars, expected) => {
    expect(said(vars)).toEqual([expected]);
  });

  test.each([
    ['ansible_python_interpreter: /usr/bin/python3'],
    ['ansible_fqdn: a.example.org'],
    ['ansible_hostname: a'],
    ['ansible_domain: example.org'],
    ['ansible_user_id: me'],
    ['ansible_pipelining: yes'],
    ['ansible_ssh_retries: 3'],
    ['ansible_ssh_use_tty: no'],
    ['ansible_control_path: /tmp/cp'],
  ])('one that does no harm: %s', (vars) => {
    expect(said(vars)).toEqual([]);
  });

  test.each([
    ['ansible_sftp_extra_args: -C'],
    ['ansible_become_flags: -H'],
    ['ansible_sudo_flags: -H'],
    ['ansible_host_key_checking: no'],
    ['ansible_ssh_host_key_checking: no'],
  ])('one without effect: %s', (vars) => {
    expect(said(vars)).toEqual([expect.stringMatching(/^warning: ".*" has no effect: /)]);
  });
});
