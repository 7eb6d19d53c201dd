import { existsSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Suite } from '../../hosts/base-image.ts';
import { startHost, type TestHost } from '../../hosts/host.ts';
import { note } from '../../hosts/note.ts';
import { type PrivateNetwork, startPrivateNetwork } from '../../hosts/private-network.ts';
import { runAnsible, withCollections } from '../support/ansible.ts';
import { type Deployment, failuresOf, type Job, synDeploy, tasksThat } from '../support/syn-deploy.ts';
import { accountsOf, filesMade, type Look, look, packagesMade, unitsOf } from '../support/twins.ts';
import { corpus, type RoleCase } from './corpus.ts';

/** Where the roles are, a folder each; none is stored here. */
const folder = process.env['SYN_DEPLOY_TEST_ROLES'];
/** Names of those that are wanted; default all. */
const wanted = process.env['SYN_DEPLOY_TEST_ROLES_ONLY']?.split(',');
const suites = (process.env['SYN_DEPLOY_TEST_ROLES_SUITES']?.split(',') ?? ['bookworm', 'trixie']) as Suite[];

if (folder === undefined)
  note(
    'SYN_DEPLOY_TEST_ROLES is not set: public roles are not tried. It names a folder with a role a folder.',
  );

/** One line of the listing. */
interface Row {
  readonly role: string;
  readonly version: string;
  readonly suite: Suite;
  ansible: string;
  applied: string;
  again: string;
  check: string;
  same: string;
}

const report = resolve('.cache/roles.md');

/** Beside the listing: what is not the same, a line each. */
const differencesFile = resolve('.cache/roles-differences.txt');

/** What only one of the two has. */
const unlike = (ours: readonly unknown[], theirs: readonly unknown[]): readonly string[] => {
  const [made = [], wanted = []] = [ours, theirs].map((all) => all.flatMap((one) => String(one).split('\n')));
  return [
    ...made.filter((line) => !wanted.includes(line)).map((line) => `by us: ${line}`),
    ...wanted.filter((line) => !made.includes(line)).map((line) => `by Ansible: ${line}`),
  ];
};

const versionOf = (path: string): string =>
  existsSync(join(path, '.commit')) ? readFileSync(join(path, '.commit'), 'utf8').trim() : 'unknown';

/** Written as soon as it is known: all of them take long. */
const writeRow = async (row: Row): Promise<void> => {
  const { role, version, suite, ansible, applied, again, check, same } = row;
  const cells = [role, version, suite, ansible, applied, again, check, same];
  await mkdir('.cache', { recursive: true });
  await appendFile(report, `| ${cells.join(' | ')} |\n`);
};

/** A project with one play that uses the role as it is. @param compat  for us: roles that were written for Ansible before 2.19 */
const writeProject = async (
  project: string,
  { role, after = [], environment }: RoleCase,
  compat: boolean,
): Promise<string> => {
  const playbook = join(project, compat ? 'ours.yml' : 'site.yml');
  const play = {
    ...{ hosts: 'all', become: true, ...(compat && { compat: 'truthy' }) },
    ...(environment && { environment }),
    roles: [...after, role],
  };
  await writeFile(playbook, stringify([{ name: 'A public role', ...play }]));
  return playbook;
};

/** Packages write the host's name into what they set up: it is the same for both. */
const startTwin = async (suite: Suite, network: PrivateNetwork | undefined): Promise<TestHost> => {
  const host = await startHost({
    ...{ suite, flavour: 'python', user: 'admin' },
    ...(network && { network: network.name }),
  });
  await host.run('hostname twin; echo twin >/etc/hostname; echo 127.0.1.1 twin >>/etc/hosts');
  return host;
};

const only = corpus.filter(({ role }) => wanted === undefined || wanted.includes(role));

describe.runIf(folder !== undefined)('Public roles, unmodified, by Ansible and by us on twin hosts', () => {
  describe.each(suites)('%s', (suite) => {
    test.each(only.filter(({ suites: own }) => own?.includes(suite) ?? true))('$role', async (one) => {
      const path = join(folder as string, one.role);
      const row: Row = {
        ...{ role: one.role, version: versionOf(path), suite },
        ...{ ansible: '-', applied: '-', again: '-', check: '-', same: '-' },
      };
      const project = await mkdtemp(join(tmpdir(), 'syn-deploy-roles-'));
      await symlink(resolve(folder as string), join(project, 'roles'));
      await using network = one.firewall === true ? await startPrivateNetwork() : undefined;
      const [theirs, ours] = await Promise.all([startTwin(suite, network), startTwin(suite, network)]);
      try {
        const except = Object.keys(one.except ?? {});
        const lookAtBoth = async (): Promise<{ readonly theirs: Look; readonly ours: Look }> => {
          const [atTheirs, atOurs] = await Promise.all([look(theirs, except), look(ours, except)]);
          return { theirs: atTheirs, ours: atOurs };
        };
        const before = await lookAtBoth();
        const jobFor = (host: TestHost, playbook: string): Job => ({
          ...{ hosts: [host], group: 'corpus', playbook },
          vars: one.vars ?? {},
        });
        const theirJob = jobFor(theirs, await writeProject(project, one, false));
        const job = jobFor(ours, await writeProject(project, one, true));
        const byAnsible = async (): Promise<void> => {
          const first = await runAnsible(theirJob, [], { requirement: withCollections });
          row.ansible = first.exitStatus === 0 ? 'applied' : 'FAILED';
          expect(first.exitStatus, first.output).toBe(0);
          const again = await runAnsible(theirJob, [], { requirement: withCollections });
          row.ansible = `applied; again: ${again.changed} changed`;
        };
        const byUs = async (): Promise<readonly [second: Deployment, checked: Deployment]> => {
          const first = await synDeploy('apply', job);
          row.applied = first.exitStatus === 0 ? 'yes' : 'NO';
          expect(first.exitStatus, failuresOf(first)).toBe(0);
          const second = await synDeploy('apply', job);
          row.again = `${tasksThat('changed', second).length} changed`;
          const checked = await synDeploy('check', job);
          row.check = String(checked.exitStatus);
          return [second, checked];
        };
        // Both to their end, so that the row says what came of each.
        const [them, us] = await Promise.allSettled([byAnsible(), byUs()]);
        if (them.status === 'rejected') throw them.reason;
        if (us.status === 'rejected') throw us.reason;
        const [second, checked] = us.value;

        const after = await lookAtBoth();
        row.same = 'NO';
        const differences = [
          ...unlike([...filesMade(before.ours, after.ours)], [...filesMade(before.theirs, after.theirs)]),
          ...unlike(packagesMade(before.ours, after.ours), packagesMade(before.theirs, after.theirs)),
          ...unlike(await accountsOf(ours), await accountsOf(theirs)),
          ...unlike(await unitsOf(ours), await unitsOf(theirs)),
        ];
        await appendFile(
          differencesFile,
          differences.map((line) => `${one.role}, ${suite}: ${line}\n`).join(''),
        );
        expect(differences).toEqual([]);
        row.same = 'yes';
        expect(tasksThat('changed', second), failuresOf(second)).toEqual([]);
        expect(checked.exitStatus, failuresOf(checked)).toBe(0);
      } finally {
        await writeRow(row);
        await Promise.all([theirs.stop(), ours.stop(), rm(project, { recursive: true })]);
      }
    });
  });
});
