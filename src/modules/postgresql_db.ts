import { z } from 'zod';
import { runSqlAction } from '../actions/run-sql.ts';
import {
  type PostgresDatabase,
  type PostgresFact,
  postgres,
  sqlIdentifier,
  sqlLiteral,
} from '../facts/postgres.ts';
import type { Facts } from '../model/fact.ts';
import { defineModule, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { refused } from './params/refused.ts';
import { text } from './params/text.ts';
import { connectionOf, loginAliases, loginParams } from './postgresql/login-params.ts';
import { needServer } from './postgresql/server.ts';

const params = z.strictObject({
  name: text().describe('Database to manage.'),
  owner: text()
    .optional()
    .describe('Role that owns it. A new one belongs to `login_user`; left alone when absent.'),
  encoding: text().optional().describe('Encoding: `UTF8`. Cannot be changed later: another one is an error.'),
  lc_collate: text().optional().describe('Order of texts: `C`. Cannot be changed later.'),
  lc_ctype: text().optional().describe('Classes of characters: `C`. Cannot be changed later.'),
  template: text()
    .optional()
    .describe("Template of a new one: `template0` where encoding or locale differ from the server's."),
  tablespace: text().optional().describe('Tablespace. Left alone when absent.'),
  conn_limit: integer().optional().describe('Connections at a time; -1: no limit. Left alone when absent.'),
  state: z
    .enum(['present', 'absent'], {
      error: 'expected present or absent; dumps and restores are for a command with creates',
    })
    .default('present')
    .describe('Whether it is to be there. `absent` drops it with all that is in it.'),
  force: boolean()
    .default(false)
    .describe('With `absent`: even while somebody is connected (PostgreSQL 13 and up).'),
  maintenance_db: text().default('postgres').describe('Database to connect to.'),
  trust_input: boolean()
    .optional()
    .describe("Accepted for Ansible's sake: names and texts are always quoted."),
  ...loginParams,
  target: refused('dumps and restores are for a command with creates'),
  session_role: refused('log in as that role'),
});

type Params = z.infer<typeof params>;

const keyOf = (p: Params) => postgres(connectionOf(p));

/** `UTF-8`, `utf8` and `UNICODE` are one encoding. */
const encodingName = (name: string): string => {
  const plain = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  return plain === 'UNICODE' ? 'UTF8' : plain;
};

/** `en_US.UTF-8` and `en_US.utf8` are one locale. */
const localeName = (name: string): string => {
  const [language = '', codeset] = name.split('.');
  return codeset === undefined ? language : `${language}.${encodingName(codeset)}`;
};

const refuseDifference = (p: Params, database: PostgresDatabase): void => {
  const fixed = [
    ['encoding', p.encoding, database.encoding, encodingName],
    ['lc_collate', p.lc_collate, database.collate, localeName],
    ['lc_ctype', p.lc_ctype, database.ctype, localeName],
  ] as const;
  for (const [param, wanted, found, normalize] of fixed) {
    if (wanted === undefined || normalize(wanted) === normalize(found)) continue;
    throw new TaskFailure(
      `database ${p.name} has ${param} ${found}, and it cannot be changed to ${wanted}: dump it, drop it and restore it into a new one`,
    );
  }
};

const after = (p: Params, before: PostgresDatabase | undefined): PostgresDatabase => ({
  owner: p.owner ?? before?.owner ?? p.login_user,
  encoding: before?.encoding ?? p.encoding ?? 'UTF8',
  collate: before?.collate ?? p.lc_collate ?? '',
  ctype: before?.ctype ?? p.lc_ctype ?? '',
  connLimit: p.conn_limit ?? before?.connLimit ?? -1,
  tablespace: p.tablespace ?? before?.tablespace ?? 'pg_default',
});

const creation = (p: Params): string =>
  [
    `CREATE DATABASE ${sqlIdentifier(p.name)}`,
    ...(p.owner === undefined ? [] : [`OWNER ${sqlIdentifier(p.owner)}`]),
    ...(p.template === undefined ? [] : [`TEMPLATE ${sqlIdentifier(p.template)}`]),
    ...(p.encoding === undefined ? [] : [`ENCODING ${sqlLiteral(p.encoding)}`]),
    ...(p.lc_collate === undefined ? [] : [`LC_COLLATE ${sqlLiteral(p.lc_collate)}`]),
    ...(p.lc_ctype === undefined ? [] : [`LC_CTYPE ${sqlLiteral(p.lc_ctype)}`]),
    ...(p.tablespace === undefined ? [] : [`TABLESPACE ${sqlIdentifier(p.tablespace)}`]),
    ...(p.conn_limit === undefined ? [] : [`CONNECTION LIMIT ${p.conn_limit}`]),
  ].join(' ');

interface Alteration {
  readonly statement: string;
  readonly summary: string;
}

const alterations = (p: Params, before: PostgresDatabase): readonly Alteration[] => {
  const alter = `ALTER DATABASE ${sqlIdentifier(p.name)}`;
  const { owner, conn_limit: limit, tablespace } = p;
  return [
    ...(owner !== undefined && owner !== before.owner
      ? [
          {
            statement: `${alter} OWNER TO ${sqlIdentifier(owner)}`,
            summary: `owner ${before.owner} -> ${owner}`,
          },
        ]
      : []),
    ...(limit !== undefined && limit !== before.connLimit
      ? [
          {
            statement: `${alter} CONNECTION LIMIT ${limit}`,
            summary: `connection limit ${before.connLimit} -> ${limit}`,
          },
        ]
      : []),
    ...(tablespace !== undefined && tablespace !== before.tablespace
      ? [
          {
            statement: `${alter} SET TABLESPACE ${sqlIdentifier(tablespace)}`,
            summary: `tablespace ${before.tablespace} -> ${tablespace}`,
          },
        ]
      : []),
  ];
};

const needOwner = (p: Params, server: PostgresFact): void => {
  if (p.owner !== undefined && server.roles[p.owner] === undefined)
    throw new TaskFailure(
      `there is no role ${p.owner}; a task with postgresql_user: name=${p.owner} makes it`,
    );
};

const planPresent = (p: Params, server: PostgresFact): TaskPlan => {
  const before = server.databases[p.name];
  if (before !== undefined) refuseDifference(p, before);
  needOwner(p, server);
  const creates = { statement: creation(p), summary: `create database ${p.name}` };
  const work = before === undefined ? [creates] : alterations(p, before);
  if (work.length === 0) return { actions: [] };
  const databases = { ...server.databases, [p.name]: after(p, before) };
  const action = runSqlAction({
    connection: connectionOf(p),
    database: p.maintenance_db,
    statements: work.map(({ statement }) => statement),
    summary: before === undefined ? creates.summary : `change database ${p.name}`,
    changes: work.map(({ summary }) => ({ summary })),
    predicts: [{ key: keyOf(p), value: { ...server, databases } }],
  });
  return { actions: [action] };
};

const planAbsent = (p: Params, server: PostgresFact): TaskPlan => {
  if (server.databases[p.name] === undefined) return { actions: [] };
  const databases = Object.fromEntries(Object.entries(server.databases).filter(([name]) => name !== p.name));
  const action = runSqlAction({
    connection: connectionOf(p),
    database: p.maintenance_db,
    statements: [`DROP DATABASE ${sqlIdentifier(p.name)}${p.force ? ' WITH (FORCE)' : ''}`],
    summary: `drop database ${p.name}`,
    changes: [{ summary: `drop database ${p.name}` }],
    predicts: [{ key: keyOf(p), value: { ...server, databases } }],
  });
  return { actions: [action] };
};

const plan = (p: Params, facts: Facts): TaskPlan => {
  const server = needServer(facts, keyOf(p));
  const planned = p.state === 'present' ? planPresent(p, server) : planAbsent(p, server);
  return { ...planned, result: { db: p.name } };
};

/** Databases of a PostgreSQL server. */
export const postgresqlDb = defineModule({
  name: 'postgresql_db',
  summary: 'Makes, changes and drops databases of a PostgreSQL server on the host.',
  examples: `- name: Synapse's database
  postgresql_db:
    name: synapse
    owner: matrix-synapse
    encoding: UTF8
    lc_collate: C
    lc_ctype: C
    template: template0
`,
  params,
  aliases: { db: 'name', ...loginAliases },
  secrets: ['login_password'],
  facts: (p) => [keyOf(p)],
  plan,
});
