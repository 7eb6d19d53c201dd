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
  copy: 0,
  lineinfile: 100,
  blockinfile: 100,
  replace: 100,
  stat: 100,
  find: 0,
  tempfile: 100,
  command: 0,
  shell: 0,
  user: 0,
  group: 100,
  // Two end well by us that fail by Ansible.
  cron: 75,
  assemble: 0,
  getent: 100,
  ini_file: 0,
  sysctl: 0,
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
