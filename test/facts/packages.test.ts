import { describe, expect, test } from 'vitest';
import { packageFact, packages } from '../../src/facts/packages.ts';
import { observeLocally, printing } from './support/run-script.ts';

const listed = `bash	5.2.15-2+b13	amd64	ii 	
debconf	1.5.82	all	ii 	debconf-2.0
exim4-daemon-light	4.96-15	amd64	ii 	mail-transport-agent, default-mta (= 4.96)
libc6	2.36-9	amd64	hi 	libc6-2.36
libc6	2.36-8	i386	ii 	
nginx	1.22-9	amd64	rc 	httpd, httpd-cgi
redis-server	7.0	amd64	iF 	
redis-sentinel	7.0	amd64	itR	
gone	1	amd64	pn 	`;

const look = (...names: readonly string[]) =>
  observeLocally(packages, names.map(packageFact), {
    dpkg: 'echo amd64',
    'dpkg-query': printing(listed),
  });

describe('the packages of a host', () => {
  test('an installed one has its version and architecture', () => {
    expect(look('bash').get('bash')).toEqual({
      status: 'installed',
      version: '5.2.15-2+b13',
      architecture: 'amd64',
      held: false,
      provider: undefined,
    });
  });

  test('one that dpkg does not know, or knows by name only, is absent', () => {
    expect([...look('nope', 'gone').values()]).toEqual(['absent', 'absent']);
  });

  test('one that was removed has left its configuration', () => {
    expect(look('nginx').get('nginx')).toMatchObject({ status: 'config-files' });
  });

  test('one that was cut off is not configured', () => {
    expect(look('redis-server').get('redis-server')).toMatchObject({ status: 'unconfigured' });
  });

  test('one that waits for triggers is installed', () => {
    expect(look('redis-sentinel').get('redis-sentinel')).toMatchObject({ status: 'installed' });
  });

  test('a virtual one is there by what provides it, with and without a version', () => {
    const found = look('mail-transport-agent', 'default-mta', 'debconf-2.0');
    expect([...found.values()]).toMatchObject([
      { provider: 'exim4-daemon-light' },
      { provider: 'exim4-daemon-light' },
      { provider: 'debconf' },
    ]);
  });

  test('what the remains of a package would provide is not there', () => {
    expect(look('httpd').get('httpd')).toBe('absent');
  });

  test('a plain name means the native architecture, and a name with another that one', () => {
    const found = look('libc6', 'libc6:i386', 'libc6:amd64');
    expect([...found.values()]).toMatchObject([
      { version: '2.36-9', held: true },
      { version: '2.36-8', held: false },
      { version: '2.36-9' },
    ]);
  });

  test('strange output is an error that shows it', () => {
    expect(() => packages.parse('amd64\nbash: what is this\n', [packageFact('bash')])).toThrow(
      'what is this',
    );
    expect(() => packages.parse('dpkg: error\n', [packageFact('bash')])).toThrow('dpkg: error');
  });
});
