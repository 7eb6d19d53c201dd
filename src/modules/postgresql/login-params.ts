import type { z } from 'zod';
import type { PostgresConnection } from '../../facts/postgres.ts';
import { integer } from '../params/integer.ts';
import { text } from '../params/text.ts';

/** How a task reaches its server, common to the PostgreSQL modules. */
export const loginParams = {
  login_user: text()
    .default('postgres')
    .describe(
      'Database role to act as. At a socket psql runs as the account of that name (peer authentication).',
    ),
  login_password: text().optional().describe('Password of that role.'),
  login_host: text().optional().describe('Server to reach over TCP from the host. Default: its own socket.'),
  login_unix_socket: text().optional().describe('Folder of the socket: `/run/postgresql`.'),
  login_port: integer().optional().describe('Port, also of a socket. Default: 5432.'),
};

/** Other names of `loginParams`. */
export const loginAliases = {
  host: 'login_host',
  unix_socket: 'login_unix_socket',
  port: 'login_port',
};

/** @param p  `localhost` and '' mean the socket, as in Ansible */
export const connectionOf = (p: z.infer<z.ZodObject<typeof loginParams>>): PostgresConnection => {
  const host = p.login_host === '' || p.login_host === 'localhost' ? undefined : p.login_host;
  return {
    user: p.login_user,
    host: host ?? p.login_unix_socket,
    port: p.login_port,
    password: p.login_password,
  };
};
