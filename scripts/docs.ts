/** Writes the reference page of every module, docs/modules/NAME.md, from its schema; takes away pages of modules that are no more. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeModule } from '../src/cli/describe-module.ts';
import { modules } from '../src/modules/index.ts';
import { renderModulePage } from '../src/report/module-reference.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'modules');

const all = [...new Set(modules.values())];
mkdirSync(folder, { recursive: true });
for (const page of readdirSync(folder).filter((file) => file.endsWith('.md')))
  if (!all.some(({ name }) => page === `${name}.md`)) rmSync(join(folder, page));
for (const module of all)
  writeFileSync(join(folder, `${module.name}.md`), renderModulePage(describeModule(module, modules)));
console.log(`${all.length} pages in docs/modules`);
