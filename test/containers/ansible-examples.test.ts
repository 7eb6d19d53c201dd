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
  user: 63,
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
  // A file that is looked for is there with us.
  include_vars: 90,
  service_facts: 100,
  package_facts: 100,
  debconf: 100,
  mount: 100,
  systemd: 100,
  service: 100,
  iptables: 100,
  package: 66,
  pip: 95,
};

/** Only these, where it is set: names with commas between. */
const only = process.env['SYN_DEPLOY_TEST_ANSIBLE_ONLY']?.split(',');

if (packages === undefined)
  note(`${variable} is not set, so that the documented examples of Ansible's modules are not run`);

/** Files of the project that examples name: whatever is looked for is there. */
const filesOf = (examples: readonly Example[]): readonly string[] =>
  examples.flatMap(({ text }) => [...text.matchAll(/\bsrc: ([\w./-]+\w)$/gm)].map(([, name = '']) => name));

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
      // What the examples speak of and nobody makes.
      const made =
        'mkdir -p /etc/foo /srv/myfiles /path/to /opt && touch /etc/foo.conf /etc/foo/foo.conf /tmp/testfile && useradd foo || :';
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
      await writeRole(join(targets, name), readExamples(packages ?? '', [name]));
      const requirement = withCollections;
      const comparison = await compareTarget({ targets, name, work, theirs, ours, requirement });
      comparisons.push(comparison);
      expect(comparison.percent, renderComparison(comparison)).toBeGreaterThanOrEqual(wanted[name] ?? 0);
    });
  },
);
