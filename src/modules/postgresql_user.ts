import { z } from 'zod';
import { runSqlAction } from '../actions/run-sql.ts';
import {
  type PostgresFact,
  type PostgresRole,
  postgres,
  sqlIdentifier,
  sqlLiteral,
} from '../facts/postgres.ts';
import type { FactKey, Facts } from '../model/fact.ts';
import { defineModule, type TaskPlan } from '../model/module.ts';
import { md5 } from '../util/md5.ts';
import { matchesScramVerifier } from '../util/scram-sha-256.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { refused } from './params/refused.ts';
import { text } from './params/text.ts';
import { connectionOf, loginAliases, loginParams } from './postgresql/login-params.ts';
import { needServer } from './postgresql/server.ts';

const flags = [
  'superuser',
  'createrole',
  'createdb',
  'inherit',
  'login',
  'replication',
  'bypassrls',
] as const;
type Flag = (typeof flags)[number];

const isFlag = (word: string): word is Flag => (flags as readonly string[]).includes(word);

const flagWords = (list: string): readonly string[] =>
  list
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');

const privileges = 'grant privileges with a shell task that runs psql, guarded by unless';

const params = z.strictObject({
  name: text().describe('Role to manage.'),
  password: text()
    .optional()
    .describe(
      'Password; compared with what the server stores, never shown. An empty one removes it. Left alone when absent.',
    ),
  no_password_changes: boolean().default(false).describe('Set the password of a new role only.'),
  role_attr_flags: text()
    .default('')
    .refine((list) => flagWords(list).every((word) => isFlag(word) || isFlag(word.replace(/^no/, ''))), {
      error: `expected ${flags.map((flag) => flag.toUpperCase()).join(', ')}, each also with NO before it`,
    })
    .describe(
      'Attributes with commas between: `CREATEDB,NOSUPERUSER`. Others are left alone; a new role may log in.',
    ),
  conn_limit: integer().optional().describe('Connections at a time; -1: no limit. Left alone when absent.'),
  expires: text()
    .refine((date) => /^(infinity|never)$/i.test(date) || !Number.isNaN(Date.parse(date)), {
      error: 'expected a date, or infinity',
    })
    .optional()
    .describe(
      'When the password ends: `2030-01-31`, `2030-01-31T00:00:00Z`, `infinity`. UTC where no zone is given.',
    ),
  comment: text().optional().describe('Comment on the role.'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether it is to be there.'),
  login_db: text().default('postgres').describe('Database to connect to.'),
  encrypted: z
    .literal([true, 'yes', 'true'], { error: 'expected true: no server since 10 stores plain passwords' })
    .optional()
    .describe("Accepted for Ansible's sake: the server always stores a hash."),
  trust_input: boolean()
    .optional()
    .describe("Accepted for Ansible's sake: names and texts are always quoted."),
  ...loginParams,
  priv: refused(privileges),
  groups: refused(privileges),
  session_role: refused('log in as that role'),
});

type Params = z.infer<typeof params>;

const keyOf = (p: Params): FactKey<PostgresFact> =>
  postgres(connectionOf(p), p.password === undefined ? undefined : p.name);

const wantedFlags = (p: Params): Partial<Record<Flag, boolean>> =>
  Object.fromEntries(
    flagWords(p.role_attr_flags).map((word) =>
      isFlag(word) ? [word, true] : [word.replace(/^no/, ''), false],
    ),
  );

/** Seconds since 1970; null: never; undefined: not asked for. */
const wantedEnd = (p: Params): number | null | undefined => {
  if (p.expires === undefined) return undefined;
  if (/^(infinity|never)$/i.test(p.expires)) return null;
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(p.expires) || /^\d{4}-\d\d-\d\d$/.test(p.expires);
  return Date.parse(hasZone ? p.expires : `${p.expires.replace(' ', 'T')}Z`) / 1000;
};

const matchesPassword = (p: Params, password: string, role: PostgresRole): boolean => {
  const { verifier } = role;
  // What may not be read can't be compared: taken as right.
  if (verifier === undefined) return true;
  if (verifier === null || password === '') return verifier === null && password === '';
  if (verifier === password) return true;
  return matchesScramVerifier(password, verifier) ?? verifier === `md5${md5(`${password}${p.name}`)}`;
};

const newRole: PostgresRole = {
  superuser: false,
  createrole: false,
  createdb: false,
  inherit: true,
  login: true,
  replication: false,
  bypassrls: false,
  connLimit: -1,
  validUntil: null,
  comment: null,
  verifier: null,
};

const endText = (end: number | null): string =>
  end === null ? 'infinity' : new Date(end * 1000).toISOString();

interface Difference {
  /** After CREATE ROLE or ALTER ROLE and the name. */
  readonly clauses: readonly string[];
  readonly changes: readonly string[];
  readonly after: PostgresRole;
  readonly setsPassword: boolean;
  readonly setsComment: boolean;
}

const differenceOf = (p: Params, before: PostgresRole, isNew: boolean): Difference => {
  const changedFlags = Object.entries(wantedFlags(p)).filter(
    ([flag, wanted]) => before[flag as Flag] !== wanted,
  );
  const end = wantedEnd(p);
  const setsEnd = end !== undefined && end !== before.validUntil;
  const setsLimit = p.conn_limit !== undefined && p.conn_limit !== before.connLimit;
  const { password } = p;
  const setsPassword =
    password !== undefined &&
    (isNew ? password !== '' : !p.no_password_changes && !matchesPassword(p, password, before));
  const setsComment = p.comment !== undefined && p.comment !== (before.comment ?? '');
  const flagNames = changedFlags.map(([flag, wanted]) => `${wanted ? '' : 'NO'}${flag.toUpperCase()}`);
  return {
    clauses: [
      ...flagNames,
      ...(setsLimit ? [`CONNECTION LIMIT ${p.conn_limit}`] : []),
      ...(setsEnd ? [`VALID UNTIL ${sqlLiteral(endText(end))}`] : []),
      ...(setsPassword ? [`PASSWORD ${password === '' ? 'NULL' : sqlLiteral(password)}`] : []),
    ],
    changes: [
      ...flagNames,
      ...(setsLimit ? [`connection limit ${before.connLimit} -> ${p.conn_limit}`] : []),
      ...(setsEnd ? [`expires ${endText(before.validUntil)} -> ${endText(end)}`] : []),
      ...(setsPassword ? [password === '' ? 'password removed' : 'password set'] : []),
      ...(setsComment ? [`comment ${before.comment ?? '(none)'} -> ${p.comment}`] : []),
    ],
    after: {
      ...before,
      ...Object.fromEntries(changedFlags),
      connLimit: p.conn_limit ?? before.connLimit,
      validUntil: end === undefined ? before.validUntil : end,
      comment: p.comment ?? before.comment,
      // How the server will store it is its own affair: nothing to compare with before the next look.
      verifier: setsPassword ? undefined : before.verifier,
    },
    setsPassword,
    setsComment,
  };
};

const planPresent = (p: Params, server: PostgresFact): TaskPlan => {
  const before = server.roles[p.name];
  const difference = differenceOf(p, before ?? newRole, before === undefined);
  const { clauses, changes, after, setsPassword, setsComment } = difference;
  if (before !== undefined && changes.length === 0) return { actions: [] };
  const role = sqlIdentifier(p.name);
  // LOGIN is what CREATE USER adds to CREATE ROLE; a NOLOGIN among the flags stands against it.
  const creates = `CREATE ROLE ${role}${[
    after.login ? ' LOGIN' : '',
    ...clauses.filter((clause) => !/^(NO)?LOGIN$/.test(clause)),
  ]
    .filter((clause) => clause !== '')
    .map((clause) => ` ${clause.trim()}`)
    .join('')}`;
  const alters = clauses.length > 0 ? [`ALTER ROLE ${role} ${clauses.join(' ')}`] : [];
  const action = runSqlAction(
    {
      connection: connectionOf(p),
      database: p.login_db,
      statements: [
        ...(before === undefined ? [creates] : alters),
        ...(setsComment ? [`COMMENT ON ROLE ${role} IS ${sqlLiteral(p.comment ?? '')}`] : []),
      ],
      summary: before === undefined ? `create role ${p.name}` : `change role ${p.name}`,
      changes: (before === undefined
        ? [`create role ${p.name}${changes.length > 0 ? ` (${changes.join('; ')})` : ''}`]
        : changes
      ).map((summary) => ({ summary })),
      predicts: [{ key: keyOf(p), value: { ...server, roles: { ...server.roles, [p.name]: after } } }],
    },
    setsPassword,
  );
  return { actions: [action] };
};

const planAbsent = (p: Params, server: PostgresFact): TaskPlan => {
  if (server.roles[p.name] === undefined) return { actions: [] };
  const roles = Object.fromEntries(Object.entries(server.roles).filter(([name]) => name !== p.name));
  const action = runSqlAction({
    connection: connectionOf(p),
    database: p.login_db,
    statements: [`DROP ROLE ${sqlIdentifier(p.name)}`],
    summary: `drop role ${p.name}`,
    changes: [{ summary: `drop role ${p.name}` }],
    predicts: [{ key: keyOf(p), value: { ...server, roles } }],
  });
  return { actions: [action] };
};

const plan = (p: Params, facts: Facts): TaskPlan => {
  const server = needServer(facts, keyOf(p));
  const planned = p.state === 'present' ? planPresent(p, server) : planAbsent(p, server);
  return { ...planned, result: { user: p.name } };
};

/** Roles of a PostgreSQL server. */
export const postgresqlUser = defineModule({
  name: 'postgresql_user',
  summary: 'Makes, changes and drops roles of a PostgreSQL server on the host.',
  examples: `- name: Role of Synapse, by peer authentication
  postgresql_user:
    name: matrix-synapse
    role_attr_flags: NOSUPERUSER,NOCREATEDB

- name: A role that only reads, for the monitoring
  postgresql_user:
    name: monitor
    password: "{{ monitor_password }}"
    conn_limit: 3
`,
  params,
  aliases: { user: 'name', db: 'login_db', ...loginAliases },
  secrets: ['password', 'login_password'],
  facts: (p) => [keyOf(p)],
  plan,
});
