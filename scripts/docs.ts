/**
 * Writes the reference page of every module, docs/modules/NAME.md, from its schema, and takes away pages of modules that are no
 * more, and docs/modules.md, which leads to them; the keywords of playbooks, docs/keywords.md; and the manual page docs/syn-deploy.1 from
 * the command line's own description.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderKeywordsPage } from '../site/keywords-page.ts';
import { renderModuleIndex } from '../site/module-index.ts';
import { outlineOf } from '../src/cli/completion/outline.ts';
import { describeModule, withDescribed } from '../src/cli/describe-module.ts';
import { describeCommands } from '../src/cli/dispatch.ts';
import { renderManualPage } from '../src/cli/manual-page.ts';
import { modules } from '../src/modules/index.ts';
import { renderModulePage } from '../src/report/module-reference.ts';

const docs = join(import.meta.dirname, '..', 'docs');
const folder = join(docs, 'modules');

const registry = withDescribed(modules);
const all = [...new Set(registry.values())];
mkdirSync(folder, { recursive: true });
for (const page of readdirSync(folder).filter((file) => file.endsWith('.md')))
  if (!all.some(({ name }) => page === `${name}.md`)) rmSync(join(folder, page));
const described = all.map((module) => describeModule(module, registry));
for (const module of described) writeFileSync(join(folder, `${module.name}.md`), renderModulePage(module));
writeFileSync(join(docs, 'modules.md'), renderModuleIndex(described));
writeFileSync(join(docs, 'keywords.md'), renderKeywordsPage());
console.log(`${all.length} pages in docs/modules`);
const { stdin, stdout, stderr, env } = process;
const { cli } = describeCommands({ stdin, stdout, stderr, env, onInterrupt: () => () => {} });
writeFileSync(join(docs, 'syn-deploy.1'), renderManualPage(outlineOf(cli)));
