import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CaseContext } from './support/case-file.ts';
import { applyHere, planHere } from './support/local-shell.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "syn deploy'$x-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const modeOf = (name: string): string => (statSync(at(name)).mode & 0o7777).toString(8).padStart(4, '0');
const me = userInfo();

/** Applies the task, which must succeed, and then must have nothing left to do. */
const converge = (module: string, params: unknown, context: CaseContext = {}): number => {
  const { outcomes, actions } = applyHere(module, params, context);
  expect(outcomes.map(({ exitStatus, stderr }) => ({ exitStatus, stderr }))).toEqual(
    actions.map(() => ({ exitStatus: 0, stderr: '' })),
  );
  const left = planHere(module, params, context).actions.filter(({ unprovable }) => unprovable !== true);
  expect(left.map(({ summary }) => summary)).toEqual([]);
  return actions.length;
};

const nasty = [
  "it's",
  '$(touch x)',
  '`id`',
  '\\n %s %%',
  '-n',
  'a\tb',
  'ü😀\u0081\u0088',
  '\r',
  ' x ',
  '!',
  '~',
  '',
];

// Hundreds of small processes: seconds on an idle machine, more on a busy one.
describe('in a real shell, then planned again', { timeout: 120_000 }, () => {
  const folderToCopy = (): void => {
    mkdirSync(at('from/inner/empty'), { recursive: true });
    writeFileSync(at("from/it's"), 'one\n');
    writeFileSync(at('from/inner/run'), 'two\n', { mode: 0o755 });
    symlinkSync("../it's", at('from/inner/link'));
    chmodSync(at('from/inner'), 0o750);
  };

  test('copy of a folder of the host makes what is in it the same, and leaves the rest', () => {
    folderToCopy();
    mkdirSync(at('to/from/inner'), { recursive: true });
    writeFileSync(at('to/from/inner/run'), 'other\n', { mode: 0o644 });
    writeFileSync(at('to/from/more'), 'more\n');
    const params = { src: at('from'), dest: at('to'), remote_src: true };
    expect(converge('copy', params)).toBe(4);
    expect(readFileSync(at("to/from/it's"), 'utf8')).toBe('one\n');
    expect(readFileSync(at('to/from/inner/run'), 'utf8')).toBe('two\n');
    expect(modeOf('to/from/inner/run')).toBe('0644');
    expect(lstatSync(at('to/from/inner/link')).isFile()).toBe(true);
    expect(readdirSync(at('to/from/inner/empty'))).toEqual([]);
    expect(readFileSync(at('to/from/more'), 'utf8')).toBe('more\n');
  });

  test('copy of what is in a folder of the host keeps modes, and with local_follow: false links', () => {
    folderToCopy();
    const params = { src: `${at('from')}/`, dest: at('to'), remote_src: true, local_follow: false };
    converge('copy', params);
    expect(readdirSync(at('to')).sort()).toEqual(['inner', "it's"]);
    expect([modeOf('to/inner'), modeOf('to/inner/run')]).toEqual(['0750', '0755']);
    expect(readlinkSync(at('to/inner/link'))).toBe("../it's");
    expect(() => planHere('copy', { ...params, dest: at('from/inner/there') })).toThrow('is in');
    symlinkSync('nowhere', at('from/dangling'));
    expect(() => planHere('copy', { ...params, local_follow: true })).toThrow('dangling leads to nothing');
  });

  test('copy writes every kind of text byte for byte', () => {
    for (const content of [nasty.join('\n'), `${nasty.join('\n')}\n\n`, '', '\n', '-n', '%s\\n']) {
      converge('copy', { content, dest: at('a') });
      expect(readFileSync(at('a'), 'utf8')).toBe(content);
    }
  });

  test('copy writes every byte there is', () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256));
    converge('copy', { src: 'a', dest: at('a') }, { files: { a: { base64: bytes.toString('base64') } } });
    expect(readFileSync(at('a')).equals(bytes)).toBe(true);
  });

  test('copy writes large texts and large binaries in pieces', () => {
    const text = 'ß😀\n'.repeat(300_000);
    converge('copy', { content: text, dest: at('text') });
    expect(readFileSync(at('text'), 'utf8') === text).toBe(true);
    const bytes = Buffer.alloc(1_000_001, 0xff);
    converge('copy', { src: 'a', dest: at('a') }, { files: { a: { base64: bytes.toString('base64') } } });
    expect(readFileSync(at('a')).equals(bytes)).toBe(true);
  });

  test('copy takes names of every kind', () => {
    for (const name of [...nasty.filter((text) => text !== ''), 'ü'.repeat(127), 'x'.repeat(255)]) {
      converge('copy', { content: 'x', dest: at(name) });
      expect(readFileSync(at(name), 'utf8')).toBe('x');
    }
    expect(readdirSync(folder).filter((name) => name.includes('.syn-'))).toEqual([]);
  });

  test('copy makes a new file 0644 and keeps the mode of an old one', () => {
    converge('copy', { content: 'x', dest: at('a') });
    expect(modeOf('a')).toBe('0644');
    chmodSync(at('a'), 0o4751);
    converge('copy', { content: 'y', dest: at('a') });
    expect(modeOf('a')).toBe('4751');
    converge('copy', {
      content: 'z',
      dest: at('a'),
      mode: 'u=rw,go=',
      owner: String(me.uid),
      group: String(me.gid),
    });
    expect(modeOf('a')).toBe('0600');
  });

  test('copy leaves the old file and no temporary one when validate says no', () => {
    writeFileSync(at('a'), 'old');
    const params = { content: 'new', dest: at('a'), validate: 'sh -c \'cat "$0"; echo bad >&2; exit 3\' %s' };
    const { outcomes } = applyHere('copy', params);
    const refused = `validate refused it: ${params.validate}`;
    expect(outcomes).toEqual([{ exitStatus: 3, stdout: '', stderr: `newbad\n${refused}\n` }]);
    expect(readFileSync(at('a'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('copy keeps a copy of the old file with backup, and says where', () => {
    writeFileSync(at('a'), 'old');
    const { plan, outcomes } = applyHere('copy', { content: 'new', dest: at('a'), backup: true });
    const result = plan.finish?.(
      outcomes.map((outcome) => ({ ...outcome, startedAt: new Date(0), durationMs: 0 })),
    );
    const backup = String(result?.['backup_file']);
    expect(backup).toMatch(/\/a\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~$/);
    expect(readFileSync(backup, 'utf8')).toBe('old');
    expect(readFileSync(at('a'), 'utf8')).toBe('new');
  });

  test('copy puts a tree in place', () => {
    const files = { 'tree/a': 'a', 'tree/sub/b': 'b', 'tree/sub/deep/c': { text: 'c', mode: '0755' } };
    const params = { src: 'tree', dest: at('new/place'), mode: 'preserve', directory_mode: '0750' };
    converge('copy', params, { files });
    expect(readFileSync(at('new/place/tree/sub/deep/c'), 'utf8')).toBe('c');
    expect([modeOf('new'), modeOf('new/place/tree/sub'), modeOf('new/place/tree/sub/deep/c')]).toEqual([
      '0750',
      '0750',
      '0755',
    ]);
  });

  test('copy copies on the host', () => {
    writeFileSync(at('a'), Buffer.from([0, 255, 1]));
    converge('copy', { src: at('a'), dest: at('b'), remote_src: true, mode: '0600' });
    expect(readFileSync(at('b'))).toEqual(Buffer.from([0, 255, 1]));
  });

  test('copy replaces a link, and follows it where it is told to', () => {
    writeFileSync(at('target'), 'old');
    symlinkSync('target', at('link'));
    converge('copy', { content: 'new', dest: at('link'), follow: true });
    expect(readFileSync(at('target'), 'utf8')).toBe('new');
    converge('copy', { content: 'own', dest: at('link') });
    expect(lstatSync(at('link')).isFile()).toBe(true);
    expect(readFileSync(at('target'), 'utf8')).toBe('new');
  });

  test('file makes directories, and clears setgid where the mode has none', () => {
    converge('file', { path: at('a/b'), state: 'directory', mode: '2750', owner: me.username });
    expect([modeOf('a'), modeOf('a/b')]).toEqual(['2750', '2750']);
    converge('file', { path: at('a/b'), state: 'directory', mode: '0755' });
    expect(modeOf('a/b')).toBe('0755');
  });

  test('file sets modes of a whole tree, names of every kind, links left alone', () => {
    mkdirSync(at('t/sub'), { recursive: true });
    for (const name of ['x\ny', "q'uote", '-dash', 'sub/z']) writeFileSync(at(`t/${name}`), '');
    writeFileSync(at('outside'), '', { mode: 0o644 });
    symlinkSync('../outside', at('t/link'));
    converge('file', { path: at('t'), state: 'directory', mode: 'u=rwX,go=', recurse: true });
    expect([modeOf('t/x\ny'), modeOf('t/sub'), modeOf('t/-dash'), modeOf('outside')]).toEqual([
      '0600',
      '0700',
      '0600',
      '0644',
    ]);
  });

  test('file makes links, points them elsewhere, and puts them in place of files', () => {
    writeFileSync(at('a'), '');
    converge('file', { path: at('l'), src: 'a', state: 'link' });
    expect(readlinkSync(at('l'))).toBe('a');
    converge('file', { path: at('l'), src: at('b'), state: 'link', force: true });
    expect(readlinkSync(at('l'))).toBe(at('b'));
    converge('file', { path: at('a'), src: '-x', state: 'link', force: true });
    expect(readlinkSync(at('a'))).toBe('-x');
    mkdirSync(at('d'));
    converge('file', { path: at('d'), src: 'l', state: 'link', force: true });
    expect(readlinkSync(at('d'))).toBe('l');
  });

  test('file makes hard links', () => {
    writeFileSync(at('a'), 'x');
    writeFileSync(at('c'), 'y');
    converge('file', { path: at('b'), src: at('a'), state: 'hard' });
    converge('file', { path: at('c'), src: at('a'), state: 'hard', force: true });
    expect(statSync(at('a')).nlink).toBe(3);
    linkSync(at('a'), at('d'));
    expect(converge('file', { path: at('d'), src: at('a'), state: 'hard' })).toBe(0);
  });

  test('file removes files, trees and links, but not what links point to', () => {
    mkdirSync(at('t/sub'), { recursive: true });
    writeFileSync(at('t/sub/x'), '');
    symlinkSync('t', at('l'));
    converge('file', { path: at('l'), state: 'absent' });
    expect(existsSync(at('t/sub/x'))).toBe(true);
    converge('file', { path: at('t'), state: 'absent' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('file touches', () => {
    const params = { path: at('a'), state: 'touch', mode: '0600' };
    applyHere('file', params);
    expect([modeOf('a'), readFileSync(at('a'), 'utf8')]).toEqual(['0600', '']);
    writeFileSync(at('a'), 'x');
    converge('file', { ...params, access_time: 'preserve', modification_time: 'preserve' });
    applyHere('file', params);
    expect(readFileSync(at('a'), 'utf8')).toBe('x');
  });

  test('the editors keep the mode and edit through links', () => {
    writeFileSync(at('a'), 'port 1\n# save x\n', { mode: 0o640 });
    symlinkSync('a', at('l'));
    converge('lineinfile', { path: at('l'), regexp: '^port', line: 'port 0' });
    converge('config_line', { path: at('l'), settings: { save: '60 10', port: 0 } });
    converge('blockinfile', { path: at('l'), block: "it's\n$(x)", marker: '# {mark}' });
    converge('replace', { path: at('l'), regexp: '^(save) \\d+', replace: '\\1 61' });
    expect(readFileSync(at('a'), 'utf8')).toBe("port 0\nsave 61 10\n# BEGIN\nit's\n$(x)\n# END\n");
    expect([modeOf('a'), lstatSync(at('l')).isSymbolicLink()]).toEqual(['0640', true]);
  });

  test('yaml_file and template write what they render', () => {
    converge('yaml_file', { path: at('a.yaml'), value: { a: '0755', b: ['x: y', "it's"] } });
    expect(readFileSync(at('a.yaml'), 'utf8')).toBe('a: "0755"\nb:\n  - "x: y"\n  - it\'s\n');
    const context = { files: { 't.j2': 'v={{ v }}\n' }, variables: { v: "'" } };
    converge('template', { src: 't.j2', dest: at('t') }, context);
    expect(readFileSync(at('t'), 'utf8')).toBe("v='\n");
  });

  test('stat sees what is there', () => {
    writeFileSync(at('a'), 'a\n', { mode: 0o640 });
    symlinkSync('a', at('l'));
    const stat = (params: object) => planHere('stat', params).result?.['stat'];
    const sum = '3f786850e387550fdab836ed7e6dc881de23001b';
    expect(stat({ path: at('a') })).toMatchObject({ exists: true, mode: '0640', checksum: sum, size: 2 });
    expect(stat({ path: at('l') })).toMatchObject({ islnk: true, lnk_source: at('a'), lnk_target: 'a' });
    expect(stat({ path: at('l'), follow: true })).toMatchObject({ isreg: true, checksum: sum });
    expect(stat({ path: at('nothing') })).toEqual({ exists: false });
    expect(stat({ path: at('a/below') })).toEqual({ exists: false });
  });
});
