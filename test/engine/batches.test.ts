import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { batchesOf } from '../../src/engine/batches.ts';
import type { HostWork } from '../../src/engine/run-options.ts';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import { modules } from '../../src/modules/index.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { runPlaybook } from '../support/run-playbook.ts';

/** Names of the hosts of each batch of a play of seven hosts. */
const batchesBy = (serial: string): readonly string[] => {
  const files = memoryFiles({ 'site.yml': `- hosts: all\n  serial: ${serial}\n` });
  const { plays, diagnostics } = loadPlaybook('site.yml', { files, registry: modules });
  expect(diagnostics).toEqual([]);
  const work = [...'abcdefg'].map(
    (name) => ({ host: { name }, plays, allPlays: plays }) as unknown as HostWork,
  );
  return batchesOf(work).map(({ hosts }) => hosts.map(({ host }) => host.name).join(''));
};

test.each([
  ['3', ['abc', 'def', 'g']],
  ['"3"', ['abc', 'def', 'g']],
  ['30%', ['ab', 'cd', 'ef', 'g']],
  ['1%', ['a', 'b', 'c', 'd', 'e', 'f', 'g']],
  ['100%', ['abcdefg']],
  ['0', ['abcdefg']],
  ['[1, 0]', ['a', 'bcdefg']],
  ['0%', ['a', 'b', 'c', 'd', 'e', 'f', 'g']],
  ['[1, 2]', ['a', 'bc', 'de', 'fg']],
  ['[1, 50%]', ['a', 'bcd', 'efg']],
])('serial: %s', (serial, batches) => {
  expect(batchesBy(serial)).toEqual(batches);
});

test('a host knows those of its batch, and those of the play', async () => {
  const home = mkdtempSync(join(tmpdir(), 'syn-engine-'));
  const playbook = `
- hosts: all
  serial: 2
  tasks:
    - debug: { msg: "{{ ansible_play_batch | join }} of {{ ansible_play_hosts_all | join }}" }
`;
  const { report } = await runPlaybook(playbook, { home, hosts: ['a', 'b', 'c'] });
  expect(report.hosts.map(({ tasks }) => tasks[0]?.message)).toEqual(['ab of abc', 'ab of abc', 'c of abc']);
  rmSync(home, { recursive: true });
});
