import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { matchHosts } from '../../src/inventory/match-hosts.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';
import { caseCount } from '../support/case-count.ts';
import { chance } from '../support/chance.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { spoil } from '../support/spoil.ts';

const folder = join(import.meta.dirname, 'cases');
const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /(?:\.ya?ml|\/hosts)$/.test(file))
  .map((file) => ({
    name: file.endsWith('/hosts') ? 'inventory.ini' : 'inventory.yaml',
    text: readFileSync(join(folder, file), 'utf8'),
  }));

/** Ten thousand cases take a slow machine a minute; the bound only ends a hang. */
const hangMs = 900_000;

test(
  'no inventory, however spoiled, makes reading, matching or rendering throw',
  () => {
    const next = chance(21);
    let wrong = 0;
    for (let count = caseCount(); count > 0; count -= 1) {
      const { name, text } = texts[count % texts.length] ?? { name: '', text: '' };
      const spoiled = spoil(text, next);
      const files = memoryFiles({
        [name]: spoiled,
        'group_vars/all.yaml': spoil('a: 1\nb: [x]\n', next),
      });
      let said = '';
      const read = (): void => {
        const { inventory, diagnostics } = loadInventory(name, files);
        if (inventory !== undefined) matchHosts('all:!web:&db*', inventory);
        said = renderDiagnostics(diagnostics, (file) => files.text(file), { color: false });
      };
      expect(read, spoiled).not.toThrow();
      if (said !== '') wrong += 1;
    }
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.some(({ name }) => name.endsWith('.ini'))).toBe(true);
    expect(wrong).toBeGreaterThan(caseCount() / 4);
  },
  hangMs,
);
