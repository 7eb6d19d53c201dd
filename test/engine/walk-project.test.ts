import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { walkProject } from '../../src/engine/walk-project.ts';
import { createProjectFiles } from '../../src/workspace/project-files.ts';
import { memoryFiles } from '../support/memory-files.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'syn-deploy-walk-'));
  for (const folder of ['top/empty', 'top/in', 'out']) mkdirSync(join(home, folder), { recursive: true });
  for (const file of ['top/in/a', 'out/b']) writeFileSync(join(home, file), file);
  const links = {
    'top/file': 'in/a',
    'top/folder': '../out',
    'top/broken': 'nowhere',
    'top/itself': 'itself',
    'top/in/up': '../',
    'out/back': '../top/in/..',
    'out/again': '../top/in',
  };
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(home, path));
});
afterEach(() => rmSync(home, { recursive: true }));

const walk = (follow: boolean) => {
  const { files, folders, links } = walkProject(createProjectFiles(), join(home, 'top'), follow);
  return { files: [...files.keys()], folders, links: Object.fromEntries(links) };
};

test('links stand for what they lead to, but for those to nothing and to folders that they are in', () => {
  expect(walk(true)).toEqual({
    files: ['file', 'folder/b', 'folder/again/a', 'in/a'],
    folders: ['empty', 'folder', 'folder/again', 'in'],
    links: {
      broken: 'nowhere',
      'folder/again/up': '../',
      'folder/back': '../top/in/..',
      'in/up': '../',
      itself: 'itself',
    },
  });
});

test('links are kept where they are not to be followed', () => {
  expect(walk(false)).toEqual({
    files: ['in/a'],
    folders: ['empty', 'in'],
    links: { broken: 'nowhere', file: 'in/a', folder: '../out', 'in/up': '../', itself: 'itself' },
  });
});

test('without links there are only files and folders', () => {
  const { files, folders } = walkProject(memoryFiles({ 'a/b/c': '', 'a/d': '' }), 'a', true);
  expect([[...files], folders]).toEqual([
    [
      ['d', 'a/d'],
      ['b/c', 'a/b/c'],
    ],
    ['b'],
  ]);
});
