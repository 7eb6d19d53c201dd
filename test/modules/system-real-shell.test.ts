import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CaseContext } from './support/case-file.ts';
import { applyHere, planHere } from './support/local-shell.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "syn deploy'$x-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');

/** Applies the task, which must succeed, and then must have nothing left to do. */
const converge = (module: string, params: unknown, context: CaseContext = {}): number => {
  const { outcomes, actions } = applyHere(module, params, context);
  expect(outcomes.map(({ exitStatus, stderr }) => ({ exitStatus, stderr }))).toEqual(
    actions.map(() => ({ exitStatus: 0, stderr: '' })),
  );
  expect(planHere(module, params, context).actions.map(({ summary }) => summary)).toEqual([]);
  return actions.length;
};

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6NM4Yl9kzCnpJzZ1bZ8BqlH4Vg0b8nS5rq5sYhtyB2';

describe('in a real shell, then planned again', { timeout: 120_000 }, () => {
  test('cron and cronvar write files byte for byte', () => {
    const job = `echo "it's" '$HOME' \`id\` \\% >/dev/null`;
    converge('cron', { name: "it's $x", cron_file: at('tab'), user: 'root', minute: 5, job });
    converge('cronvar', { name: 'MAILTO', value: "a'b $c", cron_file: at('tab') });
    expect(read('tab')).toBe(`MAILTO=a'b $c\n#Ansible: it's $x\n5 * * * * root ${job}\n`);
    converge('cronvar', { name: 'MAILTO', state: 'absent', cron_file: at('tab') });
    converge('cron', { name: "it's $x", cron_file: at('tab'), state: 'absent' });
    expect(() => statSync(at('tab'))).toThrow();
  });

  test('ini_file makes files and folders, and follows links where it is told to', () => {
    const params = { path: at('new/a.ini'), section: "s'x", option: 'a', value: "it's $x", mode: '0600' };
    converge('ini_file', params);
    const { value: _, ...rest } = params;
    converge('ini_file', { ...rest, option: 'b', values: ['1', '2'], no_extra_spaces: true });
    expect(read('new/a.ini')).toBe("\n[s'x]\na = it's $x\nb=1\nb=2\n");
    expect(statSync(at('new/a.ini')).mode & 0o777).toBe(0o600);
    symlinkSync('new/a.ini', at('link'));
    converge('ini_file', { path: at('link'), section: "s'x", option: 'b', state: 'absent', follow: true });
    expect(read('new/a.ini')).toBe("\n[s'x]\na = it's $x\n");
  });

  test('sysctl, pam_limits and mount write their files', () => {
    converge('sysctl', { name: 'a.b', value: '1 2', sysctl_file: at('sysctl'), reload: false });
    expect(read('sysctl')).toBe('a.b=1 2\n');
    const limit = { domain: '*', limit_type: '-', limit_item: 'core', value: 0, dest: at('limits') };
    converge('pam_limits', { ...limit, comment: "it's" });
    expect(read('limits')).toBe("*\t-\tcore\t0\t#it's\n");
    const entry = {
      path: '/srv/a b',
      src: "LABEL=it's",
      fstype: 'ext4',
      state: 'present',
      fstab: at('etc/fstab'),
    };
    converge('mount', entry);
    expect(read('etc/fstab')).toBe("LABEL=it's /srv/a\\040b ext4 defaults 0 0\n");
    converge('mount', { ...entry, state: 'absent_from_fstab' });
    expect(read('etc/fstab')).toBe('');
  });

  test('sysctl sees what the kernel has', () => {
    const live = readFileSync('/proc/sys/kernel/ostype', 'utf8').trim();
    writeFileSync(at('sysctl'), `kernel.ostype = ${live}\n`);
    expect(converge('sysctl', { name: 'kernel.ostype', value: live, sysctl_file: at('sysctl') })).toBe(0);
    const { actions } = planHere('sysctl', {
      name: 'kernel.ostype',
      value: 'Other',
      sysctl_file: at('sysctl'),
    });
    expect(actions.map(({ kind }) => kind)).toEqual(['write-file', 'set-kernel-settings']);
  });

  test('authorized_key makes its folder, and takes keys from a file', () => {
    const { username } = userInfo();
    writeFileSync(at('key.pub'), `# a key\n${key} me\n`);
    const params = { user: username, key: `file://${encodeURI(at('key.pub'))}`, path: at('ssh/keys') };
    converge('authorized_key', { ...params, key_options: 'command="it\'s \\"$x\\"",no-pty' });
    expect(read('ssh/keys')).toBe(`command="it's \\"$x\\"",no-pty ${key} me\n`);
    expect([statSync(at('ssh')).mode & 0o777, statSync(at('ssh/keys')).mode & 0o777]).toEqual([0o700, 0o600]);
    converge('authorized_key', { ...params, state: 'absent' });
    expect(read('ssh/keys')).toBe('');
  });

  test('known_hosts hides names as ssh does', () => {
    const params = { name: 'Git.example.org', key: `git.example.org ${key}`, path: at('known') };
    converge('known_hosts', { ...params, hash_host: true });
    const find = () =>
      execFileSync('ssh-keygen', ['-F', 'git.example.org', '-f', at('known')], { encoding: 'utf8' });
    expect(find()).toContain(key);
    expect(read('known')).not.toContain('git');
    converge('known_hosts', { name: 'git.example.org', state: 'absent', path: at('known') });
    expect(find).toThrow();
    // And what ssh has hidden is found here.
    writeFileSync(at('known'), `git.example.org ${key}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', at('known')], { stdio: 'ignore' });
    expect(converge('known_hosts', { ...params, hash_host: true })).toBe(0);
  });

  test('assemble puts pieces of every kind together', () => {
    mkdirSync(at('pieces/sub'), { recursive: true });
    writeFileSync(at('pieces/b'), Buffer.from([0, 255, 1]));
    writeFileSync(at('pieces/a b'), "it's");
    symlinkSync('b', at('pieces/c'));
    converge('assemble', { src: at('pieces'), dest: at('whole'), delimiter: '#' });
    const whole = Buffer.concat([Buffer.from("it's\n#\n"), Buffer.from([0, 255, 1, 10, 35, 10, 0, 255, 1])]);
    expect(readFileSync(at('whole')).equals(whole)).toBe(true);
  });

  test('git_config sets what git reads', () => {
    const params = { name: 'a.b', scope: 'file', file: at('config') };
    converge('git_config', { ...params, value: "it's $x" });
    converge('git_config', { ...params, value: 'two', add_mode: 'add' });
    const all = execFileSync('git', ['config', '-f', at('config'), '--get-all', 'a.b'], { encoding: 'utf8' });
    expect(all).toBe("it's $x\ntwo\n");
    converge('git_config', { ...params, state: 'absent' });
  });

  test('sudoers writes a rule that only its owner and group may read', () => {
    const isRoot = process.getuid?.() === 0;
    const { actions } = planHere('sudoers', {
      name: 'r',
      user: "o'x",
      commands: '/bin/a "*"',
      sudoers_path: folder,
    });
    expect(actions.map(({ kind }) => kind)).toEqual(['write-file']);
    if (!isRoot) return;
    converge('sudoers', { name: 'r', user: 'root', commands: ['/bin/true'], sudoers_path: folder });
    expect([read('r'), statSync(at('r')).mode & 0o777]).toEqual(['root ALL=NOPASSWD: /bin/true\n', 0o440]);
  });
});
