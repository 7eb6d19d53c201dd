import { expect, test } from 'vitest';
import { batchesOf } from '../../src/engine/batches.ts';
import type { HostWork } from '../../src/engine/run-options.ts';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import { modules } from '../../src/modules/index.ts';
import { memoryFiles } from '../support/memory-files.ts';

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
