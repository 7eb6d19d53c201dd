import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expandedWord } from '../../src/shell/expanded-word.ts';

const words = (script: string, cwd = '/'): readonly string[] => {
  const { stdout, stderr } = spawnSync('sh', ['-c', `unset NOPE; printf '%s\\0' ${script}`], {
    encoding: 'utf8',
    cwd,
    env: { PATH: process.env['PATH'], HOME: '/home/me', SET: "a  b'*", EMPTY: '' },
  });
  if (stderr !== '') throw new Error(stderr);
  return stdout.split('\0').slice(0, -1);
};

/** `${NAME}`, which is no template of ours. */
const braced = (name: string, rest = ''): string => `\${${name}}${rest}`;

describe('a word that is expanded on the host', () => {
  test.each([
    ['~', '/home/me'],
    ['~/x y', '/home/me/x y'],
    ['a~', 'a~'],
    ['$HOME/x', '/home/me/x'],
    [braced('HOME', 'x'), '/home/mex'],
    ['$SET', "a  b'*"],
    ['[$EMPTY]', '[]'],
    [`$NOPE ${braced('NOPE')}`, `$NOPE ${braced('NOPE')}`],
    ['$(date) `date` ; x', '$(date) `date` ; x'],
    ['$ $1 ${x', '$ $1 ${x'],
    ["it's * ?", "it's * ?"],
    ['', ''],
    ['-n', '-n'],
    ['a\nb ünïcödé', 'a\nb ünïcödé'],
  ])('%j is the one word %j', (text, word) => {
    expect(words(expandedWord(text).sh)).toEqual([word]);
  });

  test('becomes all paths that match where patterns are left to sh', () => {
    const folder = mkdtempSync(join(tmpdir(), 'syn-deploy-test-'));
    try {
      mkdirSync(join(folder, 'd e'));
      for (const name of ['a1', 'a2', 'b1', 'd e/x']) writeFileSync(join(folder, name), '');
      expect(words(expandedWord('a[0-9]', true).sh, folder)).toEqual(['a1', 'a2']);
      expect(words(expandedWord('d e/*', true).sh, folder)).toEqual(['d e/x']);
      expect(words(expandedWord('*.none', true).sh, folder)).toEqual(['*.none']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
