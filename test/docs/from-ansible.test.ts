import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from '../cli/fake-io.ts';

const contacted = 'a host would be contacted';

vi.mock('../../src/transport/transports.ts', () => ({
  createTransports: () => {
    throw new Error('a host would be contacted');
  },
}));

const page = readFileSync(join(import.meta.dirname, '../../docs/from-ansible.md'), 'utf8');
const adHoc = [...page.matchAll(/^\| `ansible .*` \| `syn-deploy (run .*)` \|$/gm)].map(
  ([, command = '']) => command,
);

const folder = mkdtempSync(join(tmpdir(), 'syn-docs-'));
writeFileSync(join(folder, 'hosts.yaml'), 'web:\n  hosts:\n    web1:\n');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the page has the counterparts of ad-hoc commands', () => {
  expect(adHoc.length).toBeGreaterThanOrEqual(4);
});

test.each(adHoc)('"syn-deploy %s" goes as far as to the hosts', async (command) => {
  const args = command.split(' ').map((word) => (word === 'hosts.yaml' ? join(folder, word) : word));
  const { io, stderr } = fakeIo();
  const failed = await main(args, io).catch((error: unknown) => String(error));
  expect(`${failed} ${stderr()}`).toContain(contacted);
});
