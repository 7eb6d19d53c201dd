import { describe, expect, test } from 'vitest';
import { postgres, postgresServers, sqlIdentifier, sqlLiteral } from '../../src/facts/postgres.ts';
import { FactFailure } from '../../src/model/fact.ts';
import { observeLocally } from './support/run-script.ts';

const key = postgres({ user: 'nobody-of-this-machine' });
const role = {
  ...{ superuser: false, createrole: false, createdb: false, inherit: true, login: true },
  ...{ replication: false, bypassrls: false, connLimit: -1, validUntil: null, comment: null },
};
const answer = JSON.stringify({ version: 150_004, roles: { x: role }, databases: {} });

const look = (psql: string, wanted = key) =>
  observeLocally(postgresServers, [wanted], { psql }).get(wanted.id);

describe('a PostgreSQL server', () => {
  test('has roles and databases', () => {
    expect(look(`cat >/dev/null; echo '${answer}'`)).toEqual({
      version: 150_004,
      roles: { x: role },
      databases: {},
    });
  });

  test('gives the verifiers that were asked for', () => {
    const asking = postgres({ user: 'nobody-of-this-machine' }, 'x');
    expect(look(`cat >/dev/null; echo '${answer}'; echo '{ "x" : "md5abc" }'`, asking)).toMatchObject({
      roles: { x: { verifier: 'md5abc' } },
    });
  });

  test('leaves verifiers out that may not be read', () => {
    const found = look(`cat >/dev/null; echo '${answer}'; echo 'ERROR:  permission denied' >&2; exit 3`);
    expect(found).toMatchObject({ roles: { x: { login: true } } });
    expect(found).not.toHaveProperty('roles.x.verifier');
  });

  test('that does not answer is absent', () => {
    const said =
      'connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: No such file or directory';
    expect(look(`cat >/dev/null; echo 'psql: error: ${said}' >&2; exit 2`)).toBe('absent');
  });

  test('that refuses is a look that failed', () => {
    expect(look(`cat >/dev/null; echo 'psql: error: FATAL:  role "x" does not exist' >&2; exit 2`)).toEqual(
      new FactFailure('psql: error: FATAL:  role "x" does not exist'),
    );
  });

  test('is asked once for all roles whose verifier is wanted', () => {
    const merged = postgresServers.merge?.(postgres({ user: 'p' }, 'b'), postgres({ user: 'p' }, 'a'));
    expect(merged?.input).toMatchObject({ verifiers: ['a', 'b'] });
  });

  test('keeps its verifiers out of what is remembered', () => {
    const found = look(
      `cat >/dev/null; echo '${answer}'; echo '{ "x" : "md5abc" }'`,
      postgres({ user: 'p' }, 'x'),
    );
    if (typeof found !== 'object' || !('roles' in found)) throw new Error('no server was found');
    expect(JSON.stringify(postgresServers.lasting?.(found))).not.toContain('md5abc');
  });

  test('an answer that breaks off is an error', () => {
    expect(() => postgresServers.parse('', [key])).toThrow('incomplete');
  });
});

describe('SQL', () => {
  test('quotes names and texts, whatever is in them', () => {
    expect(sqlIdentifier('a"b')).toBe('"a""b"');
    expect(sqlLiteral("it's \\ ")).toBe("'it''s \\ '");
  });

  test('carries no NUL', () => {
    expect(() => sqlLiteral('\0')).toThrow('NUL');
    expect(() => sqlIdentifier('\0')).toThrow('NUL');
  });
});
