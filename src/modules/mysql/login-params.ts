import type { z } from 'zod';
import type { MysqlConnection } from '../../facts/mysql-client.ts';
import { boolean } from '../params/boolean.ts';
import { integer } from '../params/integer.ts';
import { refused } from '../params/refused.ts';
import { text } from '../params/text.ts';

/** How a task reaches its server, common to the MySQL modules. */
export const loginParams = {
  login_user: text()
    .optional()
    .describe('User to act as. Default: as the option files say, else the account that runs the client.'),
  login_password: text().optional().describe('Password of that user. Default: as the option files say.'),
  login_host: text()
    .default('localhost')
    .describe(
      'Server to reach from the host. `localhost` is its socket, unless `login_port` is another than 3306.',
    ),
  login_port: integer().default(3306).describe('Port of the server.'),
  login_unix_socket: text().optional().describe('Path of the socket: `/run/mysqld/mysqld.sock`.'),
  config_file: text()
    .optional()
    .describe(
      "Option file with a `[client]` section, read where it is there after the system's. Default: `~/.my.cnf` of the account that runs the client.",
    ),
  check_implicit_admin: boolean()
    .default(false)
    .describe('root without a password is tried first, and the login given here where that is refused.'),
  connect_timeout: integer().default(30).describe('How long a connection may take. Seconds.'),
  ca_cert: text().optional().describe("Certificates that the server's is checked with: a file of the host."),
  client_cert: text().optional().describe('Certificate of the client: a file of the host.'),
  client_key: text().optional().describe('Key of the client: a file of the host.'),
  check_hostname: refused('write ssl-verify-server-cert into the option file'),
  sql_log_bin: boolean()
    .default(true)
    .describe('Whether what is done goes to the binary log, and so to replicas.'),
};

/** Other names of `loginParams`. */
export const loginAliases = { ssl_ca: 'ca_cert', ssl_cert: 'client_cert', ssl_key: 'client_key' };

type Login = z.infer<z.ZodObject<typeof loginParams>>;

const usualPort = 3306;

/** `localhost` and '' mean the socket, as they do to the client. */
const hostOf = ({ login_host: host, login_port: port }: Login): string | undefined => {
  const isLocal = host === '' || host === 'localhost';
  if (!isLocal) return host;
  return port === usualPort ? undefined : '127.0.0.1';
};

const tlsOptions = ({ ca_cert: ca, client_cert: cert, client_key: key }: Login): readonly string[] =>
  Object.entries({ ca, cert, key }).flatMap(([name, path]) =>
    path === undefined ? [] : [`--ssl-${name}=${path}`],
  );

export const connectionOf = (p: Login): MysqlConnection => {
  const host = p.login_unix_socket === undefined ? hostOf(p) : undefined;
  return {
    user: p.login_user,
    password: p.login_password,
    host,
    port: host === undefined ? undefined : p.login_port,
    socket: p.login_unix_socket,
    configFile: p.config_file,
    implicitAdmin: p.check_implicit_admin,
    timeoutSeconds: p.connect_timeout,
    options: tlsOptions(p),
  };
};

/** What is said before all else. */
export const preamble = ({ sql_log_bin: isLogged }: Login): readonly string[] =>
  isLogged ? [] : ['SET SESSION sql_log_bin = 0'];
