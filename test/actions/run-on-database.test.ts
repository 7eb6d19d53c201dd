import { expect, test } from 'vitest';
import { runMysqlAction } from '../../src/actions/run-mysql.ts';
import { runSqlAction } from '../../src/actions/run-sql.ts';
import { Overlay } from '../../src/engine/overlay.ts';
import { mysql } from '../../src/facts/mysql.ts';
import { postgres } from '../../src/facts/postgres.ts';

const nothing = { statements: [], summary: '', changes: [] };
const byRoot = { host: 'localhost', implicitAdmin: false, timeoutSeconds: 30, options: [] };
const byBob = { ...byRoot, user: 'bob' };

test.each([
  [
    'MySQL',
    mysql(byRoot),
    mysql(byBob),
    runMysqlAction({ ...nothing, connection: byRoot, predicts: [{ key: mysql(byRoot), value: 'absent' }] }),
  ],
  [
    'PostgreSQL',
    postgres({ user: 'postgres' }),
    postgres({ user: 'bob' }),
    runSqlAction({
      ...nothing,
      connection: { user: 'postgres' },
      database: 'a',
      predicts: [{ key: postgres({ user: 'postgres' }), value: 'absent' }],
    }),
  ],
])('what is done to a server of %s by one login is looked at again by another', (_, own, other, action) => {
  const overlay = new Overlay(new Map(), { blockOnTaint: true });
  overlay.apply(action, 'the task');
  expect(overlay.taintOf(own)).toBeUndefined();
  expect(overlay.taintOf(other)).toBe('the task');
});
