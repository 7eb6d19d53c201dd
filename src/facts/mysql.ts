import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { type MysqlFact, readMysqlAnswer } from './mysql-answer.ts';
import { type MysqlConnection, mysqlLiteral, mysqlSession, withMysqlClient } from './mysql-client.ts';
import { parseNumberedAnswers } from './numbered-answers.ts';

interface Input {
  readonly connection: MysqlConnection;
  /** Those that tasks log in with: one may set what the next one gives. The first that is let in is taken. */
  readonly passwords: readonly (string | undefined)[];
  /** Names of users whose accounts are asked for. */
  readonly users: readonly string[];
}

/** Without the password. */
const idOf = ({ user, host, port, socket, configFile, implicitAdmin, options }: MysqlConnection): string => {
  const place = `${user ?? ''}@${socket ?? host ?? ''}${port === undefined ? '' : `:${port}`}`;
  const rest = [configFile, implicitAdmin ? 'root' : undefined, ...options].filter(
    (part) => part !== undefined,
  );
  return [place, ...rest].join(' ');
};

/**
 * The fact "what databases this server has".
 *
 * @param user  bring the accounts of this name too
 */
export const mysql = (connection: MysqlConnection, user?: string): FactKey<MysqlFact> => ({
  kind: 'mysql',
  id: idOf(connection),
  input: {
    connection,
    passwords: [connection.password],
    users: user === undefined ? [] : [user],
  } satisfies Input,
});

const inputOf = (key: FactKey<MysqlFact>): Input => key.input as Input;

const isOneOf = (users: readonly string[]): string => `User IN (${users.map(mysqlLiteral).join(', ')})`;

/** Each row begins with the letter of its kind; the first line of a result has the names of its columns. */
const query = (users: readonly string[]): string =>
  [
    mysqlSession,
    "SELECT 'v' AS k, VERSION() AS version;",
    "SELECT 'd' AS k, SCHEMA_NAME AS name, DEFAULT_CHARACTER_SET_NAME AS encoding, DEFAULT_COLLATION_NAME AS collation FROM information_schema.SCHEMATA;",
    ...(users.length === 0 ? [] : [`SELECT 'u' AS k, u.* FROM mysql.user u WHERE ${isOneOf(users)};`]),
  ].join('\n');

/** Gives the statements that show the grants of each account. */
const grantQuery = (users: readonly string[]): string =>
  `${mysqlSession}\nSELECT CONCAT('SELECT ''g'', ', QUOTE(User), ', ', QUOTE(Host), '; SHOW GRANTS FOR ', QUOTE(User), '@', QUOTE(Host), ';') FROM mysql.user WHERE ${isOneOf(users)};`;

/** NOTE: roles stand among the accounts and have no grants of that form: `--force` goes on after them. */
const grantsOf = (users: readonly string[]): Sh =>
  users.length === 0
    ? rawSh(':')
    : sh`{ printf '%s\n' ${mysqlSession}; printf '%s\n' ${grantQuery(users)} | q "$@" --skip-column-names --raw; } 2>/dev/null |
q "$@" --skip-column-names --force 2>/dev/null`;

/**
 * Output, a block a server: `= <index>`, the client's lines (columns between tabs; `\t`, `\n` and `\\` in them escaped), and
 * `! <complaint>` for each line of its standard error. `= <index> none`: there is no client.
 */
const script = (keys: readonly FactKey<MysqlFact>[]): Sh =>
  joinSh(
    keys.map((key, index) => {
      const { connection, passwords, users } = inputOf(key);
      const body = sh`printf '%s\n' ${query(users)} | q "$@" --column-names
${grantsOf(users)}`;
      return sh`if command -v mariadb >/dev/null || command -v mysql >/dev/null; then
printf '= %s\n' ${index}
{ { ${withMysqlClient(connection, passwords, body)} 2>&1 1>&5 | sed 's/^/! /'; } 5>&1; }
else echo ${`= ${index} none`}; fi`;
    }),
  );

const parse = (
  output: string,
  keys: readonly FactKey<MysqlFact>[],
): ReadonlyMap<string, Observed<MysqlFact>> =>
  parseNumberedAnswers(output, keys, 'the MySQL client', (lines, key) =>
    readMysqlAnswer(lines, inputOf(key).users),
  );

/** One client a server. */
export const mysqlServers: FactKind<MysqlFact> = {
  kind: 'mysql',
  script,
  parse,
  merge: (first, second) => ({
    ...first,
    input: {
      connection: inputOf(first).connection,
      passwords: [...new Set([...inputOf(first).passwords, ...inputOf(second).passwords])],
      users: [...new Set([...inputOf(first).users, ...inputOf(second).users])].sort(),
    } satisfies Input,
  }),
  lasting: ({ databases, accounts }) => ({
    databases,
    accounts: Object.fromEntries(
      Object.entries(accounts).map(([user, all]) => [
        user,
        all.map(({ hash: _, grants: __, ...rest }) => rest),
      ]),
    ),
  }),
};
