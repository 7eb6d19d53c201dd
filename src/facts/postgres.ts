import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { FactFailure, StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { parseNumberedAnswers } from './numbered-answers.ts';

/** How psql on the host reaches a server. */
export interface PostgresConnection {
  /** Database role, and the account that psql runs as when the script is root's and no `host` is given. */
  readonly user: string;
  /** A name or address for TCP, a folder (`/run/postgresql`) for a socket; undefined: psql's default socket. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly password?: string | undefined;
}

export interface PostgresRole {
  readonly superuser: boolean;
  readonly createrole: boolean;
  readonly createdb: boolean;
  readonly inherit: boolean;
  readonly login: boolean;
  readonly replication: boolean;
  readonly bypassrls: boolean;
  /** -1: no limit. */
  readonly connLimit: number;
  /** Seconds since 1970; null: never. */
  readonly validUntil: number | null;
  readonly comment: string | null;
  /** The stored verifier (`SCRAM-SHA-256$…`, `md5…`), null: no password; undefined: not asked for, or not ours to read. */
  readonly verifier?: string | null | undefined;
}

export interface PostgresDatabase {
  readonly owner: string;
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  /** -1: no limit. */
  readonly connLimit: number;
  readonly tablespace: string;
}

/** A server with its roles and databases. Absent: there is no psql on the host, or no server answers. */
export interface PostgresFact {
  /** `170004` for 17.4. */
  readonly version: number;
  readonly roles: Readonly<Record<string, PostgresRole>>;
  readonly databases: Readonly<Record<string, PostgresDatabase>>;
}

interface Input {
  readonly connection: PostgresConnection;
  /** Roles whose verifier is asked for. */
  readonly verifiers: readonly string[];
}

/**
 * The fact "what roles and databases this server has".
 *
 * @param verifierOf  bring the stored verifier of this role's password too
 */
export const postgres = (connection: PostgresConnection, verifierOf?: string): FactKey<PostgresFact> => ({
  kind: 'postgres',
  id: `${connection.user}@${connection.host ?? ''}:${connection.port ?? ''}`,
  input: { connection, verifiers: verifierOf === undefined ? [] : [verifierOf] } satisfies Input,
});

const inputOf = (key: FactKey<PostgresFact>): Input => key.input as Input;

/** A text as an SQL literal. Standard-conforming strings are on in every server since 9.1. @throws Error on a NUL */
export const sqlLiteral = (text: string): string => {
  if (text.includes('\0')) throw new Error('a NUL byte cannot be passed to PostgreSQL');
  return `'${text.replaceAll("'", "''")}'`;
};

/** A name as an SQL identifier, whatever it is made of. @throws Error on a NUL */
export const sqlIdentifier = (name: string): string => {
  if (name.includes('\0')) throw new Error('a NUL byte cannot be passed to PostgreSQL');
  return `"${name.replaceAll('"', '""')}"`;
};

/**
 * sh that runs the SQL, which travels on standard input, as does the password. At a socket psql runs as the account
 * of the database role's name (peer authentication) when the script is root's.
 */
export const runSql = (connection: PostgresConnection, sql: string, database = 'postgres'): Sh => {
  const { user, host, port, password } = connection;
  const options = [
    ...['-X', '-A', '-t', '-q', '-w', '-v', 'ON_ERROR_STOP=1', '-U', user, '-d', database],
    ...(host === undefined ? [] : ['-h', host]),
    ...(port === undefined ? [] : ['-p', port]),
  ];
  const overSocket = host === undefined || host.startsWith('/');
  return joinSh([
    rawSh('('),
    ...(password === undefined ? [] : [sh`export PGPASSWORD=${password}`]),
    overSocket
      ? sh`if [ "$(id -u)" = 0 ] && id -u -- ${user} >/dev/null 2>&1; then set -- runuser -u ${user} --; else set --; fi`
      : rawSh('set --'),
    sh`cd /
printf '%s\n' ${sql} | "$@" psql ${options} )`,
  ]);
};

/** NOTE: `json_object_agg` gives null for no rows, hence the coalesce; `pg_authid` is readable for superusers only. */
const query = (verifiers: readonly string[]): string => `select json_build_object(
'version', current_setting('server_version_num')::int,
'roles', (select coalesce(json_object_agg(r.rolname, json_build_object('superuser', r.rolsuper, 'createrole', r.rolcreaterole,
'createdb', r.rolcreatedb, 'inherit', r.rolinherit, 'login', r.rolcanlogin, 'replication', r.rolreplication,
'bypassrls', r.rolbypassrls, 'connLimit', r.rolconnlimit,
'validUntil', case when r.rolvaliduntil = 'infinity' then null else extract(epoch from r.rolvaliduntil) end,
'comment', shobj_description(r.oid, 'pg_authid'))), '{}') from pg_roles r where r.rolname !~ '^pg_'),
'databases', (select coalesce(json_object_agg(d.datname, json_build_object('owner', pg_get_userbyid(d.datdba),
'encoding', pg_encoding_to_char(d.encoding), 'collate', d.datcollate, 'ctype', d.datctype, 'connLimit', d.datconnlimit,
'tablespace', t.spcname)), '{}') from pg_database d join pg_tablespace t on t.oid = d.dattablespace));
${verifiers.length === 0 ? '' : `select coalesce(json_object_agg(rolname, rolpassword), '{}') from pg_authid where rolname in (${verifiers.map(sqlLiteral).join(', ')});`}`;

/**
 * Output, a block a server: `= <index> <status>`, the lines of psql (a JSON object, and a second one with the
 * verifiers), and `! <complaint>` for each line of its standard error. Status 127: there is no psql; 2: no connection.
 */
const script = (keys: readonly FactKey<PostgresFact>[]): Sh =>
  joinSh(
    keys.map((key, index) => {
      const { connection, verifiers } = inputOf(key);
      return sh`if command -v psql >/dev/null; then
answer=$( { ${runSql(connection, query(verifiers))} 2>&1 1>&3 | sed 's/^/! /'; } 3>&1); printf '= %s\n%s\n' ${index} "$answer"
else echo ${`= ${index} none`}; fi`;
    }),
  );

/** What psql says when nothing listens; with `role … does not exist` and the like somebody answered. */
const nobody =
  /could not connect to server|Connection refused|No such file or directory|the database system is (starting up|shutting down)/;

interface Answer {
  version: number;
  roles: Record<string, PostgresRole>;
  databases: Record<string, PostgresDatabase>;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hasKinds = (value: unknown, kinds: Readonly<Record<string, readonly string[]>>): boolean =>
  isRecord(value) &&
  Object.entries(kinds).every(([name, kind]) =>
    kind.includes(value[name] === null ? 'null' : typeof value[name]),
  );

const isEach = (value: unknown, kinds: Readonly<Record<string, readonly string[]>>): boolean =>
  isRecord(value) && Object.values(value).every((one) => hasKinds(one, kinds));

const [flag, number, text] = [['boolean'], ['number'], ['string']];

const isAnswer = (value: unknown): value is Answer =>
  isRecord(value) &&
  hasKinds(value, { version: number }) &&
  isEach(value['roles'], {
    ...{ superuser: flag, createrole: flag, createdb: flag, inherit: flag, login: flag },
    ...{ replication: flag, bypassrls: flag, connLimit: number },
    ...{ validUntil: ['number', 'string', 'null'], comment: ['string', 'null'] },
  }) &&
  isEach(value['databases'], {
    ...{ owner: text, encoding: text, collate: text, ctype: text, connLimit: number, tablespace: text },
  });

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new StrangeOutput(`unexpected answer of psql: ${JSON.stringify(line.slice(0, 200))}`, {
      cause: error,
    });
  }
};

/** Verifiers by role. */
const readVerifiers = (line: string): readonly (readonly [string, string | null])[] => {
  const answer = parseJson(line);
  const entries = isRecord(answer) ? Object.entries(answer) : [['', answer] as const];
  return entries.map(([name, verifier]) => {
    if (typeof verifier === 'string' || verifier === null) return [name, verifier];
    throw new StrangeOutput(`unexpected verifiers of psql: ${JSON.stringify(line.slice(0, 200))}`);
  });
};

const readAnswer = (lines: readonly string[]): Observed<PostgresFact> => {
  const complaints = lines.filter((line) => line.startsWith('! ')).map((line) => line.slice(2));
  const answers = lines.filter((line) => !line.startsWith('! '));
  if (answers.length === 0)
    return complaints.some((line) => nobody.test(line)) ? 'absent' : new FactFailure(complaints.join('\n'));
  const [first = '', second = '{}'] = answers;
  const answer = parseJson(first);
  if (!isAnswer(answer))
    throw new StrangeOutput(`unexpected answer of psql: ${JSON.stringify(first.slice(0, 200))}`);
  for (const [name, verifier] of readVerifiers(second)) {
    const role = Object.hasOwn(answer.roles, name) ? answer.roles[name] : undefined;
    if (role !== undefined) answer.roles[name] = { ...role, verifier };
  }
  return answer;
};

const parse = (
  output: string,
  keys: readonly FactKey<PostgresFact>[],
): ReadonlyMap<string, Observed<PostgresFact>> => parseNumberedAnswers(output, keys, 'psql', readAnswer);

/** One psql a server. */
export const postgresServers: FactKind<PostgresFact> = {
  kind: 'postgres',
  script,
  parse,
  merge: (first, second) => ({
    ...first,
    input: {
      connection: { ...inputOf(first).connection, ...inputOf(second).connection },
      verifiers: [...new Set([...inputOf(first).verifiers, ...inputOf(second).verifiers])].sort(),
    } satisfies Input,
  }),
  lasting: ({ roles, databases }) => ({
    roles: Object.fromEntries(Object.entries(roles).map(([name, { verifier: _, ...role }]) => [name, role])),
    databases,
  }),
};
