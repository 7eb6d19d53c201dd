import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diffFingerprints, type Fingerprint, fingerprint } from '../hosts/fingerprint.ts';
import { startHost, type TestHost } from '../hosts/host.ts';
import { runAnsible } from './support/ansible.ts';
import { failuresOf, type Job, synDeploy, tasksThat } from './support/syn-deploy.ts';

const jobFor = (host: TestHost): Job => ({
  hosts: [host],
  group: 'synapse',
  playbook: resolve('bench/workload/ansible/site.yml'),
});

/** What each tool keeps of its own, what apt and dpkg note of when and in what order, and what services write while they run. */
const ownAffairs = [
  '/var/lib/syn-deploy',
  '/root/.ansible',
  '/home/admin/.ansible',
  '/var/lib/dpkg',
  '/var/lib/apt',
  '/var/cache',
  '/var/log',
  '/var/lib/redis',
  // Python's own, and what goes with it, which Ansible needs on its host.
  '/etc/ld.so.cache',
];

/** What a tool made of a host: path → what it is now, `gone` where it was taken away. */
const changesOf = (before: Fingerprint, after: Fingerprint): ReadonlyMap<string, string> =>
  new Map(
    diffFingerprints(before, after).map((line) => {
      const path = line.slice(2, line.indexOf(': '));
      return [path, after.get(path) ?? 'gone'];
    }),
  );

/** State, name, version and architecture of every package. */
const packagesOf = async (host: TestHost): Promise<readonly string[]> =>
  (await host.run("dpkg --list | awk 'NR > 5 { print $1, $2, $3, $4 }'")).split('\n');

/** A host before anything was done to it. */
const look = async (host: TestHost) => ({
  files: await fingerprint(host, { except: ownAffairs }),
  packages: await packagesOf(host),
});

const unitsOf = async (host: TestHost): Promise<readonly string[]> => {
  const states = await host.run(
    'systemctl list-units --all --plain --no-legend --no-pager --type=service,target,socket,timer',
  );
  const files = await host.run('systemctl list-unit-files --plain --no-legend --no-pager');
  const table = (text: string, columns: number): readonly string[] =>
    text.split('\n').map((line) => line.trim().split(/\s+/).slice(0, columns).join(' '));
  return [...table(states, 4), ...table(files, 2)].sort();
};

describe('An Ansible playbook, unmodified, by Ansible and by us on twin hosts', () => {
  let theirs: TestHost;
  let ours: TestHost;
  let before: { theirs: Awaited<ReturnType<typeof look>>; ours: Awaited<ReturnType<typeof look>> };

  beforeAll(async () => {
    [theirs, ours] = await Promise.all([
      startHost({ suite: 'bookworm', flavour: 'synapse' }),
      startHost({ suite: 'bookworm', flavour: 'synapse' }),
    ]);
    await theirs.run(
      'DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends python3 python3-apt',
    );
    before = { theirs: await look(theirs), ours: await look(ours) };
  });

  afterAll(async () => {
    await Promise.all([theirs?.stop(), ours?.stop()]);
  });

  test('is applied by both, and finds nothing to do the second time', async () => {
    const ansible = await runAnsible(jobFor(theirs));
    expect(ansible.exitStatus, ansible.output).toBe(0);
    expect((await runAnsible(jobFor(theirs))).changed).toBe(0);

    const first = await synDeploy('apply', jobFor(ours));
    expect(first.exitStatus, failuresOf(first)).toBe(0);
    expect(first.host).toMatchObject({ status: 'changed', proved: true });
    const second = await synDeploy('apply', jobFor(ours));
    expect(tasksThat('changed', second)).toEqual([]);
    expect(second.host).toMatchObject({ status: 'ok', proved: true, execs: 1 });
    expect(await ours.run('ls /usr/bin/python3 2>&1 || :')).toContain('No such file');
  });

  test('leaves the same files: path, type, owner, group, mode, hash', async () => {
    const made = changesOf(before.ours.files, (await look(ours)).files);
    const wanted = changesOf(before.theirs.files, (await look(theirs)).files);
    expect(wanted.has('/etc/matrix-synapse/workers/login.yaml')).toBe(true);
    expect(wanted.has('/etc/passwd')).toBe(true);
    expect(Object.fromEntries(made)).toEqual(Object.fromEntries(wanted));
  });

  test('leaves the same packages, accounts and units', async () => {
    const news = async (host: TestHost, was: readonly string[]) =>
      (await packagesOf(host)).filter((line) => !was.includes(line));
    const installed = await news(theirs, before.theirs.packages);
    expect(installed.join('\n')).toContain('ii redis-server ');
    expect(await news(ours, before.ours.packages)).toEqual(installed);
    for (const file of ['passwd', 'group', 'shadow', 'gshadow'])
      expect((await ours.run(`sort /etc/${file}`)).split('\n')).toEqual(
        (await theirs.run(`sort /etc/${file}`)).split('\n'),
      );
    expect(await unitsOf(ours)).toEqual(await unitsOf(theirs));
  });

  test('is as wanted for us on the host that Ansible made', async () => {
    const checked = await synDeploy('check', jobFor(theirs));
    expect(checked.exitStatus, failuresOf(checked)).toBe(0);
    expect(tasksThat('drift', checked)).toEqual([]);
  });
});
