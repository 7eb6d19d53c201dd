import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aptCandidate, aptCandidates } from '../../src/facts/apt-candidates.ts';
import { aptLists, aptListsKind } from '../../src/facts/apt-lists.ts';
import { aptName, aptNames } from '../../src/facts/apt-names.ts';
import { aptSimulation, aptSimulations } from '../../src/facts/apt-simulations.ts';
import { debFile, debFiles } from '../../src/facts/deb-files.ts';
import { FactFailure } from '../../src/model/fact.ts';
import { observeLocally, printing, temporaryFolder } from './support/run-script.ts';

const policy = `bash:
  Installed: 5.2.15-2+b12
  Candidate: 5.2.15-2+b13
  Version table:
     5.2.15-2+b13 500
        500 http://archive.example/debian bookworm/main amd64 Packages
 *** 5.2.15-2+b12 100
        100 /var/lib/dpkg/status
libc6:i386:
  Installed: (none)
  Candidate: 2.36-9
  Version table:
     2.36-9 -1
        500 http://archive.example/debian bookworm/main i386 Packages
mail-transport-agent:
  Installed: (none)
  Candidate: (none)
  Version table:`;

describe('what apt would install', () => {
  const look = (...names: readonly string[]) =>
    observeLocally(
      aptCandidates,
      names.map((name) => aptCandidate(name)),
      { 'apt-cache': printing(policy) },
    );

  test('is the candidate, with all versions, newest first', () => {
    expect(look('bash').get('bash')).toEqual({
      version: '5.2.15-2+b13',
      versions: ['5.2.15-2+b13', '5.2.15-2+b12'],
    });
  });

  test('is found by a name with an architecture, native or not', () => {
    const found = look('bash:amd64', 'libc6:i386');
    expect([...found.values()]).toMatchObject([{ version: '5.2.15-2+b13' }, { version: '2.36-9' }]);
  });

  test('is nothing for a virtual package, and absent where the lists know none', () => {
    expect([...look('mail-transport-agent', 'nope').values()]).toEqual([
      { version: '', versions: [] },
      'absent',
    ]);
  });

  test('is asked for once a release', () => {
    const found = observeLocally(aptCandidates, [aptCandidate('a'), aptCandidate('a', 'sid')], {
      'apt-cache': `case $1 in -o) v=2 ;; *) v=1 ;; esac; printf 'a:\\n  Candidate: %s\\n' "$v"`,
    });
    expect([...found]).toMatchObject([
      ['a', { version: '1' }],
      ['a/sid', { version: '2' }],
    ]);
  });

  test('strange output is an error that shows it', () => {
    expect(() => aptCandidates.parse('= \nE: no such thing\n', [aptCandidate('a')])).toThrow('no such thing');
  });
});

describe('whether there is a package of the name', () => {
  const look = (installed: string, ...names: readonly string[]) => [
    ...observeLocally(aptNames, names.map(aptName), {
      'dpkg-query': printing(installed),
      'apt-cache': printing('bash\nbind9utils\nlibc6'),
    }).values(),
  ];

  test('apt tells, with and without an architecture', () => {
    expect(look('', 'bind9utils', 'libc6:i386', 'mail-transport-agent')).toEqual([
      { available: true },
      { available: true },
      'absent',
    ]);
  });

  test('apt is not asked while all of them are installed', () => {
    expect(look('ii  bash', 'bash')).toEqual(['absent']);
    expect(look('rc  bash', 'bash')).toEqual([{ available: true }]);
    expect(look('ii  bash', 'bash', 'nope')).toEqual([{ available: true }, 'absent']);
  });

  test('strange output is an error that shows it', () => {
    expect(() => aptNames.parse('E: no such thing\n', [aptName('a')])).toThrow('no such thing');
  });
});

describe('the age of the package lists', () => {
  const now = Date.now() / 1000;
  const look = (root: string) =>
    observeLocally(aptListsKind, [aptLists], {}, (script) =>
      script.replaceAll('/var/lib/apt', `${root}/var`).replaceAll('/etc/apt', `${root}/etc`),
    ).get(aptLists.id);
  const prepare = (root: string, listAge: number, sourceAge: number) => {
    for (const folder of ['var/lists', 'var/periodic', 'etc/sources.list.d'])
      mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'var/lists/x_InRelease'), '');
    writeFileSync(join(root, 'etc/sources.list.d/x.list'), '');
    for (const path of ['etc/sources.list.d/x.list', 'etc/sources.list.d'])
      utimesSync(join(root, path), now, now - sourceAge);
    utimesSync(join(root, 'var/lists'), now, now - listAge);
  };

  test('is the time since the folder was last written', () => {
    using folder = temporaryFolder();
    prepare(folder.path, 5000, 9000);
    expect(look(folder.path)).toMatchObject({ ageSeconds: expect.closeTo(5000, -1.5), sourcesNewer: false });
  });

  test('is the time since a stamp where that is later', () => {
    using folder = temporaryFolder();
    prepare(folder.path, 5000, 9000);
    writeFileSync(join(folder.path, 'var/periodic/update-success-stamp'), '');
    expect(look(folder.path)).toMatchObject({ ageSeconds: expect.closeTo(0, -1.5) });
  });

  test('does not count where a source was changed since', () => {
    using folder = temporaryFolder();
    prepare(folder.path, 5000, 100);
    expect(look(folder.path)).toMatchObject({ sourcesNewer: true });
  });

  test('is absent where no list was fetched', () => {
    using folder = temporaryFolder();
    expect(look(folder.path)).toBe('absent');
  });

  test('strange output is an error that shows it', () => {
    expect(() => aptListsKind.parse('date: broken\n', [aptLists])).toThrow('date: broken');
  });
});

describe('a simulation of apt', () => {
  const said = `NOTE: This is only a simulation!
Inst bash [5.2-1] (5.2-2 Debian:12 [amd64])
Inst new (1.0 Debian:12 [amd64])
Remv old [1.0]
Purg older [1.0]
Conf bash (5.2-2 Debian:12 [amd64])`;
  const key = aptSimulation('dist-upgrade');

  test('says what would be installed and removed', () => {
    expect(observeLocally(aptSimulations, [key], { 'apt-get': printing(said) }).get('dist-upgrade')).toEqual({
      installs: [
        { name: 'bash', version: '5.2-2' },
        { name: 'new', version: '1.0' },
      ],
      removes: ['old', 'older'],
      deletes: [],
    });
  });

  test('that fails is a look that failed, with what apt said', () => {
    const found = observeLocally(aptSimulations, [key], {
      'apt-get': 'echo "E: Unmet dependencies" >&2; exit 100',
    });
    expect(found.get('dist-upgrade')).toEqual(new FactFailure('E: Unmet dependencies'));
  });

  test('that breaks off is an error', () => {
    expect(() => aptSimulations.parse('= 0\nInst', [key])).toThrow('has no end');
  });
});

describe('a package file', () => {
  test('says which package it is, that it is none, or is absent', () => {
    using folder = temporaryFolder();
    for (const name of ['good.deb', "it's bad.deb"]) writeFileSync(join(folder.path, name), '');
    const paths = ['good.deb', "it's bad.deb", 'none.deb'].map((name) => join(folder.path, name));
    const found = observeLocally(debFiles, paths.map(debFile), {
      'dpkg-deb': `case $* in *good.deb) echo "x 2:1.0-1" ;; *) echo "dpkg-deb: error: no archive" >&2; exit 2 ;; esac`,
    });
    expect([...found.values()]).toEqual([
      { name: 'x', version: '2:1.0-1' },
      new FactFailure('dpkg-deb: error: no archive'),
      'absent',
    ]);
  });
});
