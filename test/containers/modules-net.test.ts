import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHost, type TestHost } from '../hosts/host.ts';
import { failuresOf, synDeploy, tasksThat } from './support/syn-deploy.ts';

let folder: string;
let host: TestHost;

/** A server for a host that has Perl and nothing else: files below /srv/http; POST is answered by 201, /private asks for a password. */
const server = `use strict; use warnings; use IO::Socket::INET;
my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8000, Listen => 16, ReuseAddr => 1) or die;
while (my $c = $s->accept) {
  my ($first, %h) = (scalar <$c>);
  next unless defined $first;
  while (my $l = <$c>) { $l =~ s/\\r?\\n//; last if $l eq ""; my ($k, $v) = split /: */, $l, 2; $h{lc $k} = $v }
  my ($method, $path) = split / /, $first;
  my $body = ""; read $c, $body, $h{"content-length"} if $h{"content-length"};
  my ($status, $type, $out) = ("200 OK", "text/plain", "");
  if ($method eq "POST") { ($status, $type, $out) = ("201 Created", "application/json", "{\\"length\\": " . length($body) . "}") }
  elsif ($path =~ m{^/private} && ($h{authorization} // "") ne "Basic dXNlcjpzZWNyZXQ=") { $status = "401 Unauthorized" }
  elsif (open my $f, "<:raw", "/srv/http$path") { local $/; $out = <$f>; $type = "application/json" if $path =~ /json$/ }
  else { $status = "404 Not Found" }
  my $auth = $status =~ /^401/ ? "WWW-Authenticate: Basic realm=\\"x\\"\\r\\n" : "";
  print $c "HTTP/1.1 $status\\r\\nContent-Type: $type\\r\\nContent-Length: " . length($out) . "\\r\\n\${auth}Connection: close\\r\\n\\r\\n" . ($method eq "HEAD" ? "" : $out);
  close $c;
}
`;

const key = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawj5+BYJKwYBBAHaRw8BAQdAMCv375O8O8DiV+mtPj/6rjk2w6/Uwn3thfiS
0NY73C20HFRlc3QgYXJjaGl2ZSA8YUBleGFtcGxlLm9yZz6IkAQTFggAOBYhBMym
MoeR7dZJY3DXG6Kvmn4/5RoIBQJrCPn4AhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4B
AheAAAoJEKKvmn4/5RoI1NEA/igIetbOrJMAEDuzjrZVawKLG03guJUWSiYxdkkK
A2fNAP9FhF/PDT438Ho+RkQ+gv2W5LqOtLmulz2kb0kaHQwHBg==
=BH16
-----END PGP PUBLIC KEY BLOCK-----
`;

/** What the server has: a file with checksums, an archive, a key, a repository with a package, and one of git beside it. */
const prepare = `set -e
export DEBIAN_FRONTEND=noninteractive
apt-get -q update >/dev/null
apt-get -q -y --no-install-recommends install curl git >/dev/null
mkdir -p /root/aside /srv/http/debian /srv/http/app/bin /root/deb/DEBIAN /root/deb/opt
mv /etc/apt/sources.list.d/* /root/aside 2>/dev/null || :
[ ! -s /etc/apt/sources.list ] || mv /etc/apt/sources.list /root/aside
mv /usr/bin/curl /root/aside/curl
cd /srv/http
echo hello >hello.txt; echo private >private; echo '{"versions": [1, 2]}' >answer.json
sha256sum hello.txt >SHA256SUMS
echo run >app/bin/run; chmod 0755 app/bin/run; ln -s run app/bin/link; tar -czf app.tar.gz app
printf 'Package: hello-test\\nVersion: 1.0\\nArchitecture: all\\nMaintainer: x <x@example.org>\\nDescription: test\\n' >/root/deb/DEBIAN/control
echo installed >/root/deb/opt/hello-test
dpkg-deb --root-owner-group --build /root/deb debian/hello-test.deb >/dev/null
cd debian
{ cat /root/deb/DEBIAN/control; printf 'Filename: ./hello-test.deb\\nSize: %s\\nSHA256: %s\\n\\n' "$(stat -c %s hello-test.deb)" "$(sha256sum hello-test.deb | cut -d' ' -f1)"; } >Packages
printf 'Suite: test\\nSHA256:\\n %s %s Packages\\n' "$(sha256sum Packages | cut -d' ' -f1)" "$(stat -c %s Packages)" >Release
git init -q -b main /srv/git && cd /srv/git
echo one >file; git add .; git -c user.name=x -c user.email=x commit -q -m one; git tag v1
systemd-run --quiet --unit=test-http perl /root/server.pl`;

const feed = async (path: string, text: string): Promise<void> => {
  await host.run(`printf %s '${Buffer.from(text).toString('base64')}' | base64 -d >${path}`);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syn-deploy-net-'));
  host = await startHost({ suite: 'bookworm' });
  await feed('/root/server.pl', server);
  await host.run('mkdir -p /srv/http');
  await feed('/srv/http/key.asc', key);
  await host.run(prepare);
});

afterAll(async () => {
  await host?.stop();
  await rm(folder, { recursive: true });
});

const run = async (mode: 'apply' | 'check', text: string) => {
  // A playbook each: what the one before declared would be looked at as orphans.
  const playbook = join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 8)}.yaml`);
  await writeFile(playbook, text);
  return synDeploy(mode, {
    hosts: [host],
    group: 'all_of_them',
    playbook,
    vars: { server: 'http://127.0.0.1:8000' },
  });
};

/** Applied, then applied again and checked without anything to do. @returns the names of what changed the first time */
const converge = async (text: string): Promise<readonly string[]> => {
  const first = await run('apply', text);
  expect(first.exitStatus, failuresOf(first)).toBe(0);
  expect(first.host).toMatchObject({ proved: true });
  const second = await run('apply', text);
  expect(second.exitStatus, failuresOf(second)).toBe(0);
  expect(tasksThat('changed', second)).toEqual([]);
  expect(second.host).toMatchObject({ status: 'ok', proved: true, execs: 1 });
  const checked = await run('check', text);
  expect(checked.exitStatus, failuresOf(checked)).toBe(0);
  return tasksThat('changed', first);
};

const packages = `- hosts: all
  tasks:
    - name: A file with its checksum
      get_url: { url: "{{ server }}/hello.txt", dest: /opt/hello.txt, checksum: "sha256:{{ server }}/SHA256SUMS", mode: "0600" }
    - name: A file that is compared
      get_url: { url: "{{ server }}/answer.json", dest: /opt/, force: true }
    - name: A repository
      apt_repository: { repo: "deb [trusted=yes] {{ server }}/debian ./", filename: local }
    - name: A package of it
      apt: { name: hello-test }
    - name: The same in the newer form
      deb822_repository: { name: Other one, uris: "{{ server }}/debian", suites: "./", trusted: true, signed_by: "{{ server }}/key.asc" }
    - name: A key
      apt_key: { url: "{{ server }}/key.asc", id: "CCA6328791EDD6496370D71BA2AF9A7E3FE51A08" }
    - name: A folder
      file: { path: /srv/app, state: directory }
    - name: An archive
      unarchive: { src: "{{ server }}/app.tar.gz", dest: /srv/app, remote_src: true, owner: www-data, mode: "u=rwX,g=rX,o=" }
`;

test('without curl and wget: files, repositories, keys and archives are fetched by apt itself', async () => {
  expect(await host.run('command -v curl wget || echo none')).toBe('none');
  expect(await converge(packages)).toEqual([
    'A file with its checksum',
    'A file that is compared',
    'A repository',
    'A package of it',
    'The same in the newer form',
    'A key',
    'A folder',
    'An archive',
  ]);
  expect(await host.run('cat /opt/hello-test /opt/hello.txt')).toBe('installed\nhello');
  expect(await host.run('cat /etc/apt/sources.list.d/local.list')).toBe(
    'deb [trusted=yes] http://127.0.0.1:8000/debian ./',
  );
  expect(await host.run('cat /etc/apt/sources.list.d/other-one.sources')).toBe(
    'X-Repolib-Name: Other one\nSigned-By: /etc/apt/keyrings/other-one.asc\nSuites: ./\nTrusted: yes\nTypes: deb\nURIs: http://127.0.0.1:8000/debian',
  );
  expect(
    await host.run(
      'stat -c "%a %U %n" /srv/app/app/bin/run /etc/apt/trusted.gpg.d/CCA6328791EDD6496370D71BA2AF9A7E3FE51A08.gpg',
    ),
  ).toBe(
    '750 www-data /srv/app/app/bin/run\n644 root /etc/apt/trusted.gpg.d/CCA6328791EDD6496370D71BA2AF9A7E3FE51A08.gpg',
  );
  await host.run('apt-get -q update');
});

test('what has drifted is found and repaired', async () => {
  await host.run(`echo x >>/opt/hello.txt; echo x >>/opt/answer.json; rm /etc/apt/sources.list.d/local.list
echo '# by hand' >>/etc/apt/sources.list.d/other-one.sources; echo x >>/etc/apt/keyrings/other-one.asc
rm /etc/apt/trusted.gpg.d/CCA6328791EDD6496370D71BA2AF9A7E3FE51A08.gpg /srv/app/app/bin/link; chown root /srv/app/app/bin/run`);
  const checked = await run('check', packages);
  expect(checked.exitStatus, failuresOf(checked)).toBe(8);
  const drifted = [
    'A file with its checksum',
    'A file that is compared',
    'A repository',
    'The same in the newer form',
    'A key',
    'An archive',
  ];
  expect(tasksThat('drift', checked)).toEqual(drifted);
  expect(await converge(packages)).toEqual(drifted);
});

test('a repository that cannot be read is taken back', async () => {
  const text = `- hosts: all
  tasks:
    - apt_repository: { repo: "deb {{ server }}/nothing ./", update_cache_retries: 0 }
`;
  for (const _ of [1, 2]) {
    const { exitStatus, host: report } = await run('apply', text);
    expect(exitStatus).toBe(2);
    expect(report.error).toContain('the sources are as they were before');
    expect(await host.run('ls /etc/apt/sources.list.d')).toBe('local.list\nother-one.sources');
  }
});

/** Puts a package of this version on the server, at an address that stays. */
const offer = (version: string): Promise<string> =>
  host.run(`sed -i -e 's/^Package: .*/Package: local-test/' -e 's/^Version: .*/Version: ${version}/' /root/deb/DEBIAN/control
echo ${version} >/root/deb/opt/local-test; rm -f /root/deb/opt/hello-test
dpkg-deb --root-owner-group --build /root/deb /srv/http/local-test.deb`);

test('a package at an address is looked at before it is installed, and is not replaced by an older one', async () => {
  const text = `- hosts: all
  tasks:
    - name: The package
      apt: { deb: "{{ server }}/local-test.deb", policy_rc_d: 101 }
`;
  for (const [version, summary] of [
    ['1.0', 'install local-test 1.0'],
    ['2.0', 'install local-test 2.0 (was 1.0)'],
  ] as const) {
    await offer(version);
    const checked = await run('check', text);
    expect(checked.exitStatus, failuresOf(checked)).toBe(8);
    expect(checked.host.tasks[0]?.changes.map((change) => change.summary)).toEqual([summary]);
    const applied = await run('apply', text);
    expect(applied.exitStatus, failuresOf(applied)).toBe(0);
    expect(applied.host).toMatchObject({ status: 'changed', proved: true });
    const again = await run('apply', text);
    expect(again.host).toMatchObject({ status: 'ok', proved: true });
    expect(await host.run('cat /opt/local-test; find /tmp -name package.deb')).toBe(version);
  }
  await offer('1.5');
  const older = await run('apply', text);
  expect(older.exitStatus).toBe(2);
  expect(older.host.error).toContain('2.0');
  await host.run('rm /srv/http/local-test.deb');
  const missing = await run('check', text);
  expect(missing.host.error).toContain('could not fetch http://127.0.0.1:8000/local-test.deb');
  expect(await host.run('cat /opt/local-test')).toBe('2.0');
});

const requests = `- hosts: all
  tasks:
    - name: Something answers in the end
      uri: { url: "{{ server }}/answer.json" }
      register: answer
      until: answer.status == 200
      retries: 5
      delay: 1
    - name: It is the right thing
      assert: { that: ["answer.json.versions == [1, 2]", "answer.content_type == 'application/json'"] }
    - name: The answer is kept
      uri: { url: "{{ server }}/answer.json", dest: /srv/answer.json, mode: "0640" }
    - name: A file for those who know the word
      get_url: { url: "{{ server }}/private", dest: /srv/private, username: user, password: secret, mode: "0600" }
    - name: Told once
      uri: { url: "{{ server }}/hook", method: POST, body_format: json, body: { a: 1 }, status_code: [201], creates: /srv/private }
    - name: The release
      git: { repo: /srv/git, dest: /srv/checkout, version: v1 }
    - name: The newest
      git: { repo: "file:///srv/git", dest: /srv/newest, depth: 1, umask: "0077" }
`;

test('with curl and git: requests, files behind a password, checkouts', async () => {
  await host.run('mv /root/aside/curl /usr/bin/curl');
  expect(await converge(requests)).toEqual([
    'The answer is kept',
    'A file for those who know the word',
    'The release',
    'The newest',
  ]);
  expect(
    await host.run('cat /srv/private /srv/checkout/file; stat -c %a /srv/newest/file /srv/answer.json'),
  ).toBe('private\none\n600\n640');
  await host.run(`cd /srv/git && echo two >file && git -c user.name=x -c user.email=x commit -q -a -m two
echo '{"versions": [1, 2], "x": 1}' >/srv/http/answer.json`);
  const checked = await run('check', requests);
  expect(tasksThat('drift', checked)).toEqual(['The answer is kept', 'The newest']);
  expect(await converge(requests)).toEqual(['The answer is kept', 'The newest']);
  expect(await host.run('cat /srv/newest/file')).toBe('two');
});

test('a request that acts is changed and cannot be proved; a status that is not wanted fails the task', async () => {
  const acted = await run(
    'apply',
    `- hosts: all
  tasks:
    - name: Tell
      uri: { url: "{{ server }}/hook", method: POST, body: abc, status_code: 201 }
      register: told
    - assert: { that: told.json.length == 3 }
`,
  );
  expect(acted.exitStatus, failuresOf(acted)).toBe(0);
  expect(tasksThat('changed', acted)).toEqual(['Tell']);
  expect(acted.host.proved).toBe(false);
  const refused = await run(
    'apply',
    `- hosts: all
  tasks:
    - uri: { url: "{{ server }}/nothing" }
      ignore_errors: true
      register: nothing
    - assert: { that: [nothing is failed, nothing.status == 404] }
    - uri: { url: "{{ server }}/hook", method: POST, body: abc }
`,
  );
  expect(refused.exitStatus).toBe(2);
  expect(refused.host.error).toContain('Status code was 201 and not [200]');
});
