import { expect, test } from 'vitest';
import { leavePrompts } from '../../src/cli/ask-prompts.ts';
import { loadProject } from '../../src/cli/load-project.ts';
import { noConnections } from '../../src/cli/offline.ts';
import { createVariableSources } from '../../src/cli/variable-sources.ts';
import { prepareWork } from '../../src/cli/work.ts';
import { variables } from '../../src/template/scope.ts';
import { memoryFiles } from '../support/memory-files.ts';

const extraVars = variables('--extra-vars', {});
const noPasswords = { login: undefined, become: undefined };

const workOf = async (playbook: string) => {
  const files = memoryFiles({
    'inventory.yaml': `
all:
  hosts: { web1: { who: alice }, web2: { ansible_user: bob, ansible_port: 22022 } }
`,
    'site.yaml': playbook,
  });
  const request = { inventory: 'inventory.yaml', playbooks: ['site.yaml'], limit: undefined, extraVars };
  const project = await loadProject(request, files, leavePrompts);
  const sources = createVariableSources({ ...project, files, extraVars, mode: 'check', env: {} });
  const access = { ...noConnections('inventory.yaml', {}), user: 'carol' };
  return prepareWork(
    project.plays,
    sources,
    access as Parameters<typeof prepareWork>[2],
    noPasswords,
    undefined,
  );
};

test('a play says whom to log in as, and where: more than the command line, less than variables', async () => {
  const { work, diagnostics } = await workOf(`
- hosts: all
  remote_user: "{{ who | default('root') }}"
  port: 2222
  tasks: []
`);
  expect(diagnostics).toEqual([]);
  expect(work.map(({ access: { settings } }) => [settings.user, settings.port])).toEqual([
    ['alice', 2222],
    ['bob', 22022],
  ]);
});

test('plays that want different accounts of a host are refused, where no variable says whom to log in as', async () => {
  const { diagnostics } = await workOf(`
- hosts: all
- hosts: all
  remote_user: deploy
`);
  expect(diagnostics).toMatchObject([
    {
      message: 'web1 is logged in to once a run: one play says no remote_user, another deploy',
      span: { file: 'site.yaml', line: 4 },
    },
  ]);
});

test('so are plays that want different ports of it, by their keyword or by their variables', async () => {
  const { diagnostics } = await workOf(`
- hosts: all
  port: 2222
- hosts: all
  port: 2200
`);
  expect(diagnostics).toMatchObject([
    {
      message: 'web1 is logged in to once a run: one play says 2222, another 2200',
      span: { file: 'site.yaml', line: 5, column: 9 },
      hint: expect.stringContaining('ansible_port in the inventory'),
    },
  ]);
  const byVariables = await workOf(`
- hosts: all
- hosts: all
  vars: { ansible_port: 2200 }
- hosts: web1
  vars: { ansible_user: deploy }
`);
  expect(byVariables.diagnostics.map(({ message }) => message)).toEqual([
    'web1 is logged in to once a run: one play says no remote_user, another deploy',
    'web1 is logged in to once a run: one play says no port, another 2200',
    'web2 is logged in to once a run: one play says 22022, another 2200',
  ]);
});

test('the same by another name, or by a template, is the same', async () => {
  const { diagnostics } = await workOf(`
- hosts: all
  port: "{{ 2200 + 22 }}"
  vars: { ansible_user: deploy }
- hosts: all
  port: 2222
  vars: { ansible_ssh_user: deploy }
`);
  expect(diagnostics).toEqual([]);
});
