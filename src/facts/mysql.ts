import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { FactFailure, StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { parseNumberedAnswers } from './numbered-answers.ts';

/** How the client on the host reaches a server. What is undefined is as the client's option files have it. */
export interface MysqlConnection {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** A name or address for TCP; undefined: the socket. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Path of the socket. */
  readonly socket?: string | undefined;
  /** Option file that is read last; undefined: `~/.my.cnf` of the account that the client runs as. */
  readonly configFile?: string | undefined;
  /** root without a password is tried first. */
  readonly implicitAdmin: boolean;
  readonly timeoutSeconds: number;
  /** Further options of the client: for TLS. */
  readonly options: readonly string[];
}

/** `user`@`host`. */
export interface MysqlAccount {
  readonly host: string;
  readonly plugin: string;
  /** As the server keeps it: `*` and 40 hex digits for mysql_native_password. */
  readonly hash: string;
  /** What TLS has to be like: `SSL`, `X509`, or `CIPHER`, `ISSUER` and `SUBJECT` with their values. */
  readonly requires: Readonly<Record<string, string>>;
  /** The lines of SHOW GRANTS. */
  readonly grants: readonly string[];
}

export interface MysqlDatabase {
  readonly encoding: string;
  readonly collation: string;
}

/** A MySQL or MariaDB server. Absent: there is no client on the host, or no server answers. */
export interface MysqlFact {
  /** `10.11.6-MariaDB-0+deb12u1`. */
  readonly version: string;
  readonly databases: Readonly<Record<string, MysqlDatabase>>;
  /** Of the users that were asked for, by name. */
  readonly accounts: Readonly<Record<string, readonly MysqlAccount[]>>;
}

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

const refuseNul = (text: string): void => {
  if (text.includes('\0')) throw new TaskFailure('a NUL byte cannot be passed to MySQL');
};

/** A text as an SQL literal, for a session in which backslashes escape. @throws TaskFailure on a NUL */
export const mysqlLiteral = (text: string): string => {
  refuseNul(text);
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
};

/** A name as an SQL identifier, whatever it is made of. @throws TaskFailure on a NUL */
export const mysqlIdentifier = (name: string): string => {
  refuseNul(name);
  return `\`${name.replaceAll('`', '``')}\``;
};

/** How all that is said is meant, whatever the server's `sql_mode` is: names in backticks, backslashes that escape. */
const session = "SET SESSION sql_mode = '';";

/** A value of an option file. @see https://dev.mysql.com/doc/refman/8.4/en/option-files.html */
const optionValue = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;

const passwordLines = (password: string | undefined): string =>
  password === undefined ? '' : `[client]\npassword=${optionValue(password)}`;

const placeOptions = ({ host, port, socket }: MysqlConnection): readonly string[] => {
  if (socket !== undefined) return ['--protocol=socket', `--socket=${socket}`];
  if (host === undefined) return ['--host=localhost'];
  return ['--protocol=tcp', `--host=${host}`, ...(port === undefined ? [] : [`--port=${port}`])];
};

/** sh that sets the options of the login, and `p` to the first password that is let in, else to the last. */
const logIn = (login: readonly string[], [first, ...others]: readonly (string | undefined)[]): Sh =>
  joinSh([
    sh`set -- ${login}
p=${passwordLines(first)}`,
    ...others.map((password) => sh`is_let_in "$@" || p=${passwordLines(password)}`),
  ]);

/**
 * sh in which `q` is the client, with its options after it and SQL on its standard input. Option files and the password
 * reach it as a file that is a pipe: only there a password is stronger than that of an option file, and no argument.
 */
const withClient = (
  connection: MysqlConnection,
  passwords: readonly (string | undefined)[],
  body: Sh,
): Sh => {
  const { user, configFile, implicitAdmin, timeoutSeconds, options } = connection;
  const fixed = [
    ...['--batch', '--default-character-set=utf8mb4', `--connect-timeout=${timeoutSeconds}`],
    ...placeOptions(connection),
    ...options,
  ];
  const login = user === undefined ? [] : [`--user=${user}`];
  return joinSh([
    sh`( cd /
m=$(command -v mariadb || command -v mysql) || exit 127
c=${configFile ?? ''}
[ -n "$c" ] || c=$(getent passwd "$(id -u)" | cut -d : -f 6)/.my.cnf
d=$(for f in /etc/my.cnf /etc/mysql/my.cnf "$c"; do if [ -r "$f" ]; then printf '!include %s\n' "$f"; fi; done)
q() { { printf '%s\n' "$d" "$p" | "$m" --defaults-file=/dev/fd/3 "$@" ${fixed} 3<&0 <&4; } 4<&0; }
is_let_in() { printf 'do 0;\n' | q "$@" >/dev/null 2>&1; }`,
    implicitAdmin
      ? sh`p=${passwordLines('')}
if is_let_in --user=root; then set -- --user=root; else
${logIn(login, passwords)}
fi`
      : logIn(login, passwords),
    body,
    rawSh(')'),
  ]);
};

/** sh that runs statements, each with its semicolon, and stops at the first that fails. */
export const runMysql = (connection: MysqlConnection, statements: readonly string[]): Sh =>
  withClient(
    connection,
    [connection.password],
    sh`printf '%s\n' ${[session, ...statements].join('\n')} | q "$@"`,
  );

const isOneOf = (users: readonly string[]): string => `User IN (${users.map(mysqlLiteral).join(', ')})`;

/** Each row begins with the letter of its kind; the first line of a result has the names of its columns. */
const query = (users: readonly string[]): string =>
  [
    session,
    "SELECT 'v' AS k, VERSION() AS version;",
    "SELECT 'd' AS k, SCHEMA_NAME AS name, DEFAULT_CHARACTER_SET_NAME AS encoding, DEFAULT_COLLATION_NAME AS collation FROM information_schema.SCHEMATA;",
    ...(users.length === 0 ? [] : [`SELECT 'u' AS k, u.* FROM mysql.user u WHERE ${isOneOf(users)};`]),
  ].join('\n');

/** Gives the statements that show the grants of each account. */
const grantQuery = (users: readonly string[]): string =>
  `${session}\nSELECT CONCAT('SELECT ''g'', ', QUOTE(User), ', ', QUOTE(Host), '; SHOW GRANTS FOR ', QUOTE(User), '@', QUOTE(Host), ';') FROM mysql.user WHERE ${isOneOf(users)};`;

/** NOTE: roles stand among the accounts and have no grants of that form: `--force` goes on after them. */
const grantsOf = (users: readonly string[]): Sh =>
  users.length === 0
    ? rawSh(':')
    : sh`{ printf '%s\n' ${session}; printf '%s\n' ${grantQuery(users)} | q "$@" --skip-column-names --raw; } 2>/dev/null |
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
{ { ${withClient(connection, passwords, body)} 2>&1 1>&5 | sed 's/^/! /'; } 5>&1; }
else echo ${`= ${index} none`}; fi`;
    }),
  );

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', '0': '\0', '\\': '\\' };

const plainText = (text: string): string =>
  text.replaceAll(/\\([tn0\\])/g, (_, letter: string) => escapes[letter] ?? '');

type Row = Readonly<Record<string, string>>;

const strange = (line: string): StrangeOutput =>
  new StrangeOutput(`unexpected answer of the MySQL client: ${JSON.stringify(line.slice(0, 200))}`);

/** @throws StrangeOutput where there is no such column */
const column = (row: Row, name: string): string => {
  const value = row[name];
  if (value === undefined) throw strange(`no column ${name}`);
  return value;
};

const requiresOf = (row: Row): MysqlAccount['requires'] => {
  const parts = [
    ['CIPHER', row['ssl_cipher'] ?? ''],
    ['ISSUER', row['x509_issuer'] ?? ''],
    ['SUBJECT', row['x509_subject'] ?? ''],
  ].filter(([, value]) => value !== '' && value !== 'NULL');
  if (parts.length > 0) return Object.fromEntries(parts);
  if (row['ssl_type'] === 'X509') return { X509: '' };
  return row['ssl_type'] === 'ANY' ? { SSL: '' } : {};
};

const accountOf = (row: Row): MysqlAccount => {
  const hashes = [row['Password'], row['authentication_string']];
  return {
    host: column(row, 'Host'),
    plugin: column(row, 'plugin'),
    hash: hashes.find((hash) => hash !== undefined && hash !== '' && hash !== 'NULL') ?? '',
    requires: requiresOf(row),
    grants: [],
  };
};

interface Read {
  version: string | undefined;
  readonly databases: Record<string, MysqlDatabase>;
  readonly accounts: Map<string, MysqlAccount[]>;
}

const takeRow = (read: Read, row: Row): void => {
  const kind = row['k'];
  if (kind === 'v') read.version = column(row, 'version');
  else if (kind === 'd')
    read.databases[column(row, 'name')] = {
      encoding: column(row, 'encoding'),
      collation: column(row, 'collation'),
    };
  else if (kind === 'u') {
    if (row['is_role'] === 'Y') return;
    const user = column(row, 'User');
    read.accounts.set(user, [...(read.accounts.get(user) ?? []), accountOf(row)]);
  } else throw strange(JSON.stringify(row));
};

const withGrant = (
  read: Read,
  [user = '', host = '']: readonly string[],
  grant: string | undefined,
): void => {
  const accounts = read.accounts.get(user) ?? [];
  const at = accounts.findIndex((account) => account.host === host);
  const account = accounts[at];
  if (account === undefined) return;
  accounts[at] = { ...account, grants: [...account.grants, ...(grant === undefined ? [] : [grant])] };
};

const readLines = (lines: readonly string[]): Read => {
  const read: Read = { version: undefined, databases: {}, accounts: new Map() };
  let names: readonly string[] | undefined;
  let account: readonly string[] | undefined;
  for (const line of lines) {
    const cells = line.split('\t').map(plainText);
    if (cells[0] === 'g' && cells.length === 3) {
      account = cells.slice(1);
      withGrant(read, account, undefined);
    } else if (account !== undefined) {
      if (!/^(?:GRANT|REVOKE|SET DEFAULT ROLE) /.test(line)) throw strange(line);
      withGrant(read, account, plainText(line));
    } else if (cells[0] === 'k') names = cells;
    else if (names === undefined || names.length !== cells.length) throw strange(line);
    else takeRow(read, Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])));
  }
  return read;
};

/** Nothing listens; with any other number somebody answered. */
const nobody = /^ERROR 200[23]\b/;

const readAnswer = (lines: readonly string[], users: readonly string[]): Observed<MysqlFact> => {
  const complaints = lines.flatMap((line) => (line.startsWith('! ') ? [line.slice(2)] : []));
  const errors = complaints.filter((line) => /^ERROR \d/.test(line));
  if (errors.some((line) => nobody.test(line))) return 'absent';
  if (errors.length > 0) return new FactFailure(errors.join('\n'));
  const { version, databases, accounts } = readLines(lines.filter((line) => !line.startsWith('! ')));
  if (version === undefined)
    return new FactFailure(complaints.length > 0 ? complaints.join('\n') : 'the client said nothing');
  return {
    version,
    databases,
    accounts: Object.fromEntries(users.map((user) => [user, accounts.get(user) ?? []])),
  };
};

const parse = (
  output: string,
  keys: readonly FactKey<MysqlFact>[],
): ReadonlyMap<string, Observed<MysqlFact>> =>
  parseNumberedAnswers(output, keys, 'the MySQL client', (lines, key) =>
    readAnswer(lines, inputOf(key).users),
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
