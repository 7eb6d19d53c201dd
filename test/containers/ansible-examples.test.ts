import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHost, type TestHost } from '../hosts/host.ts';
import { note } from '../hosts/note.ts';
import { type Example, readExamples } from '../support/ansible-examples.ts';
import { withCollections } from './support/ansible.ts';
import { type Comparison, compareTarget, renderComparison } from './support/ansible-targets/compare.ts';

/** `site-packages` of an environment with `ansible==11.*` in it: ansible-core and the collections. */
const variable = 'SYN_DEPLOY_TEST_ANSIBLE_DOCS';
const packages = process.env[variable];

/** Modules whose examples need nothing but a Debian host, and how many per cent of them are to end as by Ansible; 0: only listed. */
const wanted: Readonly<Record<string, number>> = {
  file: 100,
  copy: 100,
  lineinfile: 100,
  blockinfile: 100,
  replace: 100,
  stat: 100,
  find: 100,
  tempfile: 100,
  command: 100,
  shell: 100,
  raw: 100,
  script: 100,
  user: 100,
  group: 100,
  // Two end well by us that fail by Ansible.
  cron: 75,
  assemble: 100,
  getent: 100,
  ini_file: 100,
  // One ends well by us that fails by Ansible; so it is below wherever there is no other reason.
  sysctl: 80,
  hostname: 100,
  timezone: 100,
  locale_gen: 100,
  template: 100,
  known_hosts: 100,
  authorized_key: 100,
  // `family` is for other systems.
  alternatives: 85,
  slurp: 100,
  fetch: 100,
  unarchive: 100,
  set_fact: 100,
  debug: 100,
  assert: 100,
  setup: 100,
  ping: 100,
  // A `when` of a variable that nobody has fails by Ansible, and is refused by us.
  include_vars: 90,
  service_facts: 100,
  package_facts: 100,
  debconf: 100,
  mount: 100,
  systemd: 100,
  systemd_service: 100,
  service: 100,
  iptables: 100,
  package: 66,
  pip: 100,
  dpkg_selections: 100,
  pause: 100,
  // A variable that nobody has: it fails by Ansible, and is refused by us before a host is contacted.
  fail: 0,
  group_by: 100,
  set_stats: 100,
  add_host: 100,
  git: 100,
  git_config: 100,
  // A file in /etc/cron.d that is not there is made by us, and is a failure by Ansible.
  cronvar: 66,
  sudoers: 100,
  pam_limits: 100,
  modprobe: 100,
  ufw: 100,
  // A `default_release` that no archive has: apt refuses it, and we see that there is nothing newer.
  apt: 95,
  // Minutes, as Ansible tries an archive that is not there again and again.
  apt_repository: 100,
  apt_key: 100,
  deb822_repository: 100,
  get_url: 100,
  uri: 100,
  wait_for: 100,
  wait_for_connection: 100,
  async_status: 100,
  validate_argument_spec: 100,
  mysql_db: 100,
  mysql_user: 100,
  postgresql_db: 100,
  postgresql_user: 100,
  reboot: 100,
};

const install = (packages: string) =>
  `DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends ${packages} >/dev/null 2>&1`;

const databases = `${install('mariadb-server python3-pymysql bzip2')}
printf '[client]\\nsocket=/run/mysqld/mysqld.sock\\n' >/root/.my.cnf
for name in my_db db_1 db_2 db1 db2; do mariadb -e "create database if not exists $name"; done
mariadb my_db -e 'create function if not exists my_function() returns int deterministic return 1'`;

/** By the server's own socket, whoever asks: Ansible logs in as postgres without becoming that account. */
const clusters = `${install('postgresql python3-psycopg2 locales')}
grep -q '^de_DE.UTF-8' /etc/locale.gen || { echo 'de_DE.UTF-8 UTF-8' >>/etc/locale.gen; locale-gen >/dev/null; systemctl restart postgresql; }
sed -i 's/peer$/trust/' /etc/postgresql/*/main/pg_hba.conf
systemctl reload postgresql`;

/** What is on the hosts before the examples of a module are run: a server, and what of it they speak of and nobody makes. */
const preparations: Readonly<Record<string, string>> = {
  mysql_db: databases,
  mysql_user: databases,
  postgresql_db: clusters,
  postgresql_user: `${clusters}
for name in acme test; do psql -q -U postgres -c "create database $name" || :; done
psql -q -U postgres acme -c 'create table if not exists products ()'`,
};

const notRun = (why: string, titles: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(titles.map((title) => [title, why]));

/** Examples that are not run, by module and title, and why. */
const leftOut: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pause: {
    'Pause for 5 minutes to build app cache': 'waits for five minutes, by Ansible and by us',
  },
  wait_for: {
    'Sleep for 300 seconds and continue with play': 'waits for five minutes, by Ansible and by us',
    'Wait 300 seconds for port 22 to become open and contain "OpenSSH"':
      'the hosts of the test listen at other ports of this machine: waits for five minutes for what never comes',
    'Wait 300 seconds for port 22 to become open and contain "OpenSSH" (2)': 'as the one before',
  },
  validate_argument_spec: {
    "verify vars needed for next include and not from inside it, also with params i'll only define there":
      'has a task without a module, so that Ansible runs nothing of it either',
  },
  reboot: notRun('a restart ends the container, and its boot id is that of this machine', [
    'Unconditionally reboot the machine with all defaults',
    'Reboot a slow machine that might have lots of updates to apply',
    'Reboot a machine with shutdown command in unusual place',
    'Reboot machine and send a message',
  ]),
  mysql_db: notRun('dumps and imports are for a command, by us', [
    'Restore database',
    'Restore database ignoring errors',
    'Dump multiple databases',
    'Dump multiple databases (2)',
    'Dump all databases to hostname.sql',
    'Dump all databases to hostname.sql including master data',
    'Import dump.sql with specific latin1 encoding, similar to mysql -u <username> --default-character-set=latin1 -p <password> < dump.sql\n',
    'Dump of Databse with specific latin1 encoding, similar to mysqldump -u <username> --default-character-set=latin1 -p <password> <database>\n',
    'Dump databases without including triggers',
    'Dump a database with compression and catch errors from mysqldump with bash pipefail',
  ]),
  mysql_user: {
    "Create database user with password and all database privileges and 'WITH GRANT OPTION'":
      'session_vars is not built',
    "Limit bob's resources to 10 queries per hour and 5 connections per hour": 'resource_limits is not built',
    'Create locked user to act as a definer on procedures': 'locked is not built',
    'Example using login_unix_socket to connect to server':
      "sets root's password, so that nobody who has none logs in any more, by Ansible and by us",
  },
  postgresql_db: {
    'Create a new database with name "acme"': 'comment is not built',
    'Create a new database with name "acme" and specific encoding and locale': 'locale_provider is not built',
    ...notRun('dumps and restores are for a command, by us', [
      'Dump an existing database to a file',
      'Dump an existing database to a file excluding the test table',
      'Dump an existing database to a file (with compression)',
      'Dump a single schema for an existing database',
      'Dump only table1 and table2 from the acme database',
      'Dump an existing database using the directory format',
      'Dump an existing database using the custom format',
      'Restore database using the tar format',
    ]),
  },
  postgresql_user: {
    ...notRun('priv is not built: Ansible calls it deprecated', [
      'Connect to acme database, create django user, and grant access to database and products table',
      'Connect to acme database and remove test user privileges from there',
      'Connect to test database, remove test user from cluster',
      "Connect to acme database and set user's password with no expire date",
      'Create a user, grant SELECT on pg_catalog.pg_stat_database',
    ]),
    ...notRun('configuration is not built', [
      'Create a user with config-parameter',
      'Clear all configuration that is not explicitly defined for user',
      'Set search_path for user',
    ]),
  },
  uri: {
    'Pause play until a URL is reachable from this host': 'tries for an hour what never comes',
  },
};

/** Only these, where it is set: names with commas between. */
const only = process.env['SYN_DEPLOY_TEST_ANSIBLE_ONLY']?.split(',');

if (packages === undefined)
  note(`${variable} is not set, so that the documented examples of Ansible's modules are not run`);

/** Files of the project that examples name: whatever is looked for is there. */
const filesOf = (examples: readonly Example[]): readonly string[] =>
  examples.flatMap(({ text }) => [...text.matchAll(/\bsrc: ([\w./-]+\w)$/gm)].map(([, name = '']) => name));

/** Those of a module that are run. @throws Error where one that is left out is not there */
const examplesOf = (name: string): readonly Example[] => {
  const all = readExamples(packages ?? '', [name]);
  const titles = Object.keys(leftOut[name] ?? {});
  const gone = titles.filter((title) => !all.some((example) => example.title === title));
  if (gone.length > 0) throw new Error(`no example of ${name} is called ${gone.join(', ')}`);
  return all.filter(({ title }) => !titles.includes(title));
};

/**
 * What the modules need on a host, by Ansible or by us; and what the examples speak of and nobody makes: files, an account, and pages of the
 * host's nginx in the place of those that nobody reaches. Where https is asked for it is refused at once, since those names lead to the host itself.
 */
const made = `apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends curl gnupg python3-debian >/dev/null
mkdir -p /etc/foo /srv/myfiles /path/to /opt
touch /etc/foo.conf /etc/foo/foo.conf /tmp/testfile
useradd foo || :
echo completed by-hand >/tmp/foo
echo from a file >/tmp/a_file.txt
mkdir -p /var/www/html/path /etc/apt/keyrings
echo '<title>AWESOME</title>' >/var/www/html/index.html
echo for the web >/var/www/html/path/file.conf
(cd /var/www/html/path && sha256sum file.conf >sha256sum.txt)
cat >>/etc/hosts <<'end'
127.0.0.1 example.com www.example.com example.org your.jira.example.com your.form.based.auth.example.com httpbin.org
127.0.0.1 www.mms.microsoft.com download.example.com keyserver.ubuntu.com ftp-master.debian.org github.com
127.0.0.1 archive.canonical.com dl.google.com ppa.launchpadcontent.net launchpad.net
end
systemd-run --unit listens-at-8000 python3 -m http.server 8000`;

/** A role whose tasks are the examples; each may fail, so that the next comes. */
const writeRole = async (folder: string, examples: readonly Example[]): Promise<void> => {
  const tasks = examples.filter(({ isPlay }) => !isPlay);
  await mkdir(join(folder, 'tasks'), { recursive: true });
  const text = tasks.map((example) => example.text.replace(/^- /, '- ignore_errors: true\n  ')).join('\n');
  await writeFile(join(folder, 'tasks/main.yml'), text);
  for (const name of filesOf(tasks).filter((path) => !path.startsWith('/'))) {
    const path = join(folder, 'files', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'a file of the project\n');
  }
};

describe.runIf(packages !== undefined)(
  "Documented examples of Ansible's modules, by Ansible and by us",
  () => {
    const comparisons: Comparison[] = [];
    let work: string;
    let theirs: TestHost;
    let ours: TestHost;

    beforeAll(async () => {
      work = await mkdtemp(join(tmpdir(), 'syn-deploy-examples-'));
      theirs = await startHost({ suite: 'bookworm', flavour: 'bench' });
      ours = await startHost({ suite: 'bookworm', flavour: 'bench' });
      await Promise.all([theirs.run(made), ours.run(made)]);
    });

    afterAll(async () => {
      await Promise.all([theirs?.stop(), ours?.stop()]);
      await rm(work, { recursive: true, force: true });
      note(comparisons.map(renderComparison).join('\n'));
      const file = process.env['SYN_DEPLOY_TEST_ANSIBLE_REPORT'];
      if (file !== undefined) await writeFile(file, `${comparisons.map(renderComparison).join('\n')}\n`);
    });

    test.each((only ?? Object.keys(wanted)).map((name) => [name]))('%s', async (name) => {
      const targets = join(work, 'targets');
      await writeRole(join(targets, name), examplesOf(name));
      const prepared = preparations[name];
      if (prepared !== undefined) await Promise.all([theirs, ours].map((host) => host.run(prepared)));
      const requirement = withCollections;
      const comparison = await compareTarget({ targets, name, work, theirs, ours, requirement });
      comparisons.push(comparison);
      expect(comparison.percent, renderComparison(comparison)).toBeGreaterThanOrEqual(wanted[name] ?? 0);
    });
  },
);
