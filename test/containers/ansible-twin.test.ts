import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHost, type TestHost } from '../hosts/host.ts';
import { runAnsible } from './support/ansible.ts';
import { failuresOf, type Job, synDeploy, tasksThat } from './support/syn-deploy.ts';
import { accountsOf, filesMade, type Look, look, packagesMade, unitsOf } from './support/twins.ts';

const jobFor = (host: TestHost): Job => ({
  hosts: [host],
  group: 'synapse',
  playbook: resolve('bench/workload/ansible/site.yml'),
});

describe('An Ansible playbook, unmodified, by Ansible and by us on twin hosts', () => {
  let theirs: TestHost;
  let ours: TestHost;
  let before: { theirs: Look; ours: Look };

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
    const made = filesMade(before.ours, await look(ours));
    const wanted = filesMade(before.theirs, await look(theirs));
    expect(wanted.has('/etc/matrix-synapse/workers/login.yaml')).toBe(true);
    expect(wanted.has('/etc/passwd')).toBe(true);
    expect(Object.fromEntries(made)).toEqual(Object.fromEntries(wanted));
  });

  test('leaves the same packages, accounts and units', async () => {
    const installed = packagesMade(before.theirs, await look(theirs));
    expect(installed.join('\n')).toContain('ii redis-server ');
    expect(packagesMade(before.ours, await look(ours))).toEqual(installed);
    expect(await accountsOf(ours)).toEqual(await accountsOf(theirs));
    expect(await unitsOf(ours)).toEqual(await unitsOf(theirs));
  });

  test('is as wanted for us on the host that Ansible made', async () => {
    const checked = await synDeploy('check', jobFor(theirs));
    expect(checked.exitStatus, failuresOf(checked)).toBe(0);
    expect(tasksThat('drift', checked)).toEqual([]);
  });
});
