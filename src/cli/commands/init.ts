import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allWell } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';

const inventory = `# Hosts, in the structure of Ansible's YAML inventories.
playbooks: [playbook.yaml]
all:
  hosts:
    localhost: { ansible_connection: local }
    # matrix1: { ansible_host: 192.0.2.10, ansible_user: admin, ansible_become: true }
`;

const playbook = `- name: A first play
  hosts: all
  vars:
    greeting: hello
  tasks:
    - name: A file with a greeting
      copy:
        dest: "{{ playbook_dir }}/greeting.txt"
        content: "{{ greeting }} from {{ inventory_hostname }}\\n"
        mode: "0644"
`;

/** `init`: writes a small inventory and playbook that run as they are. @throws UsageError rather than overwrite */
export const init = async (folder: string, io: Io): Promise<number> => {
  const files = { 'inventory.yaml': inventory, 'playbook.yaml': playbook };
  const existing = Object.keys(files).find((name) => existsSync(join(folder, name)));
  if (existing !== undefined) throw new UsageError(`${join(folder, existing)} is there already`);
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { flag: 'wx' });
  const path = join(folder, 'inventory.yaml');
  io.stdout.write(
    `wrote ${path} and ${join(folder, 'playbook.yaml')}; now try:\n  syn-deploy check ${path}\n  syn-deploy apply ${path}\n`,
  );
  return allWell;
};
