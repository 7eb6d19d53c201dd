import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

test.each([
  ['user', 'tokentokentokentoken1'],
  ['password', 'me:hunter2hunter2'],
])('an address with a secret in the place of its %s is shown without it', async (_, access) => {
  const playbook = `
- hosts: all
  tasks:
    - git: { repo: "https://${access}@127.0.0.1:1/a.git", dest: "{{ dir }}/a", version: main }
      register: cloned
      ignore_errors: true
    - debug: { msg: "{{ cloned.msg }} https://${access}@example.org/" }
`;
  const { report, events } = await runPlaybook(playbook, { home });
  const shown = JSON.stringify([report, events]);
  expect(shown).toContain('127.0.0.1:1/a.git');
  expect(shown).not.toMatch(/tokentoken|hunter2/);
});
