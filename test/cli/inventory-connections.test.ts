import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { connectionsOf } from '../../src/cli/inventory-connections.ts';
import { noConnections } from '../../src/cli/offline.ts';
import { localMachine } from '../../src/inventory/ssh-config/no-files.ts';
import { SshConfig } from '../../src/inventory/ssh-config/ssh-config.ts';
import { variables } from '../../src/template/scope.ts';
import { memoryFiles } from '../support/memory-files.ts';

const settingsOf = (files: Readonly<Record<string, string>>) => {
  const request = noConnections('some hosts/inventory.yaml', {});
  const sshConfig = new SshConfig(localMachine({ localUser: 'me' }));
  const none = variables('--extra-vars', {});
  return connectionsOf(undefined, none, request, memoryFiles(files), sshConfig, { KEY: 'id' }).settings;
};

test('trust knows the variables that a play knows: built-in ones, lookups, other hosts, files beside the playbook', () => {
  const [first, second] = settingsOf({
    'some hosts/inventory.yaml': `
playbooks: [../site/web.yaml]
all:
  hosts:
    web1:
      ansible_host: "{{ address }}"
      ansible_ssh_private_key_file: "{{ inventory_dir }}/{{ lookup('env', 'KEY') }}"
      ansible_ssh_common_args: "-o UserKnownHostsFile={{ playbook_dir }}/known_hosts"
    web2:
      ansible_host: "{{ hostvars['web1'].address }}"
      ansible_port: "{{ groups['all'] | length + 2222 }}"
`,
    'site/web.yaml': '- hosts: all\n  tasks: []\n',
    'site/group_vars/all.yaml': 'address: 192.0.2.7\n',
  });
  expect(first).toMatchObject({
    address: '192.0.2.7',
    privateKeyFile: `${resolve('some hosts')}/id`,
    knownHostsFiles: expect.arrayContaining([`${resolve('site')}/known_hosts`]),
    trustCommand: "syn-deploy trust 'some hosts/inventory.yaml'",
  });
  expect(second).toMatchObject({ address: '192.0.2.7', port: 2224 });
});
