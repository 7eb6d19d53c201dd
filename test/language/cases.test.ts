import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { registry } from './registry.ts';

const folder = (name: string): string => join(import.meta.dirname, name);

const readTree = (root: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]),
  );

const playbooksIn = (root: string): string[] => readdirSync(root).filter((name) => name.endsWith('.yml'));

const rendered = (root: string, playbook: string): string => {
  const files = memoryFiles(readTree(root));
  const { diagnostics } = loadPlaybook(playbook, { files, registry, rolesPath: ['shared-roles'] });
  return renderDiagnostics(diagnostics, (file) => files.text(file), { color: false });
};

describe('a wrong playbook is answered as its .out says', () => {
  const wrong = playbooksIn(folder('err'));

  test('there are at least forty kinds', () => {
    expect(wrong.length).toBeGreaterThanOrEqual(40);
  });

  test.each(wrong)('%s', async (name) => {
    const text = rendered(folder('err'), name);
    expect(text).not.toBe('');
    expect(text).not.toMatch(/undefined|\[object|NaN/);
    await expect(text).toMatchFileSnapshot(join(folder('err'), name.replace(/\.yml$/, '.out')));
  });
});

describe('a right playbook is silent', () => {
  const right = playbooksIn(folder('ok'));

  test('there are some', () => {
    expect(right.length).toBeGreaterThanOrEqual(10);
  });

  test.each(right)('%s', (name) => {
    expect(rendered(folder('ok'), name)).toBe('');
  });
});
