import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';
import { chance } from '../support/chance.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { registry } from './registry.ts';

const folder = (name: string): string => join(import.meta.dirname, name);

const texts = ['err', 'ok'].flatMap((name) =>
  readdirSync(folder(name))
    .filter((file) => file.endsWith('.yml'))
    .map((file) => readFileSync(join(folder(name), file), 'utf8')),
);

const scraps = [
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '\n',
  '  ',
  '\t',
  '{{',
  '}}',
  '{% ',
  '|',
  '&a',
  '*a',
  '!',
  'null',
  '~',
  '5',
  '=',
  '<<: ',
  '#',
  '\u0000',
  'é',
];

const spoil = (text: string, next: (below: number) => number): string => {
  let spoiled = text;
  for (let count = next(3) + 1; count > 0; count -= 1) {
    const at = next(spoiled.length + 1);
    const scrap = next(4) === 0 ? '' : (scraps[next(scraps.length)] ?? '');
    spoiled = spoiled.slice(0, at) + scrap + spoiled.slice(at + next(6));
  }
  return spoiled;
};

const rounds = 10;

test('no playbook, however spoiled, makes reading or rendering throw', () => {
  const next = chance(20);
  let wrong = 0;
  for (const text of texts)
    for (let round = 0; round < rounds; round += 1) {
      const spoiled = spoil(text, next);
      const files = memoryFiles({ 'site.yml': spoiled, 'parts/tasks.yml': '- debug:\n' });
      const read = (): string => {
        const { diagnostics } = loadPlaybook('site.yml', { files, registry });
        return renderDiagnostics(diagnostics, (file) => files.text(file), { color: false });
      };
      expect(read, spoiled).not.toThrow();
      if (read() !== '') wrong += 1;
    }
  expect(wrong).toBeGreaterThan(texts.length);
});
