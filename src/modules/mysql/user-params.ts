import { z } from 'zod';
import { boolean } from '../params/boolean.ts';
import { refused } from '../params/refused.ts';
import { text } from '../params/text.ts';
import { loginParams } from './login-params.ts';

const bySql = 'write it with a shell task that runs mariadb, guarded by unless';

/** What a task of `mysql_user` may say. */
export const mysqlUserParams = z
  .strictObject({
    name: text().describe("User to manage. `''` is the anonymous user."),
    host: text()
      .default('localhost')
      .transform((host) => host.toLowerCase())
      .describe('Where the user comes from: the other half of the account. `%` is everywhere.'),
    host_all: boolean()
      .default(false)
      .describe('All accounts of the name are changed or dropped, wherever they come from. None is made so.'),
    state: z.enum(['present', 'absent']).default('present').describe('Whether the account is to be there.'),
    password: text().optional().describe('Password. Left alone when absent, or where it is empty.'),
    encrypted: boolean()
      .default(false)
      .describe(
        '`password` is what the server keeps: `*` and 40 hex digits, as mysql_native_password has it.',
      ),
    update_password: z
      .enum(['always', 'on_create', 'on_new_username'])
      .default('always')
      .describe(
        '`on_create`: only a new account gets the password. `on_new_username`: a new account of a name that is there gets the one that the name has.',
      ),
    plugin: text()
      .refine((plugin) => /^\w+$/.test(plugin), 'expected the name of a plugin: letters, digits and _')
      .optional()
      .describe('Plugin that checks who logs in: `unix_socket`. Left alone when absent.'),
    plugin_hash_string: text().optional().describe('What the plugin keeps of a password.'),
    priv: z
      .union([z.string(), z.record(z.string(), z.string())], {
        error: 'expected privileges such as "shop.*:SELECT,INSERT/*.*:PROCESS", or a mapping of them',
      })
      .optional()
      .describe(
        'Privileges: `db.table:PRIV,PRIV/db.table:PRIV`, or a mapping. Others are taken away; those of root only where they are named. Left alone when absent.',
      ),
    append_privs: boolean().default(false).describe('Other privileges stay.'),
    subtract_privs: boolean().default(false).describe('The privileges are taken away, and nothing else.'),
    tls_requires: z
      .record(z.string(), z.union([z.string(), z.null()]), {
        error: 'expected a mapping: { SSL: null }, { X509: null }, or with CIPHER, ISSUER and SUBJECT',
      })
      .nullable()
      .optional()
      .describe(
        'What TLS has to be like: `{ SSL: null }`, `{ X509: null }`, or CIPHER, ISSUER and SUBJECT. Nothing when absent.',
      ),
    column_case_sensitive: boolean()
      .optional()
      .describe(
        "Accepted for Ansible's sake: columns are written as they are here, and compared in whatever case.",
      ),
    force_context: boolean().optional().describe("Accepted for Ansible's sake."),
    plugin_auth_string: refused('give plugin_hash_string, which can be compared'),
    salt: refused('give plugin_hash_string, which can be compared'),
    attributes: refused(bySql),
    resource_limits: refused(bySql),
    session_vars: refused(bySql),
    password_expire: refused(bySql),
    password_expire_interval: refused(bySql),
    locked: refused(bySql),
    ...loginParams,
  })
  .refine(({ append_privs, subtract_privs }) => !(append_privs && subtract_privs), {
    error: 'append_privs and subtract_privs exclude each other',
  });

export type MysqlUserParams = z.infer<typeof mysqlUserParams>;
