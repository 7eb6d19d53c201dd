import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { renderKeywordsPage } from '../../site/keywords-page.ts';
import { blockKeywords, playKeywords, taskKeywords } from '../../src/language/keywords.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/keywords.md'), 'utf8');

it('the page of keywords is what the language takes', () => {
  expect(page).toBe(renderKeywordsPage());
});

it('every keyword has a sentence', () => {
  for (const name of [...playKeywords, ...blockKeywords, ...taskKeywords])
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\|.* \\S[^|]{8,} \\|$`, 'm'));
});
