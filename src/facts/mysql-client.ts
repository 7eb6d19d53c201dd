import type { Sh } from '../model/sh.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';

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
export const mysqlSession = "SET SESSION sql_mode = '';";

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
export const withMysqlClient = (
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
  withMysqlClient(
    connection,
    [connection.password],
    sh`printf '%s\n' ${[mysqlSession, ...statements].join('\n')} | q "$@"`,
  );
