import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

const only = (keywords: string): string => `
- hosts: all
  tasks:
    - name: Only asked
      copy: { dest: "{{ dir }}/asked", content: x }
      check_mode: true
      register: asked
      ${keywords}
    - name: After
      debug: { msg: "{{ asked is changed }}" }
`;

const outcomes = ({ tasks }: Awaited<ReturnType<typeof runPlaybook>>) =>
  tasks.map(({ status, message }) => `${status} ${message ?? ''}`);

test('a task with check_mode: true that would do something is judged by its own conditions', async () => {
  const failed = await runPlaybook(only('failed_when: asked is changed'), { home });
  expect(outcomes(failed)[0]).toBe('failed failed_when is true');
  expect(outcomes(await runPlaybook(only('changed_when: false'), { home }))[1]).toBe('ok false');
  expect(outcomes(await runPlaybook(only('failed_when: asked is not changed'), { home }))[1]).toBe('ok true');
  expect(readdirSync(home)).not.toContain('asked');
});

test('what its conditions ask of the result that only comes by doing it, leaves it as it is', async () => {
  const run = await runPlaybook(only('failed_when: asked.no_such_key == 1'), { home });
  expect(outcomes(run)[1]).toBe('ok true');
});
