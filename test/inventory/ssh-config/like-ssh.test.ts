import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createSshMachine } from '../../../src/transport/ssh-machine.ts';
import { scratch } from '../../transport/scratch.ts';
import { argumentsOf, compareWithSsh } from './as-ssh-prints.ts';
import { sshConfigCase } from './generate.ts';

/** A few, since a process is dear here; test/containers/ssh-config.test.ts has thousands, with three versions of ssh. */
const cases = Number(process.env['SSH_CONFIG_CASES'] ?? 60);

const hasSsh = spawnSync('ssh', ['-V']).status === 0;
if (!hasSsh) console.warn('no ssh is installed here: what it would do is compared in test hosts only');

test.runIf(hasSsh)('what is found for a host is what ssh -G prints', () => {
  using at = scratch();
  const machine = createSshMachine(process.env);
  const outcomes = Array.from({ length: cases }, (_, seed) => {
    const one = sshConfigCase(seed);
    const folder = at.path(String(seed));
    mkdirSync(folder);
    for (const [name, text] of Object.entries(one.files))
      writeFileSync(path.join(folder, name), text.replaceAll('BASE', folder), { mode: 0o600 });
    const { status, stdout } = spawnSync('ssh', argumentsOf(one, folder), { encoding: 'utf8' });
    return { seed, ...compareWithSsh(one, folder, machine, { status: status ?? 255, stdout }) };
  });
  expect(outcomes.filter(({ differs }) => differs !== undefined).slice(0, 5)).toEqual([]);
  // Or it would show nothing.
  expect(outcomes.filter(({ refused }) => !refused).length).toBeGreaterThan(cases * 0.6);
});
