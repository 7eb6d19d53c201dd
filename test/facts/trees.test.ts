import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mostTreeEntries, tree, trees, treesAround } from '../../src/facts/trees.ts';
import { FactFailure } from '../../src/model/fact.ts';
import { temporaryFolder } from './support/run-script.ts';

const keys = [tree('/srv/a'), tree('/srv/b')];

describe('the tree parser', () => {
  test('sorts entries and pads modes', () => {
    const folder = ['d', '755', 'root', 'root', '0', '0', '4096', ''];
    const file = ['f', '44', 'app', '1000', '1000', '1000', '3', 'b'];
    const output = ['T', '0', ...file, ...folder, '', '', ''].join('\0');
    expect(trees.parse(output, keys).get(keys[0]?.id ?? '')).toMatchObject([
      { path: '', type: 'directory', mode: '0755', owner: 'root' },
      { path: 'b', type: 'file', mode: '0044', owner: 'app', uid: 1000, sizeBytes: 3 },
    ]);
  });

  test('says absent where there is no folder', () => {
    expect(trees.parse('T\x001\0\0absent\0', keys).get(keys[1]?.id ?? '')).toBe('absent');
  });

  test('takes complaints of find for a failed look', () => {
    const value = trees.parse("T\x001\0\0find: '/srv/b/x': Permission denied\0", keys).get(keys[1]?.id ?? '');
    expect(value).toBeInstanceOf(FactFailure);
  });

  test('refuses output of another form, with the text in the error', () => {
    expect(() => trees.parse('motd: hello\0', keys)).toThrow('motd: hello');
    expect(() => trees.parse('T\x001\0D\x00755\0root\0root\x000\x000\x004096\0x\0\0\0', keys)).toThrow('"D"');
  });
});

test('of a folder with more than may be listed the host sends no more than tells so', () => {
  using programs = temporaryFolder();
  // Four times as many: as a folder without end would be, but for the time.
  const find = `#!/bin/sh
yes 'f%0644%root%root%0%0%12%name%' | tr -d '\\n' | tr % '\\0' | head -z -n ${4 * 8 * mostTreeEntries}
echo 'find: write error: Broken pipe' >&2`;
  writeFileSync(join(programs.path, 'find'), find, { mode: 0o755 });
  const key = tree(programs.path);
  const { stdout } = spawnSync('sh', ['-s'], {
    input: trees.script([key]).sh,
    encoding: 'utf8',
    maxBuffer: 1e9,
    env: { PATH: `${programs.path}:${process.env['PATH']}` },
  });
  expect(stdout.split('\0').length).toBeLessThan(8 * (mostTreeEntries + 2));
  expect(trees.parse(stdout, [key]).get(key.id)).toEqual(
    new FactFailure(`${programs.path}: more than ${mostTreeEntries} entries`),
  );
});

test('a real folder is listed, whatever its names', () => {
  const folder = mkdtempSync(join(tmpdir(), "tree 'x-"));
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub', 'a\nb'), 'x');
  chmodSync(join(folder, 'sub', 'a\nb'), 0o640);
  symlinkSync('nowhere', join(folder, 'link'));
  const strange = ['T\n0', "a'b", 'a\\b', '\u001b[31m', '-n', ' '];
  for (const name of strange) writeFileSync(join(folder, 'sub', name), '');
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/sub/latin-`), Buffer.from([0xe4, 0xff])]), '');
  const wanted = [tree(folder), tree(join(folder, 'link')), tree(join(folder, 'nothing'))];
  const { stdout } = spawnSync('sh', ['-s'], { input: trees.script(wanted).sh, encoding: 'utf8' });
  const values = trees.parse(stdout, wanted);
  expect(values.get(wanted[0]?.id ?? '')).toMatchObject([
    { path: '', type: 'directory' },
    { path: 'link', type: 'link' },
    { path: 'sub', type: 'directory' },
    ...[...strange, 'a\nb', 'latin-\ufffd\ufffd']
      .map((name) => `sub/${name}`)
      .sort()
      .map((path) => (path === 'sub/a\nb' ? { path, mode: '0640', sizeBytes: 1 } : { path, type: 'file' })),
  ]);
  expect([values.get(wanted[1]?.id ?? ''), values.get(wanted[2]?.id ?? '')]).toEqual(['absent', 'absent']);
  rmSync(folder, { recursive: true });
});

test('a change at a path touches the trees above and below it, and no others', () => {
  const touched = (path: string): boolean =>
    treesAround('/srv/a/b').some((taint) => {
      if (taint === 'everything' || taint.under === undefined) return true;
      const { id } = tree(path);
      return id === taint.under || id.startsWith(`${taint.under}/`);
    });
  expect(['/', '/srv', '/srv/a', '/srv/a/b', '/srv/a/b/c'].map(touched)).toEqual(Array(5).fill(true));
  expect(['/srv/a/c', '/srv/ab', '/etc'].map(touched)).toEqual([false, false, false]);
});
