import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderModuleIndex } from '../../site/module-index.ts';
import { describeModule, withDescribed } from '../../src/cli/describe-module.ts';
import { modules } from '../../src/modules/index.ts';
import { renderModulePage } from '../../src/report/module-reference.ts';

const folder = resolve(import.meta.dirname, '../../docs/modules');
const registry = withDescribed(modules);
const all = [...new Set(registry.values())];

describe('the reference', () => {
  it.each(all.map((module) => [module.name, module] as const))(
    'of %s is what its schema says',
    (name, module) => {
      expect(readFileSync(join(folder, `${name}.md`), 'utf8')).toBe(
        renderModulePage(describeModule(module, registry)),
      );
    },
  );

  it('begins with a page that leads to all of them', () => {
    expect(readFileSync(join(folder, '../modules.md'), 'utf8')).toBe(
      renderModuleIndex(all.map((module) => describeModule(module, registry))),
    );
  });

  it('has no page of a module that is gone', () => {
    expect(readdirSync(folder).toSorted()).toEqual(all.map(({ name }) => `${name}.md`).toSorted());
  });
});
