import { join, relative } from 'node:path';
import { expect, test, vi } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { fakeIo } from '../fake-io.ts';

vi.mock('../../../src/transport/transports.ts', () => ({
  createTransports: () => {
    throw new Error('a host would be contacted');
  },
}));

const here = relative(process.cwd(), import.meta.dirname);
const site = join(here, 'site');

const doctor = async (...args: readonly string[]) => {
  const { io, stdout, stderr } = fakeIo();
  const status = await main(['doctor', ...args], io);
  return { status, stdout: stdout(), stderr: stderr() };
};

const diagnosed = async (...args: readonly string[]) => {
  const { status, stdout } = await doctor(...args, '-o', 'json');
  const { projects } = JSON.parse(stdout);
  return { status, ...projects[0] };
};

test('tells all of a project at once: how much runs, why the rest does not, and where', async () => {
  const { status, stdout, stderr } = await doctor(site);
  await expect(stdout.replaceAll(`${site}/`, '')).toMatchFileSnapshot(
    join(import.meta.dirname, 'expected.txt'),
  );
  expect(stderr).toBe('');
  expect(status).toBe(1);
});

test('reads roles that no playbook uses, and files that are included by a name of the host', async () => {
  const { causes, roles } = await diagnosed(site);
  expect(roles).toEqual([join(site, 'roles', 'unused'), join(site, 'roles', 'web')]);
  const modules = causes.filter(({ kind }: { kind: string }) => kind === 'module');
  expect(modules.map(({ what }: { what: string }) => what)).toEqual([
    'docker_container',
    'site_facts',
    'yum',
  ]);
});

test('finds what validate finds, at the same places', async () => {
  const { io, stderr } = fakeIo();
  await main(['validate', join(site, 'inventories', 'production'), join(site, 'site.yml')], io);
  const wrong = [...stderr().matchAll(/^(\S+:\d+:\d+): error: .* \[([a-z-]+)\]$/gm)];
  const { causes } = await diagnosed(join(site, 'site.yml'));
  const found = causes.flatMap(({ findings }: { findings: { place: string; code: string }[] }) =>
    findings.map(({ place, code }) => `${place} ${code}`),
  );
  expect(wrong.length).toBeGreaterThan(2);
  expect(found).toEqual(expect.arrayContaining(wrong.map(([, place, code]) => `${place} ${code}`)));
});

test('a variable that -e gives is not missing', async () => {
  const kindsOf = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await diagnosed(site, ...args)).causes.map(({ kind }: { kind: string }) => kind);
  expect(await kindsOf()).toContain('variable');
  expect(await kindsOf('-e', 'motto=onwards')).not.toContain('variable');
});

test('a role by itself runs, and needs no inventory', async () => {
  const { status, tasks } = await diagnosed(join(site, 'roles', 'unused'));
  expect(tasks).toEqual({ total: 1, asTheyAre: 1 });
  expect(status).toBe(0);
});

test('roles are found where ansible.cfg says, and counted for a playbook too; meta is no task', async () => {
  const { causes, roles, tasks } = await diagnosed(join(here, 'roles-path', 'site.yml'));
  expect(causes).toEqual([]);
  expect(roles).toEqual([join(here, 'shared', 'elsewhere')]);
  expect(tasks).toEqual({ total: 2, asTheyAre: 2 });
});

test('a folder of roles is all of them', async () => {
  const { roles } = await diagnosed(join(site, 'roles'));
  expect(roles).toHaveLength(2);
});

test('the playbooks of this repository run as they are', async () => {
  const { status, tasks, causes } = await diagnosed('playbooks/synapse-workers.yaml');
  expect(causes).toEqual([]);
  expect(tasks.asTheyAre).toBe(tasks.total);
  expect(status).toBe(0);
});

test.each([
  [join(here, 'sit'), `there is no playbook or folder ${join(here, 'sit')}; did you mean "site"?`],
  [join(site, 'library'), 'has no playbooks and no roles'],
])('says what it cannot examine: %s', async (path, said) => {
  const { status, stderr } = await doctor(path);
  expect(stderr).toContain(said);
  expect(status).toBe(1);
});

test('a file of variables beside a playbook is no inventory, whatever its name', async () => {
  const { causes, inventories } = await diagnosed(join(here, 'variables', 'site.yml'));
  expect(inventories).toEqual([join(here, 'variables', 'hosts.yml')]);
  expect(causes).toEqual([]);
});
