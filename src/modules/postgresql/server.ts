import type { PostgresFact } from '../../facts/postgres.ts';
import type { FactKey, Facts } from '../../model/fact.ts';
import { TaskFailure } from '../../model/task-failure.ts';

/** What the server has. @throws TaskFailure when none answers */
export const needServer = (facts: Facts, key: FactKey<PostgresFact>): PostgresFact => {
  const server = facts.get(key);
  if (server === 'absent')
    throw new TaskFailure('PostgreSQL is not running on the host, or its client psql is not installed');
  return server;
};
