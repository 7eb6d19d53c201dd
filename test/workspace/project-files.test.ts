import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../src/model/diagnostic.ts';
import { createProjectFiles } from '../../src/workspace/project-files.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'syn-deploy-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const at = (name: string): string => path.join(dir, name);
const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof DiagnosticError)
      return error.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n');
    throw error;
  }
  return 'nothing thrown';
};

describe('project files', () => {
  it('gives bytes, text, kind and mode of a file', () => {
    writeFileSync(at('a'), 'grün\n');
    chmodSync(at('a'), 0o4751);
    const files = createProjectFiles();
    expect(files.text(at('a'))).toBe('grün\n');
    expect(files.read(at('a'))).toHaveLength(6);
    expect([files.kind(at('a')), files.mode(at('a'))]).toEqual(['file', '4751']);
    chmodSync(at('a'), 0o004);
    expect(createProjectFiles().mode(at('a'))).toBe('0004');
  });

  it('looks again for what was not there, and for nothing else', () => {
    const files = createProjectFiles();
    expect([files.kind(at('a')), files.text(at('a'))]).toEqual([undefined, undefined]);
    writeFileSync(at('a'), 'one');
    expect(files.kind(at('a'))).toBeUndefined();
    expect(files.again?.(at('a'))).toBe('file');
    expect([files.kind(at('a')), files.text(at('a'))]).toEqual(['file', 'one']);
    writeFileSync(at('a'), 'two');
    expect([files.again?.(at('a')), files.text(at('a'))]).toEqual(['file', 'one']);
  });

  it('is looked at anew, where what is read of before stays as it was', () => {
    mkdirSync(at('d'));
    writeFileSync(at('d/a'), 'one');
    writeFileSync(at('d/b'), 'same');
    const files = createProjectFiles();
    const kept = files.read(at('d/b'));
    expect([files.list(at('d')), files.text(at('d/a'))]).toEqual([['a', 'b'], 'one']);
    writeFileSync(at('d/a'), 'other');
    symlinkSync('a', at('d/c'));
    const anew = files.anew?.();
    expect([anew?.list(at('d')), anew?.text(at('d/a')), anew?.link?.(at('d/c'))]).toEqual([
      ['a', 'b', 'c'],
      'other',
      'a',
    ]);
    expect(anew?.read(at('d/b'))).toBe(kept);
    expect([files.list(at('d')), files.text(at('d/a'))]).toEqual([['a', 'b'], 'one']);
    expect([files.age, anew?.age]).toEqual([0, 1]);
  });

  it('knows links, and where they lead', () => {
    mkdirSync(at('d'));
    symlinkSync('d', at('l'));
    symlinkSync('circle', at('circle'));
    symlinkSync('nowhere', at('broken'));
    const files = createProjectFiles();
    expect(['l', 'd', 'none', 'circle'].map((name) => files.link?.(at(name)))).toEqual([
      'd',
      undefined,
      undefined,
      'circle',
    ]);
    expect(files.real?.(at('l'))).toBe(files.real?.(at('d')));
    expect(['circle', 'broken', 'none'].map((name) => files.real?.(at(name)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('says that nothing is there, below a file too', () => {
    writeFileSync(at('a'), '');
    const files = createProjectFiles();
    for (const name of ['none', 'a/b', 'none/b']) {
      expect(files.read(at(name))).toBeUndefined();
      expect(files.text(at(name))).toBeUndefined();
      expect(files.kind(at(name))).toBeUndefined();
      expect(files.list(at(name))).toEqual([]);
    }
  });

  it('lists names in the same order everywhere', () => {
    for (const name of ['b', 'a', 'B', 'ä', '10', '9']) writeFileSync(at(name), '');
    expect(createProjectFiles().list(dir)).toEqual(['10', '9', 'B', 'a', 'b', 'ä']);
  });

  it('keeps to what it read first', () => {
    writeFileSync(at('a'), 'one');
    const files = createProjectFiles();
    expect(files.text(at('a'))).toBe('one');
    writeFileSync(at('a'), 'two');
    expect(files.text(at('a'))).toBe('one');
    expect(createProjectFiles().text(at('a'))).toBe('two');
  });

  it('follows links, and takes one that leads nowhere for nothing', () => {
    writeFileSync(at('a'), 'one');
    symlinkSync('a', at('link'));
    symlinkSync('none', at('broken'));
    expect(createProjectFiles().text(at('link'))).toBe('one');
    expect(createProjectFiles().kind(at('broken'))).toBeUndefined();
  });

  it('refuses with one clear message what it cannot read as a file', () => {
    mkdirSync(at('folder'));
    execFileSync('mkfifo', [at('pipe')]);
    symlinkSync('loop', at('loop'));
    writeFileSync(at('latin1'), Buffer.from([0x67, 0xfc]));
    const files = createProjectFiles();
    expect(messageOf(() => files.read(at('folder')))).toBe(
      `unreadable-file: cannot read ${at('folder')}: it is a directory`,
    );
    expect(messageOf(() => files.read(at('pipe')))).toBe(
      `unreadable-file: cannot read ${at('pipe')}: it is not a file`,
    );
    expect(messageOf(() => files.kind(at('loop')))).toBe(
      `unreadable-file: cannot read ${at('loop')}: its links lead in a circle`,
    );
    expect(messageOf(() => files.text(at('latin1')))).toBe(
      `unreadable-file: cannot read ${at('latin1')}: it is not UTF-8 text`,
    );
    expect(messageOf(() => files.mode(at('none')))).toBe(
      `unreadable-file: cannot read ${at('none')}: there is no such file`,
    );
  });

  it('refuses what it is not allowed to read', () => {
    writeFileSync(at('a'), '', { mode: 0o000 });
    const isRoot = process.getuid?.() === 0;
    // root may read everything, so it is somebody else for the moment.
    if (isRoot) process.seteuid?.(65534);
    try {
      expect(messageOf(() => createProjectFiles().read(at('a')))).toBe(
        `unreadable-file: cannot read ${at('a')}: permission denied`,
      );
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('keeps a byte order mark out of the text', () => {
    writeFileSync(at('a'), '\uFEFFkey: 1\n');
    expect(createProjectFiles().text(at('a'))).toBe('key: 1\n');
  });
});
