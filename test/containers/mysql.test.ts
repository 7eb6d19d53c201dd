import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { startHost, type TestHost } from '../hosts/host.ts';
import { type Deployment, failuresOf, synDeploy, tasksThat } from './support/syn-deploy.ts';

type Task = Readonly<Record<string, unknown>>;

const socket = '/run/mysqld/mysqld.sock';

describe("mysql_db and mysql_user, with Debian's MariaDB", () => {
  let host: TestHost;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'syn-deploy-mysql-'));
    host = await startHost({ suite: 'bookworm' });
  });

  afterAll(async () => {
    await host?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const run = async (tasks: readonly Task[], mode: 'apply' | 'check' = 'apply'): Promise<Deployment> => {
    const playbook = join(folder, 'site.yaml');
    await writeFile(playbook, stringify([{ hosts: 'all', become: true, tasks }]));
    return await synDeploy(mode, { hosts: [host], group: 'mysql', playbook });
  };

  /** Changes all of it, proves it, and finds nothing to do then. */
  const settles = async (tasks: readonly Task[]): Promise<Deployment> => {
    const done = await run(tasks);
    expect(done.exitStatus, failuresOf(done)).toBe(0);
    const again = await run(tasks, 'check');
    expect(again.exitStatus, failuresOf(again)).toBe(0);
    expect(tasksThat('drift', again)).toEqual([]);
    return done;
  };

  const sql = async (statement: string): Promise<string> => await host.run(`mariadb -N -e "${statement}"`);

  const password = 'hun\'ter \\ "2';

  test('a server, a database and a user of it, on a host with nothing', async () => {
    await settles([
      { apt: { name: 'mariadb-server', update_cache: true, install_recommends: false } },
      { mysql_db: { name: ['shop', "odd'na`me"], encoding: 'utf8mb4', collation: 'utf8mb4_bin' } },
      { mysql_user: { name: 'shop', password, priv: 'shop.*:ALL,GRANT/*.*:PROCESS,REPLICATION CLIENT' } },
      { mysql_user: { name: '', host_all: true, state: 'absent' } },
    ]);
    expect(
      await sql("select default_collation_name from information_schema.schemata where schema_name = 'shop'"),
    ).toBe('utf8mb4_bin');
    await host.run(`printf '[client]\\nuser=shop\\npassword="hun'"'"'ter \\\\\\\\ "2"\\n' >/root/shop.cnf`);
    expect(await host.run('mariadb --defaults-file=/root/shop.cnf -N -e "select current_user()"')).toBe(
      'shop@localhost',
    );
  }, 900_000);

  test('a login with a password, by a file of options, or by none', async () => {
    const login = { login_user: 'shop', login_password: password, login_unix_socket: socket };
    await settles([{ mysql_db: { name: 'shop', ...login } }]);
    await settles([{ mysql_db: { name: 'shop', config_file: '/root/shop.cnf' } }]);
    await settles([{ mysql_db: { name: 'shop', check_implicit_admin: true, login_user: 'nobody' } }]);
    const refused = await run([
      { mysql_db: { name: 'shop', login_user: 'nobody', login_password: 'not-shown' } },
    ]);
    expect(failuresOf(refused)).toContain('Access denied');
    expect(JSON.stringify(refused.report)).not.toContain('not-shown');
  }, 300_000);

  test('privileges are what the task says, and drift is told', async () => {
    const tasks = [{ mysql_user: { name: 'shop', priv: { 'shop.*': 'SELECT,INSERT' } } }];
    await settles(tasks);
    expect(await sql('show grants for shop@localhost')).not.toContain('PROCESS');
    await sql('grant delete on shop.* to shop@localhost');
    const drift = await run(tasks, 'check');
    expect(JSON.stringify(drift.report)).toContain('revoke DELETE on `shop`.*');
    await settles(tasks);
    await settles([{ mysql_user: { name: 'shop', priv: 'shop.*:UPDATE', append_privs: true } }]);
    expect(await sql('show grants for shop@localhost')).toContain('SELECT, INSERT, UPDATE');
  }, 300_000);

  test('another password, other places, and the end of it', async () => {
    await settles([
      { mysql_user: { name: 'shop', password: 'other' } },
      { mysql_user: { name: 'shop', host: '%', password: 'unused', update_password: 'on_new_username' } },
    ]);
    expect(
      await sql("select count(distinct authentication_string) from mysql.user where user = 'shop'"),
    ).toBe('1');
    expect(await host.run('MYSQL_PWD=other mariadb --no-defaults -u shop -N -e "select 1"')).toBe('1');
    await settles([
      { mysql_user: { name: 'shop', host_all: true, state: 'absent' } },
      { mysql_db: { name: ['shop', "odd'na`me"], state: 'absent' } },
    ]);
    expect(await sql("select count(*) from mysql.user where user = 'shop'")).toBe('0');
  }, 300_000);
});
