import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHost, type TestHost } from '../hosts/host.ts';
import { note } from '../hosts/note.ts';
import { type PrivateNetwork, startPrivateNetwork } from '../hosts/private-network.ts';
import { type Comparison, compareTarget, renderComparison } from './support/ansible-targets/compare.ts';

/** `test/integration/targets` of a checkout of Ansible: its own tests of its modules. None of it is in this repository. */
const variable = 'SYN_DEPLOY_TEST_ANSIBLE_TARGETS';
const folder = process.env[variable];

/**
 * Of the tasks that pass by Ansible, how many per cent are to end the same way by us. Others than these are only listed.
 *
 * What is left of those that are here, and why:
 * - known_hosts: two messages, for a list of names and for a key of another host; ours say it at load, in other words.
 * - script: `async` at a script is waited for by us, and fails by Ansible.
 * - cron: /etc/crontab as `cron_file` is refused in other words.
 * - loops: `pause` between items that do nothing, and `now()`, which is the beginning of the run; a text that Ansible 2.14 does not render,
 *   since it came out of a lookup.
 * - file: `attributes` (chattr), links below a folder that are followed by `recurse`, relative paths on the host, warnings of accounts that
 *   are missing in check mode; a task of an account that is not root is done by root.
 * - copy (no figure yet): nothing among the conditions of `assert`, which Ansible passes over.
 * - systemd: a unit that is enabled by others only (`indirect`); braces in a text of a condition of `assert`.
 * - service: the result's name has the unit's suffix.
 * - unarchive: our looks find programs that a PATH of `environment` hides; newer files that `keep_newer` leaves alone are no change.
 * - user: `debug` of a variable that is not there, a module whose name is a template, a warning of `local`.
 * - template: a template that a task before made here, `output_encoding`, `line_statement_prefix`, words of two messages, data out of a lookup.
 * - changed_when: `group_by` and `add_host` change nothing on a host.
 * - filter_core: `hostvars` of localhost, and of what is not there; braces in a text of a condition of `assert`; nothing stays null, and is no
 *   empty text; a time that is now; `debug` of what `undef()` makes.
 * - lookup_csvfile: an expression that nobody can read is told before anything runs, and what asserts that it failed has nothing to look at.
 * - lookup_template: what a template comes to stays a text, also where it looks like a mapping (`convert_data`).
 * - raw: `become_method: su` is refused, where Ansible fails for want of a password. All that pass by it pass by us.
 * - pip, 98 of 101: versions that are not known yet, and names with commas in a list; both mended since, and not measured again.
 * - git, 255 of 274 with the repositories that it clones at hand: a loop at `include_tasks` of handlers is refused, and so the task that
 *   installs unzip, which 8 others of `archive.yml` start; `track_submodules` is refused (7); a look without `dest` is no
 *   change; a tag that is new at the commit that is checked out.
 * - add_host: a template in the place of all parameters, and words that are none, are refused; it changes nothing on a host, so that a result is
 *   never changed.
 */
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
  assemble: 95,
  slurp: 95,
  find: 95,
  hostname: 95,
  cron: 95,
  script: 95,
  include_vars: 95,
  failed_when: 95,
  known_hosts: 95,
  service_facts: 95,
  package_facts: 95,
  loops: 94,
  systemd: 90,
  service: 95,
  debconf: 95,
  file: 95,
  wait_for: 95,
  unarchive: 95,
  user: 95,
  template: 90,
  iptables: 95,
  apt_repository: 95,
  package: 95,
  changed_when: 85,
  ignore_errors: 95,
  filter_core: 85,
  test_mathstuff: 95,
  lookup_csvfile: 83,
  lookup_dict: 95,
  lookup_first_found: 95,
  lookup_indexed_items: 95,
  lookup_items: 95,
  lookup_lines: 95,
  lookup_list: 95,
  lookup_nested: 95,
  lookup_random_choice: 95,
  lookup_sequence: 95,
  lookup_subelements: 95,
  lookup_template: 85,
  lookup_varnames: 95,
  lookup_vars: 95,
  dpkg_selections: 95,
  pip: 95,
  raw: 90,
  ping: 95,
  add_host: 72,
};

/**
 * `git` clones from github.com (see SYN_DEPLOY_TEST_GITHUB), and what `apt` reaches is not known yet: it asks mirrors of Debian that a host may
 * not reach. `get_url` and `uri` ask Ansible's own test server, and are left out.
 */
const listed = ['copy', 'git', 'apt'];

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
  let network: PrivateNetwork;

  beforeAll(async () => {
    expect(existsSync(join(targets, 'lineinfile')), `${variable} is no folder of targets`).toBe(true);
    work = await mkdtemp(join(tmpdir(), 'syn-deploy-targets-'));
    // Within one a host's root may set up a firewall, which the target iptables does.
    network = await startPrivateNetwork();
    const options = { suite: 'bookworm', flavour: 'bench', network: network.name } as const;
    theirs = await startHost(options);
    ours = await startHost(options);
  });

  afterAll(async () => {
    await Promise.all([theirs?.stop(), ours?.stop()]);
    await network?.[Symbol.asyncDispose]();
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
