import { type PostgresConnection, runSql } from '../facts/postgres.ts';
import type { Action, Change } from '../model/action.ts';
import type { FactEffect } from '../model/fact.ts';

/** Statements for a PostgreSQL server, and what they change. */
export interface SqlRun {
  readonly connection: PostgresConnection;
  readonly database: string;
  /** Each without its semicolon, in order; each is a transaction of its own. */
  readonly statements: readonly string[];
  readonly summary: string;
  readonly changes: readonly Change[];
  readonly predicts: readonly FactEffect[];
}

/** A server that logs statements would keep passwords in its log; only a superuser may and need say so. */
const quiet =
  "select set_config('log_statement', 'none', false) from pg_roles where rolname = current_user and rolsuper \\g /dev/null";

/**
 * Runs statements through psql, which stops at the first that fails. By another login the same server is another fact: what is known
 * of that is then of before.
 *
 * @param secret  keep them out of the server's log
 */
export const runSqlAction = (run: SqlRun, secret = false): Action => ({
  kind: 'run-sql',
  summary: run.summary,
  changes: run.changes,
  sh: runSql(
    run.connection,
    [...(secret ? [quiet] : []), ...run.statements.map((statement) => `${statement};`)].join('\n'),
    run.database,
  ),
  predicts: run.predicts,
  taints: [{ kind: 'postgres' }],
});
