import { expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

test.each([
  ['no-such-program now', 'Exit status 127: .*no-such-program'],
  ['echo held by somebody >&2; false', 'Exit status 1: held by somebody'],
])('a restart that is refused has failed at once: %s', async (command, why) => {
  const playbook = `
- hosts: all
  tasks:
    - reboot: { reboot_command: "${command}", boot_time_command: echo 1, reboot_timeout: 1 }
`;
  const { tasks } = await runPlaybook(playbook, { home });
  expect(tasks[0]?.status).toBe('failed');
  expect(tasks[0]?.message).toMatch(new RegExp(`Reboot command failed. ${why}`));
});
