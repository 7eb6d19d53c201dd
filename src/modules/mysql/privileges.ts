import { mysqlIdentifier } from '../../facts/mysql-client.ts';
import { TaskFailure } from '../../model/task-failure.ts';

/** Privileges on one target, as they are compared: canonical names, `GRANT` for the grant option, without `USAGE`. */
export type Privileges = ReadonlyMap<string, string>;

/** By target as SQL has it: `*.*`, `` `shop`.* ``, `` FUNCTION `shop`.`total` ``. */
export type Targets = ReadonlyMap<string, Privileges>;

/** One thing under several names: a server shows the last it has given it. */
const otherNames: Readonly<Record<string, string>> = {
  'ALL PRIVILEGES': 'ALL',
  'GRANT OPTION': 'GRANT',
  'REPLICATION CLIENT': 'BINLOG MONITOR',
  'REPLICATION REPLICA': 'REPLICATION SLAVE',
  'REPLICATION REPLICA ADMIN': 'REPLICATION SLAVE ADMIN',
  'REPLICA MONITOR': 'SLAVE MONITOR',
  'DELETE VERSIONING ROWS': 'DELETE HISTORY',
};

/** Columns are in whatever order and case. */
const canonical = (privilege: string): string => {
  const [, name = privilege, columns] = /^([^(]*?)\s*\((.*)\)$/.exec(privilege) ?? [];
  const known = name.trim().toUpperCase().replaceAll(/\s+/g, ' ');
  if (columns === undefined) return otherNames[known] ?? known;
  const names = columns.split(',').map((column) => column.trim().replaceAll('`', '').toLowerCase());
  return `${known} (${names.sort().join(', ')})`;
};

/** Cuts at commas that are not between parentheses. */
const splitList = (list: string): readonly string[] =>
  list
    .split(/,(?![^(]*\))/)
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** It becomes a part of a statement as it is. @throws TaskFailure */
const checkWords = (privilege: string): string => {
  if (/^[\w ]+(?:\([\w`$, ]+\))?$/.test(privilege)) return privilege;
  throw new TaskFailure(`priv: "${privilege}" is no privilege`);
};

/** By canonical name, each as it was written. */
const privilegesOf = (list: string): Privileges =>
  new Map(
    splitList(list)
      .map(checkWords)
      .map((privilege): [string, string] => [canonical(privilege), privilege])
      .filter(([name]) => name !== 'USAGE'),
  );

const add = (targets: Map<string, Privileges>, target: string, privileges: Privileges): void => {
  targets.set(target, new Map([...(targets.get(target) ?? []), ...privileges]));
};

const quoted = '`(?:[^`]|``)*`';
const grantLine = new RegExp(
  `^GRANT (.+?) ON ((?:(?:FUNCTION|PROCEDURE|PACKAGE BODY|PACKAGE) )?(?:\\*|${quoted})\\.(?:\\*|${quoted})) TO (.*)$`,
);

/** What the lines of SHOW GRANTS come to; those on roles and proxies are not ours. */
export const parseGrants = (lines: readonly string[]): Targets => {
  const targets = new Map<string, Privileges>([['*.*', new Map()]]);
  for (const line of lines) {
    const [, list, target, rest = ''] = grantLine.exec(line) ?? [];
    if (list === undefined || target === undefined) continue;
    const isGrantable = /\bWITH (?:.* )?GRANT OPTION\b/.test(rest);
    add(
      targets,
      target,
      new Map([...privilegesOf(list), ...(isGrantable ? [['GRANT', 'GRANT'] as const] : [])]),
    );
  }
  return targets;
};

const quote = (name: string): string => {
  const bare = name.replaceAll(/^`|`$/g, '').replaceAll('``', '`');
  return bare === '*' ? '*' : mysqlIdentifier(bare);
};

/** `db.table`, each with or without backticks, perhaps with what kind of routine it is before it. */
const targetOf = (text: string): string => {
  const [, kind = '', whole = text] = /^(FUNCTION |PROCEDURE )?(.*)$/.exec(text) ?? [];
  const dot = whole.lastIndexOf('.');
  if (dot === -1)
    throw new TaskFailure(`priv: "${text}" is no database and table: "shop.*", "shop.orders", "*.*"`);
  return `${kind}${quote(whole.slice(0, dot))}.${quote(whole.slice(dot + 1))}`;
};

/**
 * What `priv` wants: `db.table:PRIV,PRIV/db.table:PRIV`, or the same as a mapping.
 *
 * @throws TaskFailure for what is neither
 */
export const parsePriv = (priv: string | Readonly<Record<string, string>>): Targets => {
  const pairs =
    typeof priv === 'string'
      ? priv
          .trim()
          .split('/')
          .map((item) => {
            const at = item.lastIndexOf(':');
            if (at === -1)
              throw new TaskFailure(`priv: "${item}" has no privileges: write "shop.*:SELECT,INSERT"`);
            return [item.slice(0, at).trim(), item.slice(at + 1)] as const;
          })
      : Object.entries(priv);
  const targets = new Map<string, Privileges>();
  for (const [target, list] of pairs) add(targets, targetOf(target), privilegesOf(list));
  return targets;
};

/** What is to be granted and revoked on one target: privileges as they are written. */
export interface PrivilegeChange {
  readonly target: string;
  readonly grant: readonly string[];
  readonly revoke: readonly string[];
}

export type PrivilegeMode = 'replace' | 'append' | 'subtract';

const nothing: Privileges = new Map();

/** `ALL` has everything in it but the right to give it on. */
const lacking = (wanted: Privileges, has: Privileges): readonly string[] =>
  [...wanted]
    .filter(([name]) => !has.has(name) && (name === 'GRANT' || !has.has('ALL')))
    .map(([, written]) => written);

const changeOf = (
  target: string,
  has: Privileges,
  wanted: Privileges,
  mode: PrivilegeMode,
): PrivilegeChange => {
  if (mode === 'subtract')
    return {
      target,
      grant: [],
      revoke: [...has].filter(([name]) => wanted.has(name)).map(([, text]) => text),
    };
  if (mode === 'append') return { target, grant: lacking(wanted, has), revoke: [] };
  const surplus = [...has].filter(([name]) => !wanted.has(name));
  const grant = [...wanted].filter(([name]) => !has.has(name)).map(([, written]) => written);
  // What ALL has in it is not taken away before.
  const revoke = surplus
    .filter(([name]) => name === 'GRANT' || !wanted.has('ALL'))
    .map(([, written]) => written);
  return { target, grant, revoke };
};

/**
 * What is to be done so that an account has these privileges.
 *
 * @param keepsOthers  targets that are not named are left alone: so it is for root, as by Ansible
 */
export const privilegeChanges = (
  has: Targets,
  wanted: Targets,
  mode: PrivilegeMode,
  keepsOthers: boolean,
): readonly PrivilegeChange[] => {
  const named =
    mode === 'replace' && !wanted.has('*.*') ? new Map([...wanted, ['*.*', nothing] as const]) : wanted;
  const others =
    mode === 'replace' && !keepsOthers ? [...has.keys()].filter((target) => !named.has(target)) : [];
  return [
    ...others.map((target) => changeOf(target, has.get(target) ?? nothing, nothing, mode)),
    ...[...named].map(([target, privileges]) =>
      changeOf(target, has.get(target) ?? nothing, privileges, mode),
    ),
  ].filter(({ grant, revoke }) => grant.length + revoke.length > 0);
};

/** The lines of SHOW GRANTS once that is done, as `parseGrants` reads them. */
export const grantsAfter = (has: Targets, changes: readonly PrivilegeChange[]): readonly string[] => {
  const targets = new Map(has);
  for (const { target, grant, revoke } of changes) {
    const left = new Map(targets.get(target));
    for (const privilege of revoke) left.delete(canonical(privilege));
    for (const privilege of grant) left.set(canonical(privilege), privilege);
    targets.set(target, left);
  }
  return [...targets].map(([target, privileges]) => {
    const list = [...privileges].filter(([name]) => name !== 'GRANT').map(([, written]) => written);
    const option = privileges.has('GRANT') ? ' WITH GRANT OPTION' : '';
    return `GRANT ${list.length > 0 ? list.join(', ') : 'USAGE'} ON ${target} TO \`\`@\`\`${option}`;
  });
};

const isGrantOption = (privilege: string): boolean => canonical(privilege) === 'GRANT';

/** @param account  as SQL has it: `'shop'@'localhost'` */
export const privilegeStatements = (
  { target, grant, revoke }: PrivilegeChange,
  account: string,
): readonly string[] => {
  const revoked = revoke.filter((privilege) => !isGrantOption(privilege));
  const granted = grant.filter((privilege) => !isGrantOption(privilege));
  return [
    ...(revoke.some(isGrantOption) ? [`REVOKE GRANT OPTION ON ${target} FROM ${account}`] : []),
    ...(revoked.length > 0 ? [`REVOKE ${revoked.join(', ')} ON ${target} FROM ${account}`] : []),
    ...(grant.length > 0
      ? [
          `GRANT ${granted.length > 0 ? granted.join(', ') : 'USAGE'} ON ${target} TO ${account}${grant.some(isGrantOption) ? ' WITH GRANT OPTION' : ''}`,
        ]
      : []),
  ];
};
