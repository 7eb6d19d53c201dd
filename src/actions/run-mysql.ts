import { type MysqlConnection, runMysql } from '../facts/mysql-client.ts';
import type { Action, Change } from '../model/action.ts';
import type { FactEffect } from '../model/fact.ts';

/** Statements for a MySQL server, and what they change. */
export interface MysqlRun {
  readonly connection: MysqlConnection;
  /** Each without its semicolon, in order. */
  readonly statements: readonly string[];
  readonly summary: string;
  readonly changes: readonly Change[];
  readonly predicts: readonly FactEffect[];
}

/**
 * Runs statements through the client on the host, which stops at the first that fails. By another login the same server is another fact:
 * what is known of that is then of before.
 */
export const runMysqlAction = ({ connection, statements, summary, changes, predicts }: MysqlRun): Action => ({
  kind: 'run-mysql',
  summary,
  changes,
  sh: runMysql(
    connection,
    statements.map((statement) => `${statement};`),
  ),
  predicts,
  taints: [{ kind: 'mysql' }],
});
