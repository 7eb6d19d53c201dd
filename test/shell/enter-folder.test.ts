import { spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enterFolder, enterFolderOf, folderFunctions, nameIn } from '../../src/shell/enter-folder.ts';
import { joinSh, rawSh, sh } from '../../src/shell/sh.ts';
import { temporaryFolder } from '../facts/support/run-script.ts';

const odd = "-it's\na $(folder) ";

let folder: ReturnType<typeof temporaryFolder>;
let root: string;
beforeAll(() => {
  folder = temporaryFolder();
  root = realpathSync(folder.path);
  mkdirSync(join(root, odd, 'deep'), { recursive: true });
  symlinkSync(odd, join(root, 'relative'));
  symlinkSync(join(root, 'relative/deep'), join(root, 'absolute'));
  symlinkSync('deep/..', join(root, odd, 'around'));
  symlinkSync('ring', join(root, 'ring'));
  symlinkSync('nowhere', join(root, 'dangling'));
});
afterAll(() => folder[Symbol.dispose]());

/** Where a shell is once it has gone into a folder, or why it has not. */
const enter = (shell: string, path: string): string => {
  const piece = enterFolder(path);
  const script = joinSh([
    folderFunctions(piece) ?? rawSh(''),
    rawSh('( set -e'),
    piece,
    rawSh(`printf '%s|' "$PWD"; pwd -P )`),
  ]);
  const { stdout, stderr } = spawnSync(shell, ['-s'], { input: script.sh, encoding: 'utf8' });
  return stdout === '' ? stderr : stdout;
};

const there = (path: string): string => `${join(root, path)}|${join(root, path)}\n`;

describe.each(['sh', 'bash'])('%s', (shell) => {
  test('goes into a folder, whatever its name', () => {
    expect(enter(shell, root)).toBe(there('.').replaceAll('/.', ''));
    expect(enter(shell, join(root, odd, 'deep'))).toBe(there(`${odd}/deep`));
    expect(enter(shell, '/')).toBe('/|/\n');
  });

  test('follows links that nobody else can have made', () => {
    expect(enter(shell, join(root, 'relative/deep'))).toBe(there(`${odd}/deep`));
    expect(enter(shell, join(root, 'absolute'))).toBe(there(`${odd}/deep`));
    expect(enter(shell, `${root}/relative/around/deep/../deep/.`)).toBe(there(`${odd}/deep`));
    expect(enter(shell, `${root}/relative/../absolute`)).toBe(there(`${odd}/deep`));
  });

  test('says what is in the way', () => {
    expect(enter(shell, join(root, 'ring'))).toMatch(/can't cd to|Too many levels|too many levels/);
    expect(enter(shell, join(root, 'dangling/x'))).toMatch(/can't cd to|No such file/);
    expect(enter(shell, join(root, 'missing'))).toMatch(/can't cd to|No such file/);
  });
});

test('what is in the folder is named so that it is no option', () => {
  expect(nameIn('/etc/-rf')).toBe('./-rf');
  expect(nameIn('/etc')).toBe('./etc');
  expect(enterFolderOf('/etc')).toEqual(enterFolder('/'));
});

test('the functions come along only where they are needed', () => {
  expect(folderFunctions(sh`rm -f -- /etc/x`)).toBeUndefined();
  expect(folderFunctions(enterFolder('/etc'))?.sh).toContain('syn_enter() {');
});
