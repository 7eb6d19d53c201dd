import { mkdtemp, rm, writeFile as write } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDirectories } from '../../src/actions/make-directory.ts';
import { removePath } from '../../src/actions/remove-path.ts';
import { setAttributes } from '../../src/actions/set-attributes.ts';
import { makeEmptyFile } from '../../src/actions/touch-file.ts';
import { writeFile } from '../../src/actions/write-file.ts';
import type { FileFact } from '../../src/facts/files.ts';
import type { Action } from '../../src/model/action.ts';
import { absent } from '../../src/model/fact.ts';
import { folderFunctions } from '../../src/shell/enter-folder.ts';
import { startHost, type TestHost } from '../hosts/host.ts';
import { failuresOf, synDeploy } from './support/syn-deploy.ts';

let host: TestHost;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syn-deploy-files-'));
  host = await startHost({ suite: 'bookworm' });
  await host.run(
    'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y acl attr busybox && useradd -m -s /bin/sh eve && chmod 0755 /home/eve',
  );
});

afterAll(async () => {
  await host?.stop();
  await rm(folder, { recursive: true });
});

const apply = async (tasks: string, files: Readonly<Record<string, string>> = {}) => {
  const playbook = join(folder, 'site.yaml');
  await write(playbook, `- hosts: all\n  tasks:\n${tasks}`);
  for (const [name, text] of Object.entries(files)) await write(join(folder, name), text);
  return synDeploy('apply', { hosts: [host], group: 'homes', playbook });
};

describe('a file that is replaced', () => {
  const edits = {
    copy: '{ dest: /srv/kept/copy, content: new, backup: true }',
    template: '{ dest: /srv/kept/template, src: t.j2, backup: true }',
    lineinfile: '{ path: /srv/kept/lineinfile, line: new, backup: true }',
    blockinfile: '{ path: /srv/kept/blockinfile, block: new, backup: true }',
    replace: '{ path: /srv/kept/replace, regexp: old, replace: new, backup: true }',
    config_line: '{ path: /srv/kept/config_line, key: a, value: new, backup: true }',
    yaml_file: '{ path: /srv/kept/yaml_file, value: { a: new }, backup: true }',
  };
  const names = Object.keys(edits);

  /** What the result calls it: Ansible has another word for it in one of them. */
  const keyOf = (name: string): string => (name === 'lineinfile' ? 'backup' : 'backup_file');

  const seen = (of: string): Promise<string> =>
    host.run(
      `cd /srv/kept && getfacl -n -- ${of} | sed '1d' && getfattr -d -- ${of} 2>&1 | sed '1d' && stat -c '%u %g %a' -- ${of}`,
    );

  test('keeps owner, mode, ACL and extended attributes, and so does its backup, whose path is told', async () => {
    await host.run(`mkdir /srv/kept && cd /srv/kept
for f in ${names.join(' ')}; do
  echo 'a: old' >$f; chown eve:adm $f; chmod 0640 $f; setfacl -m u:admin:rw,g:games:r $f; setfattr -n user.note -v why $f
done`);
    const before = await seen('copy');
    expect(before).toContain(`user:${await host.run('id -u admin')}:rw-`);
    expect(before).toContain('user.note="why"');
    const run = await apply(
      Object.entries(edits)
        .map(
          ([name, params]) =>
            `    - ${name}: ${params}\n      register: made_${name}\n    - copy: { dest: /srv/kept/of-${name}, content: "{{ made_${name}.${keyOf(name)} }}" }\n      when: made_${name} is changed\n`,
        )
        .join(''),
      { 't.j2': 'new\n' },
    );
    expect(run.exitStatus, failuresOf(run)).toBe(0);
    for (const name of names) {
      expect(await host.run(`cat /srv/kept/${name}`), name).toContain('new');
      expect(await seen(name), name).toBe(before);
      const backup = await host.run(`cat /srv/kept/of-${name}`);
      expect(backup).toMatch(new RegExp(`^/srv/kept/${name}\\.\\d+\\.\\d{4}-\\d\\d-\\d\\d@[\\d:]{8}~$`));
      expect(await host.run(`cat ${backup}`)).toBe('a: old');
      expect(await seen(backup.replace('/srv/kept/', '')), backup).toBe(before);
    }
  });

  test('gets the mode and owner that are asked for, and keeps the ACL below them', async () => {
    const run = await apply(
      '    - copy: { dest: /srv/kept/copy, content: newer, mode: "0600", owner: root, group: root }\n',
    );
    expect(run.exitStatus, failuresOf(run)).toBe(0);
    const after = await seen('copy');
    expect(after).toContain('0 0 600');
    expect(after).toMatch(/^user:\d+:rw-\s+#effective:---$/m);
    expect(after).toContain('user.note="why"');
  });
});

describe('links', () => {
  beforeAll(async () => {
    await host.run(`mkdir -p /srv/real /srv/victim /srv/shared && ln -s real /srv/link && chmod 0777 /srv/shared && ln -s /srv/real /srv/shared/roots
su eve -c 'mkdir -p /home/eve/own && ln -sfn own /home/eve/to-own && ln -sfn /srv/victim /home/eve/to-victim && ln -sfn to-own /home/eve/again'`);
  });

  test('of root in the way of a path are followed, and those of others as far as they lead to what is theirs', async () => {
    const run = await apply(
      `    - copy: { dest: /srv/link/file, content: x }
    - file: { path: /srv/link/sub/deep, state: directory, mode: "0700" }
    - copy: { dest: /home/eve/again/file, content: x }
    - copy: { dest: /home/eve/to-own/../own/other, content: x }
`,
    );
    expect(run.exitStatus, failuresOf(run)).toBe(0);
    expect(
      await host.run('ls /srv/real; stat -c %a /srv/real/sub /srv/real/sub/deep; ls /home/eve/own'),
    ).toBe('file\nsub\n700\n700\nfile\nother');
  });

  test('of others that lead to what is not theirs are refused, whatever is to be done there', async () => {
    await host.run('echo mine >/srv/victim/mine; mkdir /srv/victim/empty');
    const tasks = [
      'copy: { dest: /home/eve/to-victim/file, content: x }',
      'copy: { dest: /home/eve/to-victim/mine, content: x }',
      'file: { path: /home/eve/to-victim/mine, mode: "0666" }',
      'file: { path: /home/eve/to-victim/mine, owner: eve }',
      'file: { path: /home/eve/to-victim/mine, state: absent }',
      'file: { path: /home/eve/to-victim/empty, state: directory, mode: "0777" }',
      'file: { path: /home/eve/to-victim/a/b, state: directory }',
      'file: { path: /home/eve/to-victim/l, state: link, src: /etc }',
      'file: { path: /home/eve/to-victim/t, state: touch }',
      'lineinfile: { path: /home/eve/to-victim/mine, line: x }',
      'copy: { dest: /srv/shared/roots/x, content: x }',
    ];
    const { host: report } = await apply(
      tasks.map((task) => `    - ${task}\n      ignore_errors: true\n`).join(''),
    );
    const messages = report.tasks.map(({ message }) => message ?? '');
    for (const message of messages.slice(0, -1))
      expect(message).toMatch(
        /nothing was done in \/home\/eve\/to-victim\S*: it leads to \/srv\/victim\S*, by the link \/home\/eve\/to-victim that others may change, and that folder is not theirs; have root own/,
      );
    expect(messages.at(-1)).toContain(
      'nothing was done in /srv/shared/roots: others may change the link /srv/shared/roots; have root own its folder, or name the folder that it leads to',
    );
    expect(messages.length).toBe(tasks.length);
    expect(await host.run("cd /srv/victim; ls; cat mine; stat -c '%U %a' mine empty")).toBe(
      'empty\nmine\nmine\nroot 644\nroot 755',
    );
  });

  test('are judged by busybox’s sh as by dash and bash', async () => {
    for (const [dest, status] of [
      ['/srv/link/by-shell', 0],
      ['/home/eve/again/by-shell', 0],
      ['/home/eve/to-victim/by-shell', 1],
    ] as const) {
      const action = writeFile({
        path: dest,
        bytes: new TextEncoder().encode('x'),
        current: absent,
        before: absent,
        identity: {},
      });
      const script = `${folderFunctions(action.sh)?.sh}\n( set -e\n${action.sh.sh}\n)`;
      const encoded = Buffer.from(script).toString('base64');
      for (const shell of ['dash', 'bash', 'busybox sh']) {
        const { exitCode, stderr } = await host.exec(`echo ${encoded} | base64 -d | ${shell} -s`);
        expect([shell, exitCode], stderr).toEqual([shell, status]);
      }
    }
    expect(await host.run('cat /srv/real/by-shell /home/eve/own/by-shell; ls /srv/victim')).not.toContain(
      'by-shell',
    );
  });

  test('at the end of a path are replaced, or followed, as `follow` says', async () => {
    await host.run(
      'cd /srv/real && echo old >target && for l in copied followed edited touched owned; do ln -s target $l; done',
    );
    const run = await apply(
      `    - copy: { dest: /srv/real/copied, content: new }
    - file: { path: /srv/real/owned, owner: eve, follow: false }
    - lineinfile: { path: /srv/real/edited, line: edited }
    - copy: { dest: /srv/real/followed, content: "followed\\nedited\\n", follow: true }
    - file: { path: /srv/real/touched, mode: "0600" }
`,
    );
    expect(run.exitStatus, failuresOf(run)).toBe(0);
    expect(
      await host.run(
        "cd /srv/real && cat copied && echo && cat target && stat -c '%n %F %U %a' copied followed edited touched owned target",
      ),
    ).toBe(
      `new
followed
edited
copied regular file root 644
followed symbolic link root 777
edited symbolic link root 777
touched symbolic link root 777
owned symbolic link eve 777
target regular file root 600`,
    );
  });
});

describe('somebody who swaps names for links as fast as can be', () => {
  const fact = (more: Partial<FileFact>): FileFact => ({
    type: 'file',
    mode: '0644',
    owner: 'root',
    group: 'root',
    uid: 0,
    gid: 0,
    sizeBytes: 0,
    mtime: 0,
    inode: 1,
    links: 1,
    sha256: '',
    target: '',
    ...more,
  });
  const bytes = new TextEncoder().encode('a secret that eve is not to place elsewhere\n');
  const path = '/home/eve/dir/file';
  const wanted = { path, bytes, before: absent, identity: {} } as const;

  /** Of perl, which every Debian has: a turn takes microseconds, and begins at another moment each time. */
  const swapFolder = `rename "dir", "real"; symlink "/srv/victim", "dir"; unlink "dir"; rename "real", "dir";`;
  const swapFile = `rename "dir/file", "dir/kept"; symlink "/srv/victim/file", "dir/file"; unlink "dir/file"; rename "dir/kept", "dir/file";`;
  const swapTemporary = `opendir D, "dir"; for (readdir D) { if (/syn-/) { unlink "dir/$_"; symlink "/srv/victim/file", "dir/$_" } }`;
  const swapNewFolder = `rename "dir/new", "dir/moved"; symlink "/srv/victim", "dir/new"; unlink "dir/new"; rename "dir/moved", "dir/new";`;

  /** Carries an action out many times while the folder is played with. @returns how often it came to its end */
  const race = async (swap: string, action: Action | undefined, before = ':'): Promise<number> => {
    if (action === undefined) throw new Error('there is nothing to do');
    const script = `umask 022
${folderFunctions(action.sh)?.sh}
n=0 done=0
while [ $n -lt 60 ]; do
  ( ${before} ) </dev/null >/dev/null 2>&1
  ( set -e
${action.sh.sh}
  ) </dev/null >/dev/null 2>&1
  [ $? != 0 ] || done=$((done + 1))
  n=$((n + 1))
done
echo $done`;
    await host.run(`rm -rf /home/eve/dir /home/eve/real /srv/victim /tmp/stop
mkdir -p /srv/victim /srv/victim/sub && echo mine >/srv/victim/file && chmod 0600 /srv/victim/file
su eve -c 'mkdir -p /home/eve/dir/sub && echo hers >/home/eve/dir/file'
cat >/tmp/swap <<'EOF'
chdir "/home/eve"; while (! -e "/tmp/stop") { for my $i (1..200) { ${swap} select(undef, undef, undef, rand(0.0005)); } }
EOF
setsid su eve -c 'perl /tmp/swap; touch /tmp/stopped' >/dev/null 2>&1 </dev/null &`);
    const encoded = Buffer.from(script).toString('base64');
    const finished = Number(await host.run(`echo ${encoded} | base64 -d | sh -s`));
    await host.run('touch /tmp/stop; while [ ! -e /tmp/stopped ]; do sleep 0.05; done; rm -f /tmp/stopped');
    expect(
      await host.run("cd /srv/victim && find . | sort && cat file && stat -c '%n %F %U:%G %a' . file sub"),
    ).toBe(`.
./file
./sub
mine
. directory root:root 755
file regular file root:root 600
sub directory root:root 755`);
    // Some turns meet the folder as it should be, or else nothing would have been tried.
    expect(finished).toBeGreaterThan(0);
    return finished;
  };

  interface Played {
    readonly what: string;
    readonly action: Action | undefined;
    /** What is done before each turn. */
    readonly before?: string;
    readonly swap?: string;
  }

  const folderWithin = fact({ type: 'directory' });
  const twoFolders = ['/home/eve/dir/new', '/home/eve/dir/new/b'];

  test.each<Played>([
    { what: 'a new file', action: writeFile({ ...wanted, current: absent, mode: '0666', owner: 'eve' }) },
    {
      what: 'a file that is replaced',
      action: writeFile({ ...wanted, current: fact({}), backup: true, mode: '0640' }),
    },
    { what: 'a mode', action: setAttributes(path, fact({}), { mode: '0666' })[0] },
    { what: 'an owner', action: setAttributes(path, fact({}), { owner: 'eve' })[0] },
    {
      what: 'a folder’s mode',
      action: setAttributes('/home/eve/dir/sub', folderWithin, { mode: '0777' })[0],
    },
    {
      what: 'new folders',
      action: makeDirectories(twoFolders, { owner: 'eve' }, {}),
      before: 'rm -rf /home/eve/real/new',
    },
    { what: 'a removal', action: removePath(path, fact({})), before: `su eve -c "touch ${path}"` },
    { what: 'a removal of a folder', action: removePath('/home/eve/dir/sub', folderWithin) },
    {
      what: 'an empty file',
      action: makeEmptyFile('/home/eve/dir/empty', { mode: '0666' }, {}),
      before: 'rm -f /home/eve/real/empty',
    },
  ])('$what lands nowhere else when the folder is swapped', async ({ action, before }) => {
    await race(swapFolder, action, before);
  });

  test.each<Played>([
    { what: 'a file that is replaced', swap: swapFile, action: writeFile({ ...wanted, current: fact({}) }) },
    { what: 'a mode', swap: swapFile, action: setAttributes(path, fact({}), { mode: '0666' })[0] },
    { what: 'an owner', swap: swapFile, action: setAttributes(path, fact({}), { owner: 'eve' })[0] },
    {
      what: 'a temporary file',
      swap: swapTemporary,
      action: writeFile({ ...wanted, current: absent, mode: '0666', owner: 'eve' }),
    },
    {
      what: 'a new folder',
      swap: swapNewFolder,
      action: makeDirectories(twoFolders, { owner: 'eve', mode: '0777' }, {}),
      before: 'rm -rf /home/eve/dir/new /home/eve/dir/moved',
    },
  ])('$what lands nowhere else when its name is swapped', async ({ swap = '', action, before }) => {
    await race(swap, action, before);
  });

  test('a link to what is theirs leads nowhere else when it is swapped for another', async () => {
    const swapLink = `unlink "link"; symlink "/srv/victim", "link"; unlink "link"; symlink "dir", "link";`;
    await race(
      swapLink,
      writeFile({ ...wanted, path: '/home/eve/link/file', current: absent, mode: '0666' }),
    );
  });

  test('keeps nobody from writing once it stops', async () => {
    expect(await race('', writeFile({ ...wanted, current: fact({}) }))).toBe(60);
  });
});
