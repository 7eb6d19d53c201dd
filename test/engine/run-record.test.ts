import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

test('the record of a run on the host has no secret in the names of its tasks', async () => {
  const playbook = `
- hosts: all
  tasks:
    - name: Ask
      get_url: { url: "http://127.0.0.1:9/x", dest: "{{ dir }}/got", url_username: a, url_password: "{{ pw }}" }
      ignore_errors: true
    - name: "Say {{ pw }}"
      copy: { dest: "{{ dir }}/said", content: x }
`;
  await runPlaybook(playbook, { home, extra: { pw: 'hunter22secret' } });
  const folder = join(home, '.local/state/syn-deploy/runs');
  const records = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(records.join()).toContain('Say ********');
  expect(records.join()).not.toContain('hunter22');
});
