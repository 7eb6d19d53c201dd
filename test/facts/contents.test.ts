import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { content, contents } from '../../src/facts/contents.ts';
import { FactFailure } from '../../src/model/fact.ts';
import { sha256 } from '../../src/util/sha256.ts';
import { observeLocally, temporaryFolder } from './support/run-script.ts';

const known = (text: string) => ({ sha256: sha256(text), sizeBytes: text.length });
const seen = (text: string) => ({ ...known(text), bytes: new TextEncoder().encode(text) });

test('a file that is as known is not sent, any other is', () => {
  using folder = temporaryFolder();
  const [same, other, unasked] = ['same', 'other', 'unasked'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [same, other, unasked]) writeFileSync(path, 'text\n');
  const keys = [content(same, known('text\n')), content(other, known('wanted\n')), content(unasked)];
  expect([...observeLocally(contents, keys).values()]).toEqual([
    { ...known('text\n'), bytes: undefined },
    seen('text\n'),
    seen('text\n'),
  ]);
});

test('names of every kind come back as themselves', () => {
  using folder = temporaryFolder();
  const names = [
    "it's",
    ' two  blanks ',
    '-n',
    '* ? [',
    'back\\slash',
    'line\nbreak',
    'return\r',
    '$(id)',
    'ümlaut',
    '= 0\n1 absent',
    '\u001b[31m\u009b',
    '%s%n',
  ];
  const keys = names.map((name, index) => {
    const path = join(folder.path, name);
    writeFileSync(path, `${name}${index}`);
    return index % 2 === 0
      ? content(path)
      : content(path, { sha256: sha256(`${name}${index}`), sizeBytes: 7 });
  });
  const found = observeLocally(contents, keys);
  for (const [index, name] of names.entries()) {
    const fact = found.get(join(folder.path, name));
    expect(fact, name).toMatchObject({ sha256: sha256(`${name}${index}`) });
  }
});

test('what is absent, no file, or behind a link is told apart', () => {
  using folder = temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  mkdirSync(at('folder'));
  writeFileSync(at('file'), 'text\n');
  symlinkSync('file', at('link'));
  symlinkSync('nowhere', at('dangling'));
  const keys = ['folder', 'link', 'dangling', 'missing', 'file/below'].map((name) =>
    content(at(name), known('x')),
  );
  const [isFolder, link, ...missing] = [...observeLocally(contents, keys).values()];
  expect(isFolder).toEqual(new FactFailure(`${at('folder')}: not a regular file`));
  expect(link).toEqual(seen('text\n'));
  expect(missing).toEqual(['absent', 'absent', 'absent']);
});

test('a file that went away under the look is a failure, and other output an error', () => {
  const keys = [content('/a', known('x'))];
  expect(contents.parse('', keys).get('/a')).toEqual(new FactFailure('/a: could not be read'));
  expect(() => contents.parse('motd\n', keys)).toThrow('motd');
  expect(() => contents.parse('= 1\n', keys)).toThrow('= 1');
});

test('however many files, the number of processes stays', () => {
  using folder = temporaryFolder();
  const keys = Array.from({ length: 300 }, (_, index) => {
    writeFileSync(join(folder.path, String(index)), 'x');
    return content(join(folder.path, String(index)), known('x'));
  });
  const log = join(folder.path, 'log');
  const counting = Object.fromEntries(
    ['sha256sum', 'stat', 'base64', 'awk'].map((name) => [
      name,
      `echo ${name} >>${log}; PATH=\${PATH#*:} exec ${name} "$@"`,
    ]),
  );
  const found = observeLocally(contents, keys, counting);
  expect(new Set([...found.values()].map((fact) => (fact as { bytes: unknown }).bytes))).toEqual(
    new Set([undefined]),
  );
  expect(readFileSync(log, 'utf8').trim().split('\n').sort()).toEqual(['awk', 'sha256sum']);
});
