import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modules } from '../../modules/index.ts';
import { allWell } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { moduleTemplate, moduleTestTemplate } from '../module-template.ts';
import { shellWord } from '../shell-word.ts';
import { UsageError } from '../usage-error.ts';

const inventory = `# Hosts and groups, in the structure of Ansible's YAML inventories.
# What apply and check run when no playbook is named:
playbooks: [playbook.yaml]

all:
  hosts:
    # This machine, without SSH.
    localhost: { ansible_connection: local }

  # Others are reached with SSH, as root or by way of sudo:
  # children:
  #   web:
  #     vars: { ansible_user: admin, ansible_become: true }
  #     hosts:
  #       web1: { ansible_host: 192.0.2.10 }
  #       web2: { ansible_host: 192.0.2.11, greeting: good day }
`;

const playbook = `# A list of plays: which hosts, and what is to be true of them.
- name: A first play
  hosts: all
  vars:
    folder: "{{ playbook_dir }}/first"
    greeting: hello
  tasks:
    - name: A folder
      file:
        path: "{{ folder }}"
        state: directory
        mode: "0755"

    - name: A greeting
      copy:
        dest: "{{ folder }}/greeting.txt"
        content: "{{ greeting }} from {{ inventory_hostname }}\\n"
        mode: "0644"
      notify: Count greetings

  handlers:
    # Runs after a change only.
    - name: Count greetings
      shell: wc -l < "{{ folder }}/greeting.txt" > "{{ folder }}/count.txt"
`;

/** Writes what is not there yet. @throws UsageError rather than overwrite */
const writeNew = async (
  folder: string,
  texts: Readonly<Record<string, string>>,
): Promise<readonly string[]> => {
  const files = Object.entries(texts);
  const existing = files.map(([name]) => join(folder, name)).filter((path) => existsSync(path));
  if (existing.length > 0)
    throw new UsageError(
      `${existing.join(' and ')} ${existing.length === 1 ? 'is' : 'are'} there already, and nothing is written over`,
    );
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of files) await writeFile(join(folder, name), text, { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError(`cannot write to ${folder}: ${error.message}`, { cause: error });
  }
  return files.map(([name]) => join(folder, name));
};

/** `init`: writes a small inventory and playbook that run as they are. @throws UsageError rather than overwrite */
export const init = async (folder: string, io: Io): Promise<number> => {
  const written = await writeNew(folder, { 'inventory.yaml': inventory, 'playbook.yaml': playbook });
  const path = shellWord(join(folder, 'inventory.yaml'));
  io.stdout.write(
    [
      `wrote ${written.join(' and ')}; now try:`,
      `  syn-deploy check ${path}     what would be done`,
      `  syn-deploy apply ${path}     do it`,
      `  syn-deploy apply ${path}     again: all is as wanted`,
      '',
    ].join('\n'),
  );
  return allWell;
};

/** `init --module NAME`: a module of one's own that works, and its test. @throws UsageError */
export const initModule = async (name: string, folder: string, io: Io): Promise<number> => {
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    throw new UsageError(`"${name}" cannot be the name of a module: small letters, digits and "_"`);
  if (modules.has(name)) throw new UsageError(`there is a module "${name}" already`);
  const place = join(folder, 'modules');
  const texts = { [`${name}.ts`]: moduleTemplate(name), [`${name}.test.ts`]: moduleTestTemplate(name) };
  const written = await writeNew(place, texts);
  io.stdout.write(
    [
      `wrote ${written.join(' and ')}. Playbooks in ${folder === '.' ? 'this folder' : folder} can use it now:`,
      `  - ${name}: { path: /etc/motd, text: Welcome }`,
      'for the types in an editor, and for its test:',
      '  npm install --save-dev ./syn-deploy-*.tgz zod',
      `  node --test ${shellWord(written[1] ?? '')}     with Node 22.18 or newer; before that: npx tsx --test`,
      '',
    ].join('\n'),
  );
  return allWell;
};
