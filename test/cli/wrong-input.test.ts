import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from './fake-io.ts';

vi.mock('../../src/transport/transports.ts', () => ({
  createTransports: () => {
    throw new Error('a host would be contacted');
  },
}));

// Relative, so that messages are the same wherever the checkout lies.
const root = relative(process.cwd(), join(import.meta.dirname, 'wrong-input'));
const names = readdirSync(root);

/** `args.json` beside a case: what follows the inventory, instead of the playbook. */
const argsOf = (folder: string): readonly string[] => {
  const file = join(folder, 'args.json');
  const args: readonly string[] = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : ['playbook.yaml'];
  return args.map((arg) => arg.replace(/^@?(?=\w+\.yaml$)/, (at) => `${at}${folder}/`));
};

test('there are at least forty kinds of wrong input', () => {
  expect(names.length).toBeGreaterThanOrEqual(40);
});

test.each(names)('%s is answered with exit status 1 before any host is contacted', async (name) => {
  const folder = join(root, name);
  const { io, stdout, stderr } = fakeIo();
  const status = await main(['apply', join(folder, 'inventory.yaml'), ...argsOf(folder)], io);
  const said = stderr().replaceAll(`${folder}/`, '');
  expect(said).not.toMatch(/\n {4}at |undefined is|\[object|NaN/);
  await expect(said).toMatchFileSnapshot(join(import.meta.dirname, 'wrong-input', name, 'expected.txt'));
  expect(stdout()).toBe('');
  expect(status).toBe(1);
});
