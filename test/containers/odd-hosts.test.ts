import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHost, type TestHost } from '../hosts/host.ts';
import { program } from './support/program.ts';
import { runTask } from './support/run-task.ts';
import { failuresOf, inventoryOf, synDeploy } from './support/syn-deploy.ts';

let host: TestHost;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syn-deploy-odd-'));
  host = await startHost({ suite: 'bookworm' });
  await host.run('useradd -m -s /bin/sh eve');
});

afterAll(async () => {
  await host?.stop();
  await rm(folder, { recursive: true });
});

const run = async (tasks: string, vars: Readonly<Record<string, unknown>> = {}) => {
  const playbook = join(folder, 'site.yaml');
  await writeFile(playbook, `- hosts: all\n  tasks:\n${tasks}`);
  return synDeploy('apply', { hosts: [host], group: 'odd', playbook, vars });
};

const messageOf = async (tasks: string, vars?: Readonly<Record<string, unknown>>): Promise<string> => {
  const ended = await run(tasks, vars);
  expect(ended.exitStatus, failuresOf(ended)).not.toBe(0);
  return failuresOf(ended);
};

const succeed = async (tasks: string, vars?: Readonly<Record<string, unknown>>): Promise<void> => {
  const ended = await run(tasks, vars);
  expect(ended.exitStatus, failuresOf(ended)).toBe(0);
};

/** What a person sees. */
const plainOutput = async (tasks: string): Promise<string> => {
  await mkdir(join(folder, '.ssh'), { recursive: true });
  await copyFile(host.knownHostsPath, join(folder, '.ssh/known_hosts'));
  const playbook = join(folder, 'plain.yaml');
  const inventory = join(folder, 'inventory.yaml');
  await writeFile(playbook, `- hosts: all\n  tasks:\n${tasks}`);
  await writeFile(inventory, inventoryOf({ hosts: [host], group: 'odd', playbook }));
  const command = [program, 'apply', inventory, playbook];
  const { stdout } = await execa(process.execPath, [...command, '--output', 'plain', '-vvv'], {
    env: { HOME: folder },
    stdin: 'ignore',
  });
  return stdout;
};

/** A package of the test's own, made on the host. */
const makeDeb = (name: string, version: string, files: Readonly<Record<string, string>>): string => `
rm -rf /root/deb; mkdir -p /root/deb/DEBIAN /srv/repo
printf 'Package: ${name}\\nVersion: ${version}\\nArchitecture: all\\nMaintainer: Test <test@example.org>\\nDescription: test\\n' >/root/deb/DEBIAN/control
${Object.entries(files)
  .map(
    ([path, text]) =>
      `mkdir -p $(dirname /root/deb/${path}); printf '${text}' >/root/deb/${path}; case ${path} in DEBIAN/p*) chmod 0755 /root/deb/${path} ;; esac`,
  )
  .join('\n')}
dpkg-deb --build --root-owner-group /root/deb /srv/repo/${name}_${version}.deb >/dev/null
cd /srv/repo; for f in *.deb; do
  dpkg-deb -f $f; printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' $f "$(stat -c %s $f)" "$(sha256sum <$f | cut -d ' ' -f 1)"
done >Packages
echo 'deb [trusted=yes] file:/srv/repo ./' >/etc/apt/sources.list.d/test.list`;

describe('a full or a read-only file system', () => {
  const big = "{{ (range(40000) | join('-')) }}";

  test('is told as such, and leaves nothing half written', async () => {
    await host.run(
      'mkdir -p /srv/full /srv/ro && mount -t tmpfs -o size=64k,mode=0777 none /srv/full && echo old >/srv/full/old && mount -t tmpfs none /srv/ro && mount -o remount,ro /srv/ro',
    );
    const tasks = [
      `copy: { dest: /srv/full/new, content: "${big}" }`,
      `copy: { dest: /srv/full/old, content: "${big}" }`,
      `copy: { dest: /srv/full/hers, content: "${big}" }\n      become_user: eve`,
      'copy: { dest: /srv/ro/file, content: x }',
      'file: { path: /srv/ro/folder, state: directory }',
    ];
    const { host: report } = await run(
      tasks.map((task) => `    - ${task}\n      ignore_errors: true\n`).join(''),
    );
    const full = expect.stringContaining('No space left on device');
    const readOnly = expect.stringContaining('Read-only file system');
    expect(report.tasks.map(({ message }) => message)).toEqual([full, full, full, readOnly, readOnly]);
    expect(await host.run('ls -A /srv/full; cat /srv/full/old')).toBe('old\nold');
  });
});

describe('a host without what one may count on', () => {
  test('no /tmp is needed', async () => {
    await host.run('mv /tmp /tmp.away');
    try {
      await succeed(`    - copy: { dest: /root/a, content: "a: 1\\n", backup: true, validate: cat %s }
    - lineinfile: { path: /root/e, line: "b: 2", create: true }
    - file: { path: /root/b/c, state: directory, mode: "0700" }
    - shell: cat >/root/d
      args: { stdin: text, creates: /root/d }
    - user: { name: bob }
    - systemd_unit: { name: odd.service, content: "[Service]\\nExecStart=/bin/true\\n", verify: false }
    - apt: { name: procps }
`);
      expect(
        await messageOf(
          '    - systemd_unit: { name: verified.service, content: "[Service]\\nExecStart=/bin/true\\n" }\n',
        ),
      ).toContain('systemd-analyze verify needs a /tmp that it can write to, and nothing was installed');
    } finally {
      await host.run('mv /tmp.away /tmp');
    }
  });

  test('a umask of the account changes no mode of what is made', async () => {
    await host.run(`cp /etc/pam.d/common-session /root; cp /etc/pam.d/common-session-noninteractive /root
for f in common-session common-session-noninteractive runuser; do echo 'session required pam_umask.so umask=0077' >>/etc/pam.d/$f; done
echo 'umask 077' >>/home/admin/.bashrc; sed -i '1i umask 077' /home/admin/.bashrc /root/.bashrc`);
    await succeed(`    - copy: { dest: /srv/mask-file, content: x }
    - file: { path: /srv/mask-made, state: directory }
    - file: { path: /srv/mask-touched, state: touch, access_time: preserve, modification_time: preserve }
    - systemd_unit: { name: odd.service, content: "[Service]\\nExecStart=/bin/true\\n" }
    - systemd_dropin: { unit: odd.service, name: a, sections: { Unit: { Description: x } } }
    - copy: { dest: /home/eve/file, content: x }
      become_user: eve
    - file: { path: /home/eve/made, state: directory }
      become_user: eve
`);
    expect(
      await host.run(
        "stat -c '%n %a' /srv/mask-* /etc/systemd/system/odd.service.d /etc/systemd/system/odd.service.d/* /home/eve/file /home/eve/made",
      ),
    ).toBe(
      '/srv/mask-file 644\n/srv/mask-made 755\n/srv/mask-touched 644\n/etc/systemd/system/odd.service.d 755\n/etc/systemd/system/odd.service.d/a.conf 644\n/home/eve/file 644\n/home/eve/made 755',
    );
  });
});

describe('an account', () => {
  const asPlain = { ansible_user: 'plain' };
  const task = '    - copy: { dest: /root/x, content: x }\n';

  beforeAll(async () => {
    await host.run(
      `useradd -m -s /bin/bash plain && echo plain:right | chpasswd && mkdir -m 0700 /home/plain/.ssh && cp /home/admin/.ssh/authorized_keys /home/plain/.ssh/ && chown -R plain: /home/plain/.ssh`,
    );
  });

  test('without a password for sudo is told what to give', async () => {
    expect(await messageOf(task, asPlain)).toContain(
      'sudo: a password is required; if it asks for a password, give -K/--ask-become-pass or ansible_become_password',
    );
  });

  test('without the right to sudo is told so', async () => {
    expect(await messageOf(task, { ...asPlain, ansible_become_password: 'right' })).toContain(
      'plain is not in the sudoers file',
    );
  });

  test('with a wrong password for sudo is told so', async () => {
    await host.run("echo 'plain ALL=(ALL:ALL) ALL' >/etc/sudoers.d/plain");
    expect(await messageOf(task, { ...asPlain, ansible_become_password: 'another one' })).toContain(
      'sudo refused the become password: it is wrong',
    );
    await succeed(task, { ...asPlain, ansible_become_password: 'right' });
  });

  test('that may not write where it is to is told where', async () => {
    expect(
      await messageOf('    - copy: { dest: /etc/x, content: x }\n', { ...asPlain, ansible_become: false }),
    ).toMatch(/\/etc.*Permission denied/s);
  });
});

describe('apt', () => {
  /** Until the script of the package runs, under the locks of apt. */
  const untilSlow =
    'n=0; while ! pgrep -f "[s]low.postinst configure" >/dev/null && [ $n -lt 300 ]; do sleep 0.2; n=$((n + 1)); done';

  /** State and version of a package. */
  const seen = (name: string): Promise<string> =>
    host.run(`dpkg -s ${name} | sed -n 's/^\\(Status\\|Version\\): //p'`);

  test('waits for another, says whose the lock is, and fails after lock_timeout with who has it', async () => {
    await host.run(
      `${makeDeb('slow', '1', { 'DEBIAN/postinst': '#!/bin/sh\\nwhile [ ! -e /root/go ]; do sleep 0.2; done\\n' })}
${makeDeb('quick', '1', {})}
rm -f /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; apt-get update -q
setsid apt-get install -y /srv/repo/slow_1.deb >/root/slow.log 2>&1 </dev/null &
${untilSlow}`,
    );
    const quick = { name: 'quick' };
    const failed = await runTask(host, 'apt', { ...quick, lock_timeout: 2 });
    expect(failed.failure).toMatch(
      /^\/var\/lib\/dpkg\/lock-frontend is still held by process \d+ \(apt-get\) after 2 s; let it come to its end, or wait longer with lock_timeout$/m,
    );
    const waiting = runTask(host, 'apt', quick);
    await host.run('sleep 3; touch /root/go');
    expect(await waiting).toMatchObject({ failure: undefined, left: [] });
    expect([await seen('slow'), await seen('quick')]).toEqual([
      'install ok installed\n1',
      'install ok installed\n1',
    ]);
  });

  test('is told live whom it waits for', async () => {
    await host.run(
      `rm /root/go; dpkg --purge slow quick >/dev/null; setsid apt-get install -y /srv/repo/slow_1.deb >/root/slow.log 2>&1 </dev/null &
${untilSlow}`,
    );
    const output = plainOutput('    - apt: { name: quick }\n');
    await host.run(
      "n=0; until grep -q 'waiting for' /run/syn-deploy/wave.*/out || [ $n -gt 600 ]; do sleep 0.2; n=$((n + 1)); done 2>/dev/null; touch /root/go",
    );
    expect(await output).toMatch(
      /waiting for \/var\/lib\/dpkg\/lock-frontend, held by process \d+ \(apt-get\)/,
    );
  });

  const conffile = (text: string) => ({ 'etc/conf.conf': text, 'DEBIAN/conffiles': '/etc/conf.conf\\n' });

  test('never asks about a changed configuration file: the local one stays, or what dpkg_options says', async () => {
    await host.run(`${makeDeb('conf', '1', conffile('one\\n'))}
dpkg -i /srv/repo/conf_1.deb && echo mine >/etc/conf.conf
${makeDeb('conf', '2', conffile('two\\n'))}
apt-get update -q`);
    const latest = { name: 'conf', state: 'latest' };
    expect(await runTask(host, 'apt', latest)).toMatchObject({ failure: undefined, left: [] });
    expect([await host.run('cat /etc/conf.conf'), await seen('conf')]).toEqual([
      'mine',
      'install ok installed\n2',
    ]);

    await host.run(`${makeDeb('conf', '3', conffile('three\\n'))}\napt-get update -q`);
    const unanswered = await runTask(host, 'apt', { ...latest, dpkg_options: '' });
    expect(unanswered.failure).toContain('conffile');

    expect(await runTask(host, 'apt', { ...latest, dpkg_options: 'force-confnew' })).toMatchObject({
      failure: undefined,
      left: [],
    });
    expect([await host.run('cat /etc/conf.conf'), await seen('conf')]).toEqual([
      'three',
      'install ok installed\n3',
    ]);
  });
});
