import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pipEnvironment, pipEnvironments } from '../../src/facts/pip-packages.ts';
import { observeLocally, temporaryFolder } from './support/run-script.ts';

const makeEnvironment = (root: string, seesSystem: boolean, entries: readonly string[]): void => {
  const packages = join(root, 'lib/python3.11/site-packages');
  mkdirSync(packages, { recursive: true });
  writeFileSync(join(root, 'pyvenv.cfg'), `home = /usr/bin\ninclude-system-site-packages = ${seesSystem}\n`);
  for (const entry of entries) mkdirSync(join(packages, entry));
};

describe('the Python packages of an environment', () => {
  test('are those whose folders lie in it, by normalized name', () => {
    using folder = temporaryFolder();
    makeEnvironment(folder.path, false, [
      'matrix_synapse-1.120.0.dist-info',
      'Zope.Interface-5.4.0.dist-info',
      'psycopg2-2.9.9-py3.11.egg-info',
      'six.py.dist-info',
      'synapse',
    ]);
    expect(observeLocally(pipEnvironments, [pipEnvironment(folder.path)]).get(folder.path)).toEqual({
      python: '3.11',
      distributions: { 'matrix-synapse': '1.120.0', 'zope-interface': '5.4.0', psycopg2: '2.9.9' },
    });
  });

  test('are what is installed in place, too, by the link to its folder', () => {
    using folder = temporaryFolder();
    makeEnvironment(folder.path, false, []);
    const packages = join(folder.path, 'lib/python3.11/site-packages');
    mkdirSync(join(folder.path, 'a source/x_y.egg-info'), { recursive: true });
    writeFileSync(join(folder.path, 'a source/x_y.egg-info/PKG-INFO'), 'Name: x-y\nVersion: 1.2\n');
    writeFileSync(join(packages, 'x-y.egg-link'), `${folder.path}/a source\n.`);
    writeFileSync(join(packages, 'gone.egg-link'), `${folder.path}/gone\n.`);
    expect(observeLocally(pipEnvironments, [pipEnvironment(folder.path)]).get(folder.path)).toEqual({
      python: '3.11',
      distributions: { 'x-y': '1.2' },
    });
  });

  test('are none that another account has made up with a line break', () => {
    using folder = temporaryFolder();
    makeEnvironment(folder.path, false, ['a-1\n= 1\npip-9.dist-info', 'b\nbroken', 'real-1.0.dist-info']);
    mkdirSync(join(folder.path, 'lib/python3.9\n= 1\nx-1.dist-info/site-packages'), { recursive: true });
    const keys = [pipEnvironment(folder.path), pipEnvironment('/nowhere')];
    expect([...observeLocally(pipEnvironments, keys).values()]).toEqual([
      { python: '3.11', distributions: { real: '1.0' } },
      'absent',
    ]);
  });

  test('are those of the system too where it sees them, its own first', () => {
    using folder = temporaryFolder();
    makeEnvironment(folder.path, true, ['six-1.17.0.dist-info']);
    for (const entry of ['six-1.16.0.dist-info', 'psycopg2-2.9.5.egg-info'])
      mkdirSync(join(folder.path, 'usr/lib/python3/dist-packages', entry), { recursive: true });
    const found = observeLocally(pipEnvironments, [pipEnvironment(folder.path)], {}, (script) =>
      script.replaceAll(/ \/usr\/(local\/)?lib/g, ` ${folder.path}/usr/$1lib`),
    );
    expect(found.get(folder.path)).toMatchObject({ distributions: { six: '1.17.0', psycopg2: '2.9.5' } });
  });

  test('a folder that is no environment has none', () => {
    using folder = temporaryFolder();
    expect(observeLocally(pipEnvironments, [pipEnvironment(folder.path)]).get(folder.path)).toBe('absent');
  });

  test('strange output is an error that shows it', () => {
    expect(() => pipEnvironments.parse('= 0\nls: broken\n', [pipEnvironment('/v')])).toThrow('ls: broken');
  });
});
