import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../../src/model/module.ts';
import { rawSh } from '../../src/shell/sh.ts';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

/** Does something on every run, and says only then whether that changed anything. */
const refresh = defineModule({
  name: 'refresh',
  summary: '',
  examples: '',
  params: z.strictObject({ says: z.string() }),
  facts: () => [],
  plan: ({ says }) => ({
    actions: [
      {
        ...{ kind: 'refresh', summary: 'refresh', changes: [{ summary: 'refresh' }], predicts: [] },
        ...{ sh: rawSh(`echo ${says}`), capture: true, unprovable: true },
      },
    ],
    mayBeUnchanged: true,
    finish: ([outcome]) => (outcome?.stdout === 'same\n' ? { changed: false } : {}),
  }),
});

const playbook = `
- hosts: all
  handlers:
    - name: Tell
      copy: { dest: "{{ dir }}/told", content: "" }
  tasks:
    - refresh: { says: "{{ word }}" }
      register: refreshed
      notify: Tell
    - copy: { dest: "{{ dir }}/after", content: "" }
      when: refreshed is changed
`;

test('what has run may say that it changed nothing: nothing follows from it', async () => {
  const options = { home, modules: new Map([['refresh', refresh]]) };
  const same = await runPlaybook(playbook, { ...options, extra: { word: 'same' } });
  expect(same.tasks.map(({ status }) => status)).toEqual(['ok', 'skipped']);
  expect(existsSync(join(home, 'told'))).toBe(false);
  const other = await runPlaybook(playbook, { ...options, extra: { word: 'other' } });
  expect(other.tasks.map(({ status }) => status)).toEqual(['changed', 'changed', 'changed']);
  expect(existsSync(join(home, 'told'))).toBe(true);
});
