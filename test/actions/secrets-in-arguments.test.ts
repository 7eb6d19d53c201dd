import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createAccount } from '../../src/actions/accounts.ts';
import { answerDebconf } from '../../src/actions/answer-debconf.ts';
import { runMysqlAction } from '../../src/actions/run-mysql.ts';
import { runSqlAction } from '../../src/actions/run-sql.ts';
import type { AccountFact } from '../../src/facts/accounts.ts';
import type { Action } from '../../src/model/action.ts';

const secret = "hun'ter $(x)";

const after: AccountFact = {
  uid: -1,
  gid: -1,
  group: 'bob',
  groups: [],
  home: '/home/bob',
  shell: '/bin/sh',
  comment: '',
  shadow: undefined,
};

const actions: readonly (readonly [string, Action, string])[] = [
  [
    'a new account',
    createAccount({
      name: 'bob',
      wish: { password: secret },
      groups: [],
      system: false,
      createHome: false,
      ownGroupExists: false,
      after,
      changes: [],
    }),
    `bob:${secret}\n`,
  ],
  [
    'an answer for debconf',
    answerDebconf({
      owner: 'a',
      owners: [],
      question: 'a/b',
      type: 'password',
      value: secret,
      before: undefined,
      secret: true,
      unseen: false,
    }),
    `a a/b password ${secret}\n`,
  ],
  [
    'SQL',
    runSqlAction({
      connection: { user: 'syn-deploy-nobody', password: secret },
      database: 'postgres',
      statements: ["ALTER ROLE x PASSWORD 'hun''ter $(x)'"],
      summary: '',
      changes: [],
      predicts: [],
    }),
    "ALTER ROLE x PASSWORD 'hun''ter $(x)';\n",
  ],
  [
    'SQL for MySQL, with how to log in',
    runMysqlAction({
      connection: { password: secret, implicitAdmin: false, timeoutSeconds: 5, options: [] },
      statements: ["ALTER USER x IDENTIFIED BY 'hun''ter $(x)'"],
      summary: '',
      changes: [],
      predicts: [],
    }),
    "SET SESSION sql_mode = '';\nALTER USER x IDENTIFIED BY 'hun''ter $(x)';\n",
  ],
];

/** Programs that note their arguments and what they read. */
const spy = (folder: string): void => {
  for (const name of ['useradd', 'usermod', 'chpasswd', 'debconf-set-selections', 'psql', 'mariadb']) {
    const script = `#!/bin/sh\nprintf '%s ' ${name} "$@" >>${folder}/arguments\ncase ${name} in useradd|usermod) ;; *) cat >>${folder}/read ;; esac\n`;
    writeFileSync(join(folder, name), script);
    chmodSync(join(folder, name), 0o755);
  }
};

test.each(actions)('the secret of %s is read, and is no argument', (_, action, wanted) => {
  const folder = mkdtempSync(join(tmpdir(), 'syn-deploy-test-'));
  try {
    spy(folder);
    const { stderr, status } = spawnSync('sh', ['-s'], {
      input: `( set -e\n${action.sh.sh}\n) </dev/null\n`,
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH']}` },
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(readFileSync(join(folder, 'read'), 'utf8')).toContain(wanted);
    expect(readFileSync(join(folder, 'arguments'), 'utf8')).not.toMatch(/hun/);
    expect(JSON.stringify([action.summary, action.changes, action.predicts])).not.toContain('hun');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
