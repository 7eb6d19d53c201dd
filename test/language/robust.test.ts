import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';
import { caseCount } from '../support/case-count.ts';
import { chance } from '../support/chance.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { spoil } from '../support/spoil.ts';
import { registry } from './registry.ts';

const folder = (name: string): string => join(import.meta.dirname, name);

const texts = ['err', 'ok'].flatMap((name) =>
  readdirSync(folder(name))
    .filter((file) => file.endsWith('.yml'))
    .map((file) => readFileSync(join(folder(name), file), 'utf8')),
);

/** Ten thousand cases take a slow machine a minute; the bound only ends a hang. */
const hangMs = 900_000;

test(
  'no playbook, however spoiled, makes reading or rendering throw',
  () => {
    const next = chance(20);
    let wrong = 0;
    for (let count = caseCount(); count > 0; count -= 1) {
      const spoiled = spoil(texts[count % texts.length] ?? '', next);
      const files = memoryFiles({ 'site.yml': spoiled, 'parts/tasks.yml': '- debug:\n' });
      let said = '';
      const read = (): void => {
        const { diagnostics } = loadPlaybook('site.yml', { files, registry });
        said = renderDiagnostics(diagnostics, (file) => files.text(file), { color: false });
      };
      expect(read, spoiled).not.toThrow();
      if (said !== '') wrong += 1;
    }
    expect(wrong).toBeGreaterThan(caseCount() / 2);
  },
  hangMs,
);
