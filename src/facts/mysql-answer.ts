import { FactFailure, type Observed, StrangeOutput } from '../model/fact.ts';

/** `user`@`host`. */
export interface MysqlAccount {
  readonly host: string;
  readonly plugin: string;
  /** As the server keeps it: `*` and 40 hex digits for mysql_native_password. */
  readonly hash: string;
  /** What TLS has to be like: `SSL`, `X509`, or `CIPHER`, `ISSUER` and `SUBJECT` with their values. */
  readonly requires: Readonly<Record<string, string>>;
  /** The lines of SHOW GRANTS. */
  readonly grants: readonly string[];
}

export interface MysqlDatabase {
  readonly encoding: string;
  readonly collation: string;
}

/** A MySQL or MariaDB server. Absent: there is no client on the host, or no server answers. */
export interface MysqlFact {
  /** `10.11.6-MariaDB-0+deb12u1`. */
  readonly version: string;
  readonly databases: Readonly<Record<string, MysqlDatabase>>;
  /** Of the users that were asked for, by name. */
  readonly accounts: Readonly<Record<string, readonly MysqlAccount[]>>;
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', '0': '\0', '\\': '\\' };

const plainText = (text: string): string =>
  text.replaceAll(/\\([tn0\\])/g, (_, letter: string) => escapes[letter] ?? '');

type Row = Readonly<Record<string, string>>;

const strange = (line: string): StrangeOutput =>
  new StrangeOutput(`unexpected answer of the MySQL client: ${JSON.stringify(line.slice(0, 200))}`);

/** @throws StrangeOutput where there is no such column */
const column = (row: Row, name: string): string => {
  const value = row[name];
  if (value === undefined) throw strange(`no column ${name}`);
  return value;
};

const requiresOf = (row: Row): MysqlAccount['requires'] => {
  const parts = [
    ['CIPHER', row['ssl_cipher'] ?? ''],
    ['ISSUER', row['x509_issuer'] ?? ''],
    ['SUBJECT', row['x509_subject'] ?? ''],
  ].filter(([, value]) => value !== '' && value !== 'NULL');
  if (parts.length > 0) return Object.fromEntries(parts);
  if (row['ssl_type'] === 'X509') return { X509: '' };
  return row['ssl_type'] === 'ANY' ? { SSL: '' } : {};
};

const accountOf = (row: Row): MysqlAccount => {
  const hashes = [row['Password'], row['authentication_string']];
  return {
    host: column(row, 'Host'),
    plugin: column(row, 'plugin'),
    hash: hashes.find((hash) => hash !== undefined && hash !== '' && hash !== 'NULL') ?? '',
    requires: requiresOf(row),
    grants: [],
  };
};

interface Read {
  version: string | undefined;
  readonly databases: Record<string, MysqlDatabase>;
  readonly accounts: Map<string, MysqlAccount[]>;
}

const takeRow = (read: Read, row: Row): void => {
  const kind = row['k'];
  if (kind === 'v') read.version = column(row, 'version');
  else if (kind === 'd')
    read.databases[column(row, 'name')] = {
      encoding: column(row, 'encoding'),
      collation: column(row, 'collation'),
    };
  else if (kind === 'u') {
    if (row['is_role'] === 'Y') return;
    const user = column(row, 'User');
    read.accounts.set(user, [...(read.accounts.get(user) ?? []), accountOf(row)]);
  } else throw strange(JSON.stringify(row));
};

const withGrant = (
  read: Read,
  [user = '', host = '']: readonly string[],
  grant: string | undefined,
): void => {
  const accounts = read.accounts.get(user) ?? [];
  const at = accounts.findIndex((account) => account.host === host);
  const account = accounts[at];
  if (account === undefined) return;
  accounts[at] = { ...account, grants: [...account.grants, ...(grant === undefined ? [] : [grant])] };
};

const readLines = (lines: readonly string[]): Read => {
  const read: Read = { version: undefined, databases: {}, accounts: new Map() };
  let names: readonly string[] | undefined;
  let account: readonly string[] | undefined;
  for (const line of lines) {
    const cells = line.split('\t').map(plainText);
    if (cells[0] === 'g' && cells.length === 3) {
      account = cells.slice(1);
      withGrant(read, account, undefined);
    } else if (account !== undefined) {
      if (!/^(?:GRANT|REVOKE|SET DEFAULT ROLE) /.test(line)) throw strange(line);
      withGrant(read, account, plainText(line));
    } else if (cells[0] === 'k') names = cells;
    else if (names === undefined || names.length !== cells.length) throw strange(line);
    else takeRow(read, Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])));
  }
  return read;
};

/** Nothing listens; with any other number somebody answered. */
const nobody = /^ERROR 200[23]\b/;

/**
 * Reads what the client said of one server.
 *
 * @param lines  as `script` of `mysql.ts` prints them: rows by columns between tabs, the first of each result the names of its
 *   columns; then the grants of each account; among them, behind `! `, what the client complained of
 * @param users  names whose accounts were asked for: each has its entry, though it be an empty one
 * @returns absent where no server answers; a FactFailure where one refuses
 * @throws StrangeOutput when a line is of no such form
 */
export const readMysqlAnswer = (lines: readonly string[], users: readonly string[]): Observed<MysqlFact> => {
  const complaints = lines.flatMap((line) => (line.startsWith('! ') ? [line.slice(2)] : []));
  const errors = complaints.filter((line) => /^ERROR \d/.test(line));
  if (errors.some((line) => nobody.test(line))) return 'absent';
  if (errors.length > 0) return new FactFailure(errors.join('\n'));
  const { version, databases, accounts } = readLines(lines.filter((line) => !line.startsWith('! ')));
  if (version === undefined)
    return new FactFailure(complaints.length > 0 ? complaints.join('\n') : 'the client said nothing');
  return {
    version,
    databases,
    accounts: Object.fromEntries(users.map((user) => [user, accounts.get(user) ?? []])),
  };
};
