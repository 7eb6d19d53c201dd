import { z } from 'zod';
import { runMysqlAction } from '../actions/run-mysql.ts';
import { mysql } from '../facts/mysql.ts';
import type { MysqlFact } from '../facts/mysql-answer.ts';
import { mysqlIdentifier, mysqlLiteral } from '../facts/mysql-client.ts';
import type { Facts } from '../model/fact.ts';
import { defineModule, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { connectionOf, loginAliases, loginParams, preamble } from './mysql/login-params.ts';
import { needServer } from './mysql/server.ts';
import { boolean } from './params/boolean.ts';
import { text } from './params/text.ts';
import { textList } from './params/text-list.ts';

/** Such a task fails when its turn comes, whatever else it says. */
const ofDumps = () => z.unknown().optional().describe('Of dumps and imports, which are not supported.');

const params = z
  .strictObject({
    name: textList().describe('Databases to manage.'),
    state: z
      .enum(['present', 'absent', 'dump', 'import'], { error: 'expected present or absent' })
      .default('present')
      .describe(
        'Whether they are to be there. `absent` drops them with all that is in them. `dump` and `import` are not supported: such a task fails when its turn comes.',
      ),
    encoding: text()
      .default('')
      .describe('Character set of new ones: `utf8mb4`. Those that are there are left alone.'),
    collation: text()
      .default('')
      .describe('Collation of new ones: `utf8mb4_unicode_ci`. Those that are there are left alone.'),
    target: ofDumps(),
    single_transaction: ofDumps(),
    quick: ofDumps(),
    ignore_tables: ofDumps(),
    hex_blob: ofDumps(),
    force: ofDumps(),
    master_data: ofDumps(),
    skip_lock_tables: ofDumps(),
    dump_extra_args: ofDumps(),
    use_shell: ofDumps(),
    unsafe_login_password: ofDumps(),
    restrict_config_file: ofDumps(),
    chdir: ofDumps(),
    pipefail: ofDumps(),
    config_overrides_defaults: boolean()
      .optional()
      .describe('Accepted and without effect: what the option files say holds where the task says nothing.'),
    ...loginParams,
  })
  .refine(({ name, state }) => !name.includes('all') || !['present', 'absent'].includes(state), {
    error: '"all" is no name of a database here',
  });

type Params = z.infer<typeof params>;

const keyOf = (p: Params) => mysql(connectionOf(p));

const creation = (name: string, { encoding, collation }: Params): string =>
  [
    `CREATE DATABASE ${mysqlIdentifier(name)}`,
    ...(encoding === '' ? [] : [`CHARACTER SET ${mysqlLiteral(encoding)}`]),
    ...(collation === '' ? [] : [`COLLATE ${mysqlLiteral(collation)}`]),
  ].join(' ');

const without = (databases: MysqlFact['databases'], names: readonly string[]): MysqlFact['databases'] =>
  Object.fromEntries(Object.entries(databases).filter(([name]) => !names.includes(name)));

const plan = (p: Params, facts: Facts): TaskPlan => {
  if (p.state === 'dump' || p.state === 'import')
    throw new TaskFailure(`state: ${p.state} is not supported: use a command with creates, or a shell task`);
  const server = needServer(facts, keyOf(p));
  const isWanted = p.state === 'present';
  const names = p.name.filter((name) => Object.hasOwn(server.databases, name) !== isWanted);
  const result = { db: p.name.join(' '), db_list: p.name };
  if (names.length === 0) return { actions: [], result: { ...result, executed_commands: [] } };
  const statements = names.map((name) =>
    isWanted ? creation(name, p) : `DROP DATABASE ${mysqlIdentifier(name)}`,
  );
  const { encoding, collation } = p;
  const made = Object.fromEntries(names.map((name) => [name, { encoding, collation }]));
  const action = runMysqlAction({
    connection: connectionOf(p),
    statements: [...preamble(p), ...statements],
    summary: `${isWanted ? 'create' : 'drop'} database ${names.join(', ')}`,
    changes: names.map((name) => ({ summary: `${isWanted ? 'create' : 'drop'} database ${name}` })),
    predicts: [
      {
        key: keyOf(p),
        value: {
          ...server,
          databases: isWanted ? { ...server.databases, ...made } : without(server.databases, names),
        },
      },
    ],
  });
  return { actions: [action], result: { ...result, executed_commands: statements } };
};

/** Databases of a MySQL or MariaDB server. */
export const mysqlDb = defineModule({
  name: 'mysql_db',
  summary: 'Makes and drops databases of a MySQL or MariaDB server on the host.',
  examples: `- name: A database, by root's login at the socket
  mysql_db:
    name: shop
    encoding: utf8mb4
    collation: utf8mb4_unicode_ci
    login_unix_socket: /run/mysqld/mysqld.sock

- name: No database for everybody
  mysql_db: { name: test, state: absent }
`,
  params,
  aliases: { db: 'name', ...loginAliases },
  secrets: ['login_password'],
  facts: (p) => [keyOf(p)],
  plan,
});
