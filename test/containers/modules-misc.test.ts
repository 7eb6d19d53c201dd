import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { startHost, type TestHost } from '../hosts/host.ts';
import { type Deployment, failuresOf, synDeploy, tasksThat } from './support/syn-deploy.ts';

type Task = Readonly<Record<string, unknown>>;

describe('modules that look, fetch, wait and restart, on a real host', () => {
  let host: TestHost;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'syn-deploy-misc-'));
    host = await startHost({ suite: 'bookworm' });
  });

  afterAll(async () => {
    await host?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const apply = async (
    tasks: readonly Task[],
    { mode = 'apply', files = {} }: { mode?: 'apply' | 'check'; files?: Record<string, string> } = {},
  ): Promise<Deployment> => {
    const playbook = join(folder, 'site.yaml');
    await mkdir(join(folder, 'files'), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'files', name), text);
    await writeFile(playbook, stringify([{ hosts: 'all', tasks }]));
    return await synDeploy(mode, { hosts: [host], group: 'misc', playbook });
  };

  const applied = async (tasks: readonly Task[], files: Record<string, string> = {}): Promise<Deployment> => {
    const done = await apply(tasks, { files });
    expect(done.exitStatus, failuresOf(done)).toBe(0);
    return done;
  };

  test('find finds by name, type, age, size, mode, depth and content', async () => {
    await host.run(
      `rm -rf /srv/f; mkdir -p /srv/f/sub/deep; cd /srv/f
echo 'hello world' >a.log; echo other >b.log; printf '%2000s' x >big; : >.hidden; echo x >sub/c.log; echo x >sub/deep/d.log
ln -s a.log link; chmod 0600 b.log; touch -d '3 days ago' b.log; printf 'new\\nline' >"sub/it's
odd"`,
    );
    await applied([
      { find: { paths: '/srv/f', patterns: '*.log', recurse: true }, register: 'logs' },
      { find: { paths: '/srv/f', patterns: '*.log', recurse: true, depth: 2 }, register: 'shallow' },
      { find: { paths: '/srv/f', contains: 'hel+o', get_checksum: true }, register: 'content' },
      { find: { paths: '/srv/f', age: '1d' }, register: 'old' },
      { find: { paths: '/srv/f', size: '1k' }, register: 'large' },
      { find: { paths: '/srv/f', mode: '0600' }, register: 'secret' },
      { find: { paths: '/srv/f', file_type: 'any', hidden: true }, register: 'any' },
      { find: { paths: '/srv/f', file_type: 'directory', recurse: true }, register: 'folders' },
      { find: { paths: '/srv/f', use_regex: true, patterns: '^[ab]\\.', excludes: '^b' }, register: 'regex' },
      { find: { paths: '/srv/f/sub', patterns: '*odd*' }, register: 'odd' },
      { find: { paths: '/srv/nothing' }, register: 'nothing' },
      {
        assert: {
          that: [
            "logs.files | map(attribute='path') | sort == ['/srv/f/a.log', '/srv/f/b.log', '/srv/f/sub/c.log', '/srv/f/sub/deep/d.log']",
            'shallow.matched == 3',
            "content.files | map(attribute='path') | list == ['/srv/f/a.log']",
            "content.files[0].checksum == '22596363b3de40b06f981fb85d82312e8c0ed511'",
            "old.files | map(attribute='path') | list == ['/srv/f/b.log']",
            "large.files | map(attribute='path') | list == ['/srv/f/big']",
            "secret.files | map(attribute='path') | list == ['/srv/f/b.log']",
            'any.matched == 6',
            'any.files | selectattr("islnk") | list | length == 1',
            "folders.files | map(attribute='path') | list == ['/srv/f/sub', '/srv/f/sub/deep']",
            "regex.files | map(attribute='path') | list == ['/srv/f/a.log']",
            'odd.matched == 1',
            "nothing.skipped_paths['/srv/nothing'] is defined",
          ],
        },
      },
    ]);
  });

  test('find sees what a task before it wrote', async () => {
    await applied([
      { copy: { content: 'x', dest: '/srv/f/sub/new.cfg' } },
      { find: { paths: '/srv/f/sub', patterns: '*.cfg' }, register: 'found' },
      { assert: { that: ['found.matched == 1'] } },
    ]);
  });

  test('tempfile makes another one each time, and its path is known to the tasks after it', async () => {
    const done = await applied([
      { tempfile: { state: 'directory', suffix: '.d' }, register: 'made' },
      { copy: { content: 'x', dest: '{{ made.path }}/x' } },
      { stat: { path: '{{ made.path }}' }, register: 'seen' },
      { assert: { that: ['seen.stat.isdir', "seen.stat.mode == '0700'", "made.path.endswith('.d')"] } },
    ]);
    expect(done.host.proved).toBe(false);
  });

  test('getent, service_facts, package_facts and setup tell what the host has', async () => {
    await applied([
      { getent: { database: 'passwd', key: 'root' } },
      { service_facts: null },
      { package_facts: null },
      { setup: { filter: 'ansible_distribution*' }, register: 'machine' },
      { ping: null, register: 'pong' },
      {
        assert: {
          that: [
            "getent_passwd['root'][4] == '/root'",
            "ansible_facts.services['ssh.service'].state == 'running'",
            "ansible_facts.packages['openssh-server'][0].version | length > 0",
            "ansible_facts.distribution == 'Debian'",
            "machine.ansible_facts.ansible_distribution == 'Debian'",
            "pong.ping == 'pong'",
          ],
        },
      },
    ]);
  });

  test('script runs a script of the project, and leaves nothing behind', async () => {
    await host.run('rm -rf /srv/s; mkdir /srv/s');
    const script = {
      script: 'make.sh "a b" c',
      args: { chdir: '/srv/s', creates: '/srv/s/made' },
      register: 'ran',
    };
    const files = { 'make.sh': '#!/bin/bash\nset -eu\nprintf "%s|" "$@" >made\necho done\n' };
    const done = await applied(
      [script, { raw: 'echo raw', register: 'told' }, { assert: { that: ["told.stdout_lines == ['raw']"] } }],
      files,
    );
    expect(tasksThat('changed', done)).toHaveLength(2);
    expect(await host.run('cat /srv/s/made')).toBe('a b|c|');
    expect(await host.run('ls -d /tmp/syn-script.* 2>/dev/null || :')).toBe('');
    expect(tasksThat('changed', await applied([script], files))).toEqual([]);
  });

  test('fetch brings a file here once, and again when the host has another', async () => {
    const task = { fetch: { src: '/srv/k', dest: 'kept' } };
    const here = join(folder, 'kept', host.name, 'srv/k');
    await host.run("printf 'one\\0two' >/srv/k");
    const checked = await apply([task], { mode: 'check' });
    expect(tasksThat('drift', checked)).toHaveLength(1);
    expect(tasksThat('changed', await applied([task]))).toHaveLength(1);
    expect(await readFile(here, 'utf8')).toBe('one\0two');
    const again = await applied([task]);
    expect(again.host).toMatchObject({ status: 'ok', proved: true });
    await host.run('echo three >/srv/k');
    await applied([task]);
    expect(await readFile(here, 'utf8')).toBe('three\n');
  });

  test('pause waits here, wait_for_connection logs in anew', async () => {
    const done = await applied([
      { copy: { content: 'x', dest: '/srv/before' } },
      { pause: { seconds: 1 }, register: 'paused' },
      { wait_for_connection: { timeout: 60 } },
      { pause: { prompt: 'Go on?' }, register: 'answer' },
      { copy: { content: '{{ paused.stdout }}{{ answer.user_input }}', dest: '/srv/after' } },
    ]);
    expect(await host.run('cat /srv/after')).toBe('Paused for 1 seconds');
    expect(done.host.proved).toBe(true);
  });

  // A container cannot restart its kernel: what a restart does to the line is done to it, and the boot id is a file.
  test('reboot waits until the host is another, and goes on', async () => {
    await host.run('echo 1 >/srv/boot');
    await applied([
      {
        reboot: {
          reboot_command:
            "systemd-run --quiet sh -c 'sleep 1; systemctl stop ssh.socket ssh.service; pkill -f [s]shd: ; sleep 3; echo 2 >/srv/boot; systemctl start ssh.service'",
          boot_time_command: 'cat /srv/boot',
          reboot_timeout: 120,
        },
        register: 'restarted',
      },
      { assert: { that: ['restarted.rebooted', 'restarted is changed'] } },
      { copy: { content: 'x', dest: '/srv/after-boot' } },
    ]);
    expect(await host.run('cat /srv/boot /srv/after-boot')).toBe('2\nx');
  });

  test('check_mode: true leaves a task undone in an apply', async () => {
    await host.run('rm -f /srv/undone');
    await applied([
      { copy: { content: 'x', dest: '/srv/undone' }, check_mode: true, register: 'would' },
      { command: 'touch /srv/undone', check_mode: true, register: 'skipped' },
      { assert: { that: ['would is changed', 'skipped is skipped', 'skipped is not changed'] } },
    ]);
    expect(await host.run('ls /srv/undone 2>/dev/null || :')).toBe('');
  });

  test('what is said of a wrong argument is what Ansible says', async () => {
    const task = { validate_argument_spec: { argument_spec: { port: { type: 'int', required: true } } } };
    await expect(apply([task])).rejects.toThrow('missing required arguments: port');
  });
});
