import { runMysqlAction } from '../actions/run-mysql.ts';
import { mysql } from '../facts/mysql.ts';
import type { MysqlAccount, MysqlFact } from '../facts/mysql-answer.ts';
import { mysqlLiteral } from '../facts/mysql-client.ts';
import type { FactKey, Facts } from '../model/fact.ts';
import { defineModule, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { sha1 } from '../util/sha1.ts';
import { connectionOf, loginAliases, preamble } from './mysql/login-params.ts';
import {
  grantsAfter,
  type PrivilegeMode,
  parseGrants,
  parsePriv,
  privilegeChanges,
  privilegeStatements,
} from './mysql/privileges.ts';
import { needServer } from './mysql/server.ts';
import { mysqlUserParams, type MysqlUserParams as Params } from './mysql/user-params.ts';

const keyOf = (p: Params): FactKey<MysqlFact> => mysql(connectionOf(p), p.name);

const hashOf = (password: string): string => {
  const encode = new TextEncoder();
  const first = sha1(encode.encode(password));
  const bytes = Uint8Array.from(first.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return `*${sha1(bytes).toUpperCase()}`;
};

/** How somebody logs in. */
type Login = Pick<MysqlAccount, 'plugin' | 'hash'>;

/** @throws TaskFailure when what is said to be encrypted is not */
const wantedLogin = (p: Params): Login | undefined => {
  const { password = '', encrypted, plugin, plugin_hash_string: hash } = p;
  if (password !== '') {
    if (encrypted && !/^\*[0-9A-Fa-f]{40}$/.test(password))
      throw new TaskFailure(
        'password is said to be encrypted and is not as the server keeps it: "*" and 40 hex digits (SELECT PASSWORD(…) gives them)',
      );
    return { plugin: 'mysql_native_password', hash: encrypted ? password.toUpperCase() : hashOf(password) };
  }
  return plugin === undefined ? undefined : { plugin, hash: hash ?? '' };
};

const identified = ({ plugin, hash }: Login): string =>
  `IDENTIFIED WITH ${plugin}${hash === '' ? '' : ` AS ${mysqlLiteral(hash)}`}`;

const requiresOf = (given: Params['tls_requires']): MysqlAccount['requires'] => {
  const all = Object.fromEntries(
    Object.entries(given ?? {}).map(([key, value]) => [key.toUpperCase(), value ?? '']),
  );
  const named = Object.entries(all).filter(([key]) => ['CIPHER', 'ISSUER', 'SUBJECT'].includes(key));
  if (named.length > 0) return Object.fromEntries(named);
  if (Object.keys(all).length === 0) return {};
  return 'X509' in all ? { X509: '' } : { SSL: '' };
};

const requireClause = (requires: MysqlAccount['requires']): string => {
  const parts = Object.entries(requires).map(([key, value]) =>
    value === '' ? key : `${key} ${mysqlLiteral(value)}`,
  );
  return `REQUIRE ${parts.length === 0 ? 'NONE' : parts.join(' AND ')}`;
};

const isSame = (a: MysqlAccount['requires'], b: MysqlAccount['requires']): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([key, value]) => b[key] === value);

const nameOf = (user: string, host: string): string => `${mysqlLiteral(user)}@${mysqlLiteral(host)}`;

const told = (user: string, host: string): string => `${user === '' ? "''" : user}@${host}`;

/** What is to be done with one account. */
interface Work {
  readonly statements: readonly string[];
  readonly changes: readonly string[];
  readonly after: MysqlAccount | undefined;
  readonly setsPassword: boolean;
}

const modeOf = (p: Params): PrivilegeMode =>
  p.append_privs ? 'append' : p.subtract_privs ? 'subtract' : 'replace';

const privilegeWork = (p: Params, grants: readonly string[], name: string) => {
  if (p.priv === undefined) return { statements: [], changes: [], grants };
  const has = parseGrants(grants);
  const changes = privilegeChanges(has, parsePriv(p.priv), modeOf(p), p.name === 'root');
  return {
    statements: changes.flatMap((change) => privilegeStatements(change, name)),
    changes: changes.flatMap(({ target, grant, revoke }) => [
      ...(revoke.length > 0 ? [`revoke ${revoke.join(', ')} on ${target}`] : []),
      ...(grant.length > 0 ? [`grant ${grant.join(', ')} on ${target}`] : []),
    ]),
    grants: grantsAfter(has, changes),
  };
};

const loginText = ({ plugin }: Login): string =>
  plugin === 'mysql_native_password' ? 'password set' : `login by ${plugin}`;

/** A password is compared by its hash alone, as by Ansible; where that is right, the plugin is. */
const isAsWanted = (wanted: Login, account: Login, p: Params): boolean =>
  (p.password ?? '') !== ''
    ? wanted.hash === account.hash.toUpperCase()
    : wanted.plugin === account.plugin && (wanted.hash === '' || wanted.hash === account.hash);

const changeAccount = (p: Params, account: MysqlAccount): Work => {
  const name = nameOf(p.name, account.host);
  const login = p.update_password === 'always' ? wantedLogin(p) : undefined;
  const setsLogin = login !== undefined && !isAsWanted(login, account, p);
  const requires = requiresOf(p.tls_requires);
  const setsRequires = !isSame(requires, account.requires);
  const privileges = privilegeWork(p, account.grants, name);
  const statements = [
    ...(setsLogin ? [`ALTER USER ${name} ${identified(login)}`] : []),
    ...privileges.statements,
    ...(setsRequires ? [`ALTER USER ${name} ${requireClause(requires)}`] : []),
  ];
  const changes = [
    ...(setsLogin ? [loginText(login)] : []),
    ...privileges.changes,
    ...(setsRequires ? [requireClause(requires).toLowerCase()] : []),
  ];
  const after = {
    ...account,
    ...(setsLogin ? login : {}),
    requires,
    grants: privileges.grants,
  };
  return {
    statements,
    changes: changes.map((change) => `${told(p.name, account.host)}: ${change}`),
    after,
    setsPassword: setsLogin,
  };
};

/** The login of the other accounts of the name, where they have one in common. */
const commonLogin = (accounts: readonly MysqlAccount[]): Login | undefined => {
  const [first, ...rest] = accounts;
  if (first === undefined) return undefined;
  const isCommon = rest.every(({ plugin, hash }) => plugin === first.plugin && hash === first.hash);
  return isCommon ? { plugin: first.plugin, hash: first.hash } : undefined;
};

const addAccount = (p: Params, accounts: readonly MysqlAccount[]): Work => {
  if (p.host_all) throw new TaskFailure('host_all cannot be used to make an account: say its host');
  const reused = p.update_password === 'on_new_username' ? commonLogin(accounts) : undefined;
  const login = reused ?? wantedLogin(p);
  const requires = requiresOf(p.tls_requires);
  const name = nameOf(p.name, p.host);
  const privileges = p.subtract_privs
    ? { statements: [], changes: [], grants: [] }
    : privilegeWork(p, [], name);
  const clauses = [
    ...(login === undefined ? [] : [identified(login)]),
    ...(Object.keys(requires).length === 0 ? [] : [requireClause(requires)]),
  ];
  return {
    statements: [['CREATE USER', name, ...clauses].join(' '), ...privileges.statements],
    changes: [
      `create user ${told(p.name, p.host)}`,
      ...privileges.changes.map((change) => `${told(p.name, p.host)}: ${change}`),
    ],
    after: {
      host: p.host,
      plugin: login?.plugin ?? 'mysql_native_password',
      hash: login?.hash ?? '',
      requires,
      grants: privileges.grants,
    },
    setsPassword: reused === undefined,
  };
};

const dropAccount = (p: Params, { host }: MysqlAccount): Work => ({
  statements: [`DROP USER ${nameOf(p.name, host)}`],
  changes: [`drop user ${told(p.name, host)}`],
  after: undefined,
  setsPassword: false,
});

const planned = (p: Params, accounts: readonly MysqlAccount[]) => {
  const meant = accounts.filter(({ host }) => p.host_all || host === p.host);
  if (p.state === 'absent')
    return { meant, works: meant.map((account) => dropAccount(p, account)), msg: 'User deleted' };
  if (meant.length === 0) return { meant, works: [addAccount(p, accounts)], msg: 'User added' };
  return { meant, works: meant.map((account) => changeAccount(p, account)), msg: 'User changed' };
};

const plan = (p: Params, facts: Facts): TaskPlan => {
  const server = needServer(facts, keyOf(p));
  const accounts = server.accounts[p.name] ?? [];
  const { meant, works, msg } = planned(p, accounts);
  const statements = works.flatMap((work) => work.statements);
  const unchanged = p.state === 'absent' ? "User doesn't exist" : 'User unchanged';
  const result = {
    user: p.name,
    msg: statements.length === 0 ? unchanged : msg,
    password_changed: works.some(({ setsPassword }) => setsPassword),
    attributes: null,
  };
  if (statements.length === 0) return { actions: [], result };
  const after = [
    ...accounts.filter((account) => !meant.includes(account)),
    ...works.flatMap((work) => work.after ?? []),
  ];
  const changes = works.flatMap((work) => work.changes);
  const action = runMysqlAction({
    connection: connectionOf(p),
    statements: [...preamble(p), ...statements],
    summary: changes[0] ?? `change user ${p.name}`,
    changes: changes.map((summary) => ({ summary })),
    predicts: [{ key: keyOf(p), value: { ...server, accounts: { ...server.accounts, [p.name]: after } } }],
  });
  return { actions: [action], result };
};

/** Accounts of a MySQL or MariaDB server. */
export const mysqlUser = defineModule({
  name: 'mysql_user',
  summary:
    'Makes, changes and drops accounts of a MySQL or MariaDB server on the host, with their privileges.',
  examples: `- name: A user of one database
  mysql_user:
    name: shop
    password: "{{ shop_password }}"
    priv: "shop.*:ALL"

- name: One that only looks, by a login of root at the socket
  mysql_user:
    name: monitor
    host: "%"
    password: "{{ monitor_password }}"
    priv: { "*.*": "PROCESS,REPLICATION CLIENT", "shop.orders": "SELECT" }
    login_unix_socket: /run/mysqld/mysqld.sock

- name: Nobody without a name
  mysql_user: { name: "", host_all: true, state: absent }
`,
  params: mysqlUserParams,
  aliases: { user: 'name', ...loginAliases },
  secrets: ['password', 'login_password', 'plugin_hash_string'],
  facts: (p) => [keyOf(p)],
  plan,
});
