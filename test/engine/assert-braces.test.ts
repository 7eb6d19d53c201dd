import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'syn-deploy-braces-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const playbook = (compat: string): string => `
- hosts: host1
  gather_facts: false
  ${compat}
  vars: { name: "x' or 'a" }
  tasks:
    - assert: { that: ["'a {{ name }} b' == 'a ' ~ name ~ ' b'"] }
`;

test('assert of a play for Ansible before 2.19 renders the texts in it, and never reads what they give', async () => {
  const { report } = await runPlaybook(playbook('compat: truthy'), { home });
  expect(report.hosts[0]).toMatchObject({ status: 'ok', error: null });
});

test('elsewhere they are texts', async () => {
  await expect(runPlaybook(playbook('become: false'), { home })).resolves.toMatchObject({
    report: { hosts: [{ status: 'failed' }] },
  });
});
