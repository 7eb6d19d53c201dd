import { describe, expect, test } from 'vitest';
import { mysql, mysqlServers } from '../../src/facts/mysql.ts';
import { type MysqlConnection, mysqlIdentifier, mysqlLiteral } from '../../src/facts/mysql-client.ts';
import { FactFailure } from '../../src/model/fact.ts';
import { observeLocally } from './support/run-script.ts';

const connection: MysqlConnection = { implicitAdmin: false, timeoutSeconds: 5, options: [] };
const key = mysql(connection, "o'x");

/** Answers the first of its calls, which has names of columns, and those on grants. */
const client = (answer: string, grants = ''): string => `
case " $* " in
  *" --column-names "*) cat >/dev/null; ${answer} ;;
  *" --raw "*) cat >/dev/null ;;
  *" --force "*) cat >/dev/null; ${grants === '' ? ':' : grants} ;;
esac`;

const rows =
  'k\\tversion\\nv\\t10.11.6-MariaDB\\nk\\tname\\tencoding\\tcollation\\nd\\ta\\\\\\\\tb\\tutf8mb4\\tutf8mb4_bin\\n';
const users =
  "k\\tHost\\tUser\\tPassword\\tssl_type\\tplugin\\tauthentication_string\\tis_role\\nu\\t%%\\to'x\\t*AB\\tANY\\tmysql_native_password\\t*AB\\tN\\nu\\t\\to'x\\t\\t\\t\\t\\tY\\n";

const look = (mariadb: string, wanted = key) =>
  observeLocally(mysqlServers, [wanted], { mariadb }).get(wanted.id);

describe('a MySQL server', () => {
  test('has databases, and the accounts that were asked for with their grants', () => {
    const grants = `printf "g\\to'x\\t%%\\nGRANT SELECT ON \\\`a\\\\\\\\_b\\\`.* TO x\\n"`;
    expect(look(client(`printf "${rows}${users}"`, grants))).toEqual({
      version: '10.11.6-MariaDB',
      databases: { 'a\tb': { encoding: 'utf8mb4', collation: 'utf8mb4_bin' } },
      accounts: {
        "o'x": [
          {
            host: '%',
            plugin: 'mysql_native_password',
            hash: '*AB',
            requires: { SSL: '' },
            grants: ['GRANT SELECT ON `a\\_b`.* TO x'],
          },
        ],
      },
    });
  });

  test('where nobody has the name that was asked for', () => {
    expect(look(client(`printf "${rows}"`))).toMatchObject({ accounts: { "o'x": [] } });
  });

  test('that does not answer is absent', () => {
    expect(look(client('echo "ERROR 2002 (HY000): Can\'t connect to local server" >&2; exit 1'))).toBe(
      'absent',
    );
  });

  test('that refuses is a look that failed', () => {
    const said = "ERROR 1045 (28000): Access denied for user 'root'@'localhost'";
    expect(look(client(`echo "${said}" >&2; exit 1`))).toEqual(new FactFailure(said));
  });

  test('is asked by root without a password first, where that is wanted', () => {
    const wanted = mysql({ ...connection, user: 'admin', implicitAdmin: true });
    const asRoot = `case " $* " in *" --user=root "*) ${client(`printf "${rows}"`)} ;; *) exit 1 ;; esac`;
    expect(look(asRoot, wanted)).toMatchObject({ version: '10.11.6-MariaDB' });
    const asAdmin = `case " $* " in *" --user=admin "*) ${client(`printf "${rows}"`)} ;; *) cat >/dev/null; exit 1 ;; esac`;
    expect(look(asAdmin, wanted)).toMatchObject({ version: '10.11.6-MariaDB' });
  });

  test('is told the password by a file that is a pipe, and is asked once for all users', () => {
    const merged = mysqlServers.merge?.(mysql(connection, 'b'), mysql({ ...connection, password: 'x' }, 'a'));
    expect(merged?.input).toMatchObject({ users: ['a', 'b'], passwords: [undefined, 'x'] });
    const secret = mysql({ ...connection, password: 'a"b\\c' });
    const says =
      'cat <&3 | grep -q -F "password=\\"a\\"b\\\\\\\\c\\"" || { echo "ERROR 1 wrong" >&2; exit 1; }; ';
    expect(look(says + client(`printf "${rows}"`), secret)).toMatchObject({ version: '10.11.6-MariaDB' });
    expect(secret.id).not.toContain('a"b');
  });

  test.each([
    [['old', 'new']],
    [['new', 'old']],
    [[undefined, 'new']],
    [['new', undefined]],
    [['one', 'new', 'other']],
  ])('is asked with the one of several passwords that is let in: %j', (passwords) => {
    const keys = passwords.map((password) => mysql({ ...connection, ...(password && { password }) }));
    const merged = keys.reduce((first, second) => mysqlServers.merge?.(first, second) ?? first);
    const says = 'cat <&3 | grep -q -F "password=\\"new\\"" || { echo "ERROR 1045 denied" >&2; exit 1; }; ';
    expect(look(says + client(`printf "${rows}"`), merged)).toMatchObject({ version: '10.11.6-MariaDB' });
  });

  test('keeps hashes out of what is remembered', () => {
    const found = look(client(`printf "${rows}${users}"`));
    if (typeof found !== 'object' || !('version' in found)) throw new Error('no server was found');
    expect(JSON.stringify(mysqlServers.lasting?.(found))).not.toContain('*AB');
  });

  test.each(['= 0\nv\tx\n', '= 0\nk\tname\nd\tx\n', '= 0\nk\ta\nz\n', '= 3\n', ''])(
    'strange output: %j',
    (output) => {
      expect(() => mysqlServers.parse(output, [key])).toThrow();
    },
  );
});

test('texts and names are quoted, whatever is in them', () => {
  expect(mysqlLiteral("a'b\\c")).toBe("'a''b\\\\c'");
  expect(mysqlIdentifier('a`b')).toBe('`a``b`');
  expect(() => mysqlLiteral('\0')).toThrow('NUL');
});
