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
};

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
      const requirement = withCollections;
      const comparison = await compareTarget({ targets, name, work, theirs, ours, requirement });
      comparisons.push(comparison);
      expect(comparison.percent, renderComparison(comparison)).toBeGreaterThanOrEqual(wanted[name] ?? 0);
    });
  },
);
