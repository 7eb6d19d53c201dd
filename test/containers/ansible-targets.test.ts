import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHost, type TestHost } from '../hosts/host.ts';
import { note } from '../hosts/note.ts';
import { type Comparison, compareTarget, renderComparison } from './support/ansible-targets/compare.ts';

/** `test/integration/targets` of a checkout of Ansible: its own tests of its modules. None of it is in this repository. */
const variable = 'SYN_DEPLOY_TEST_ANSIBLE_TARGETS';
const folder = process.env[variable];

/** Of the tasks that pass by Ansible, how many per cent are to pass by us. Others than these are only listed. */
const wanted: Readonly<Record<string, number>> = {
  lineinfile: 95,
  blockinfile: 95,
  replace: 95,
  stat: 95,
  tempfile: 95,
  command_shell: 95,
  until: 95,
  getent: 95,
  group: 95,
  assemble: 55,
  slurp: 70,
};

/** What is reached is not known yet. */
const listed = [
  'loops',
  ...['find', 'copy', 'file', 'template', 'user', 'cron', 'wait_for', 'known_hosts'],
  ...[
    'hostname',
    'git',
    'get_url',
    'uri',
    'unarchive',
    'apt_repository',
    'debconf',
    'script',
    'service_facts',
  ],
  ...[
    'package_facts',
    'service',
    'systemd',
    'include_vars',
    'failed_when',
    'changed_when',
    'ignore_errors',
    'ping',
  ],
];

/** Only these, where it is set: names with commas between. */
const only = process.env['SYN_DEPLOY_TEST_ANSIBLE_ONLY']?.split(',');

if (folder === undefined)
  note(`${variable} is not set, so that Ansible's own integration tests are not run by us`);

describe.runIf(folder !== undefined)("Ansible's integration tests, by Ansible and by us", () => {
  const targets = resolve(folder ?? '');
  const comparisons: Comparison[] = [];
  let work: string;
  let theirs: TestHost;
  let ours: TestHost;

  beforeAll(async () => {
    expect(existsSync(join(targets, 'lineinfile')), `${variable} is no folder of targets`).toBe(true);
    work = await mkdtemp(join(tmpdir(), 'syn-deploy-targets-'));
    theirs = await startHost({ suite: 'bookworm', flavour: 'bench' });
    ours = await startHost({ suite: 'bookworm', flavour: 'bench' });
  });

  afterAll(async () => {
    await Promise.all([theirs?.stop(), ours?.stop()]);
    await rm(work, { recursive: true, force: true });
    const text = comparisons.map(renderComparison).join('\n');
    note(text);
    const file = process.env['SYN_DEPLOY_TEST_ANSIBLE_REPORT'];
    if (file !== undefined) await writeFile(file, `${text}\n`);
  });

  test.each((only ?? [...Object.keys(wanted), ...listed]).map((name) => [name]))('%s', async (name) => {
    const comparison = await compareTarget({ targets, name, work, theirs, ours });
    comparisons.push(comparison);
    if (wanted[name] !== undefined)
      expect(comparison.percent, renderComparison(comparison)).toBeGreaterThanOrEqual(wanted[name]);
  });
});
