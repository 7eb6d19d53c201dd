import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from './fake-io.ts';

const folder = join(relative(process.cwd(), import.meta.dirname), 'variable-names');

const validated = async (...args: readonly string[]): Promise<readonly string[]> => {
  const { io, stderr } = fakeIo();
  const status = await main(
    ['validate', join(folder, 'inventory.yaml'), join(folder, 'playbook.yaml'), ...args],
    io,
  );
  expect(status).toBe(0);
  return stderr()
    .replaceAll(`${folder}/`, '')
    .split('\n')
    .filter((line) => /(?:^|: )warning:|^hint:/.test(line));
};

test('warns of variables that nobody uses, where a role has a default of nearly that name', async () => {
  expect(await validated()).toEqual([
    'inventory.yaml:3:25: warning: nothing uses the variable "synapse_sever_name" [unused-variable]',
    'hint: did you mean "synapse_server_name", which a role has a default for?',
    'inventory.yaml:7:27: warning: nothing uses the variable "synapse_prot" [unused-variable]',
    'hint: did you mean "synapse_port", which a role has a default for?',
    'playbook.yaml:3:18: warning: nothing uses the variable "synapse_bnd" [unused-variable]',
    'hint: did you mean "synapse_bind", which a role has a default for?',
  ]);
});

test('one that -e gives is looked at too', async () => {
  expect((await validated('-e', 'synapse_prt=1')).join('\n')).toContain('"synapse_prt"');
});

test('of -e also a slip of a variable that no role has', async () => {
  expect(await validated('-e', 'greting_text=x')).toContain('hint: did you mean "greeting_text"?');
  expect((await validated('-e', 'something_else=1')).join('\n')).not.toContain('something_else');
});
