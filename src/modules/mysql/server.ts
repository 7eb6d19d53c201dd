import type { MysqlFact } from '../../facts/mysql-answer.ts';
import type { FactKey, Facts } from '../../model/fact.ts';
import { TaskFailure } from '../../model/task-failure.ts';

/** What the server has. @throws TaskFailure when none answers */
export const needServer = (facts: Facts, key: FactKey<MysqlFact>): MysqlFact => {
  const server = facts.get(key);
  if (server === 'absent')
    throw new TaskFailure(
      'MySQL or MariaDB is not running on the host, or is not reached so, or its client (mariadb, mysql) is not installed',
    );
  return server;
};
