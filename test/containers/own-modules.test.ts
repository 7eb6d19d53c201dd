import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { startReader } from './support/follow-page.ts';

const { resolve } = createRequire(import.meta.url);

test('the package that docs/own-modules.md and init name has the types and the test of a module run', async () => {
  await using reader = await startReader({});
  const { output: said } = await reader.run('syn-deploy init --module message');
  const [, install = ''] = /^ +(npm install .*)$/m.exec(said) ?? [];
  expect(await readFile('docs/own-modules.md', 'utf8')).toContain(`\`${install}\``);
  const installed = await reader.run(install);
  expect(installed.exitCode, installed.output).toBe(0);

  const types =
    '--noEmit --strict --skipLibCheck --module nodenext --target es2023 --allowImportingTsExtensions --types ""';
  const checked = await reader.run(
    `${join(process.cwd(), 'node_modules/.bin/tsc')} ${types} modules/message.ts`,
  );
  expect(checked.output).toBe('');
  expect(checked.exitCode).toBe(0);

  // Node 22.18 reads TypeScript by itself; tests run with 20 too.
  const reads = `--import ${pathToFileURL(resolve('tsx')).href}`;
  const tested = await reader.run(`node ${reads} --test modules/message.test.ts`);
  expect(tested.output).toMatch(/(?:#|ℹ) pass 2\n/);
  expect(tested.exitCode, tested.output).toBe(0);
});
