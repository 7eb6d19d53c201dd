import { execFileSync, execSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TaskPlan } from '../../src/model/module.ts';
import type { CaseContext } from './support/case-file.ts';
import { type HttpServer, startHttpServer } from './support/http-server.ts';
import { applyHere, planHere, type ShellResult } from './support/local-shell.ts';

let server: HttpServer;
let folder = '';

beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "syn deploy'$x-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

const finish = (plan: TaskPlan, outcomes: readonly ShellResult[]): Record<string, unknown> => ({
  ...plan.result,
  ...plan.finish?.(outcomes.map((outcome) => ({ ...outcome, startedAt: new Date(0), durationMs: 0 }))),
});

/** Applies the task, which must succeed and leave nothing that could be proved to do. @returns its result */
const converge = (module: string, params: unknown, context: CaseContext = {}): Record<string, unknown> => {
  const { outcomes, actions, plan } = applyHere(module, params, context);
  expect(outcomes.filter(({ exitStatus }) => exitStatus !== 0)).toEqual([]);
  expect(outcomes).toHaveLength(actions.length);
  const left = planHere(module, params, context).actions.filter(({ unprovable }) => unprovable !== true);
  expect(left.map(({ summary }) => summary)).toEqual([]);
  return finish(plan, outcomes);
};

/** What the first action that fails says. */
const complaintOf = (module: string, params: unknown): string =>
  applyHere(module, params).outcomes.at(-1)?.stderr ?? '';

const left = (module: string, params: unknown): number => planHere(module, params).actions.length;

const digestOf = (algorithm: string, text: string): string =>
  createHash(algorithm).update(text).digest('hex');

/** Runs with programs that are missing. */
const without = (names: readonly string[], run: () => void): void => {
  const real = process.env['PATH'] ?? '';
  const bin = mkdtempSync(join(tmpdir(), 'syn-deploy-bin-'));
  for (const name of usedPrograms.filter((one) => !names.includes(one))) {
    const place = ['/usr/bin', '/bin'].find((one) => readdirSync(one).includes(name));
    if (place === undefined) continue;
    writeFileSync(join(bin, name), `#!/bin/sh\nexec ${place}/${name} "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  process.env['PATH'] = bin;
  try {
    run();
  } finally {
    process.env['PATH'] = real;
    rmSync(bin, { recursive: true });
  }
};

const usedPrograms =
  'sh tar od gzip sort git curl wget mktemp rm mv cat sed tail head grep sha1sum sha256sum md5sum stat chmod chown cp base64 timeout xargs date printf readlink tr dirname id'.split(
    ' ',
  );

describe('get_url, with a real server', { timeout: 120_000 }, () => {
  test('fetches a file that is not there, and says what it got', async () => {
    await server.store('a', 'body\n');
    const result = converge('get_url', { url: `${server.url}/store/a`, dest: at('a'), mode: '0640' });
    expect(readFileSync(at('a'), 'utf8')).toBe('body\n');
    expect(result).toMatchObject({
      status_code: 200,
      msg: 'OK (5 bytes)',
      size: 5,
      mode: '0640',
      checksum_src: digestOf('sha1', 'body\n'),
      md5sum: digestOf('md5', 'body\n'),
      dest: at('a'),
    });
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('fetches no more while a file is there, unless it is forced or misses its checksum', async () => {
    await server.store('b', 'new');
    writeFileSync(at('b'), 'old', { mode: 0o600 });
    const params = { url: `${server.url}/store/b`, dest: at('b') };
    expect(left('get_url', params)).toBe(0);
    expect(left('get_url', { ...params, checksum: `md5:${digestOf('md5', 'old')}` })).toBe(0);
    converge('get_url', { ...params, checksum: `sha512:${digestOf('sha512', 'new')}`, backup: true });
    expect(readFileSync(at('b'), 'utf8')).toBe('new');
    expect((statSync(at('b')).mode & 0o777).toString(8)).toBe('600');
    const backup = readdirSync(folder).find((name) => name.endsWith('~')) ?? '';
    expect(readFileSync(at(backup), 'utf8')).toBe('old');
    await server.store('b', 'newer');
    converge('get_url', { ...params, force: true });
    expect(readFileSync(at('b'), 'utf8')).toBe('newer');
  });

  test('takes a list of checksums', async () => {
    await server.store('c.txt', 'c');
    await server.store('sums', `${digestOf('sha256', 'x')}  ./d.txt\n${digestOf('sha256', 'c')} *c.txt\n`);
    const checksum = `sha256:${server.url}/store/sums`;
    converge('get_url', { url: `${server.url}/store/c.txt`, dest: at('c'), checksum });
    writeFileSync(at('c'), 'drifted');
    expect(left('get_url', { url: `${server.url}/store/c.txt`, dest: at('c'), checksum })).toBe(1);
    expect(() => planHere('get_url', { url: `${server.url}/store/e`, dest: at('e'), checksum })).toThrow(
      "Unable to find a checksum for file 'e'",
    );
  });

  test('leaves nothing behind when the checksum is wrong, or there is no such page', async () => {
    await server.store('f', 'f');
    const checksum = `sha1:${digestOf('sha1', 'other')}`;
    expect(complaintOf('get_url', { url: `${server.url}/store/f`, dest: at('f'), checksum })).toContain(
      `did not match ${digestOf('sha1', 'other')}; it was ${digestOf('sha1', 'f')}`,
    );
    expect(complaintOf('get_url', { url: `${server.url}/404`, dest: at('f') })).toContain('/404: HTTP 404');
    expect(complaintOf('get_url', { url: 'http://127.0.0.1:1/x', dest: at('f') })).toContain('connect');
    expect(complaintOf('get_url', { url: 'file:///nothing', dest: at('f') })).toContain('No such file');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a folder takes the name that the server gives, or that of the address', async () => {
    converge('get_url', { url: `${server.url}/attachment`, dest: folder });
    converge('get_url', { url: `${server.url}/moved`, dest: `${folder}/` });
    expect(readdirSync(folder).sort()).toEqual(['json', 'named.txt']);
    writeFileSync(at('named.txt'), 'drifted');
    converge('get_url', { url: `${server.url}/attachment`, dest: folder });
    expect(readFileSync(at('named.txt'), 'utf8')).toBe('named\n');
  });

  test('sends headers and a password, and takes files of the host', async () => {
    const login = { url_username: 'user', url_password: 'pass word' };
    converge('get_url', { url: `${server.url}/auth`, dest: at('auth'), ...login });
    expect(complaintOf('get_url', { url: `${server.url}/auth`, dest: at('no') })).toContain('HTTP 401');
    converge('get_url', {
      url: `${server.url}/echo`,
      dest: at('echo'),
      headers: { 'X-Odd': 'a "b" \\c' },
      force_basic_auth: true,
      ...login,
    });
    const { headers } = JSON.parse(readFileSync(at('echo'), 'utf8'));
    expect(headers).toMatchObject({ 'x-odd': 'a "b" \\c', 'user-agent': 'ansible-httpget' });
    expect(headers.authorization).toMatch(/^Basic /);
    converge('get_url', { url: `file://${encodeURI(at('auth'))}`, dest: at('copy'), tmp_dest: folder });
    expect(readFileSync(at('copy'), 'utf8')).toBe('welcome');
  });

  test.each([
    ['wget', ['curl']],
    ["apt's own downloader", ['curl', 'wget']],
  ])('does with %s', async (_, missing) => {
    await server.store('g', 'g\n');
    without(missing, () => {
      converge('get_url', { url: `${server.url}/store/g`, dest: at('g') });
      expect(complaintOf('get_url', { url: `${server.url}/404`, dest: at('h') })).toContain('404');
    });
    expect(readFileSync(at('g'), 'utf8')).toBe('g\n');
  });

  test('says what is missing for a password when there is no client', () => {
    without(['curl', 'wget'], () => {
      const params = { url: `${server.url}/auth`, dest: at('x'), url_username: 'a', url_password: 'b' };
      expect(complaintOf('get_url', params)).toContain('neither curl nor wget is on this host');
    });
  });
});

/** Makes the request of a task once. @returns its result */
const ask = (params: unknown, context: CaseContext = {}): Record<string, unknown> => {
  const { plan, outcomes } = applyHere('uri', params, context);
  return finish(plan, outcomes);
};

interface Echo {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the server got. */
const echoOf = (params: object, context: CaseContext = {}): Echo => {
  const echo = ask({ url: `${server.url}/echo`, ...params }, context)['json'] as Echo;
  return { ...echo, body: Buffer.from(echo.body, 'base64').toString('utf8') };
};

describe('uri, with a real server', { timeout: 120_000 }, () => {
  test('a GET only looks, and gives status, headers, cookies and what the body is', () => {
    const { plan, actions } = applyHere('uri', { url: `${server.url}/moved` });
    expect(actions).toEqual([]);
    expect(plan.result).toMatchObject({
      status: 200,
      url: `${server.url}/json`,
      redirected: true,
      msg: 'OK (16 bytes)',
      content_type: 'application/json; charset=utf-8',
      content_length: '16',
      cookies: { a: 'b', c: 'd' },
      cookies_string: 'a=b; c=d',
      json: { a: [1, 'ü'] },
    });
    expect(plan.result).not.toHaveProperty('content');
  });

  test('gives the content where it is wanted, in its own charset', () => {
    expect(ask({ url: `${server.url}/latin1`, return_content: true })).toMatchObject({ content: 'ü' });
    expect(ask({ url: `${server.url}/json`, method: 'HEAD' })).toMatchObject({
      status: 200,
      content_length: '16',
    });
  });

  test('says what the status was where it is another, and takes the ones that are named', () => {
    expect(ask({ url: `${server.url}/404` })).toMatchObject({
      failed: true,
      status: 404,
      msg: 'Status code was 404 and not [200]: HTTP Error 404: Not Found',
      content: 'nothing here',
    });
    expect(ask({ url: `${server.url}/404`, status_code: [200, 404] })).not.toHaveProperty('failed');
    const moved = ask({ url: `${server.url}/moved`, follow_redirects: 'none', status_code: '302' });
    expect(moved).toMatchObject({ status: 302, location: `${server.url}/json`, redirected: false });
    const refused = ask({ url: 'http://127.0.0.1:1/' });
    expect(refused).toMatchObject({ status: -1, failed: true });
    expect(refused['msg']).toMatch(/^Status code was -1 and not \[200\]: Request failed: Failed to connect/);
  });

  test('sends what the format makes of the body', () => {
    const json = echoOf({ method: 'POST', body_format: 'json', body: { a: ["it's", 'ü$(id)'] } });
    expect(json).toMatchObject({ method: 'POST', body: '{"a": ["it\'s", "\\u00fc$(id)"]}' });
    expect(json.headers['content-type']).toBe('application/json');
    const form = echoOf({
      method: 'PUT',
      body_format: 'form-urlencoded',
      body: [
        ['a', 'x y'],
        ['b', [1, '&']],
      ],
    });
    expect(form).toMatchObject({ method: 'PUT', body: 'a=x+y&b=1&b=%26' });
    expect(form.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const raw = echoOf({
      method: 'patch',
      body: '@/etc/passwd\n',
      headers: { 'Content-Type': 'text/x', 'X-A': '' },
    });
    expect(raw).toMatchObject({
      method: 'PATCH',
      body: '@/etc/passwd\n',
      headers: { 'content-type': 'text/x', 'x-a': '' },
    });
  });

  test('sends forms of several parts, files of the project and of the host', () => {
    const context = { files: { 'a.bin': { base64: 'AP8B' }, 'b.json': '{}' } };
    const body = {
      file: { filename: 'a.bin' },
      text: 'value',
      note: { content: 'x', filename: 'n.txt', mime_type: 'text/plain' },
    };
    const sent = ask(
      { url: `${server.url}/echo`, method: 'POST', body_format: 'form-multipart', body },
      context,
    )['json'] as Echo;
    const [, boundary = ''] = /boundary=(\S+)/.exec(sent.headers['content-type'] ?? '') ?? [];
    const text = Buffer.from(sent.body, 'base64').toString('latin1');
    expect(text.split(`--${boundary}`).map((part) => part.trim())).toEqual([
      '',
      'Content-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/octet-stream\r\n\r\n\0ÿ\x01',
      'Content-Disposition: form-data; name="note"; filename="n.txt"\r\nContent-Type: text/plain\r\n\r\nx',
      'Content-Disposition: form-data; name="text"\r\nContent-Type: text/plain\r\n\r\nvalue',
      '--',
    ]);
    writeFileSync(at('src'), 'of the host');
    expect(echoOf({ method: 'POST', src: 'b.json' }, context).body).toBe('{}');
    expect(echoOf({ method: 'POST', src: at('src'), remote_src: true }).body).toBe('of the host');
  });

  test('logs in, at once where it is told to', () => {
    const login = {
      url: `${server.url}/auth`,
      url_username: 'user',
      url_password: 'pass word',
      return_content: true,
    };
    expect(ask(login)).toMatchObject({ status: 200, content: 'welcome' });
    expect(ask({ ...login, force_basic_auth: true })).toMatchObject({ content: 'welcome' });
    expect(ask({ ...login, url_password: 'wrong' })).toMatchObject({ status: 401, failed: true });
  });

  test('reaches a socket', async () => {
    await using socket = await startHttpServer({ path: at('sock') });
    expect(socket.url).toBe('');
    expect(ask({ url: 'http://localhost/json', unix_socket: at('sock') })).toMatchObject({ status: 200 });
  });

  test('writes the answer to a file, and again only when it is another', async () => {
    await server.store('file', 'one');
    const params = { url: `${server.url}/store/file`, dest: at('file'), mode: '0600' };
    expect(converge('uri', params)).toMatchObject({ status: 200, path: at('file') });
    expect(readFileSync(at('file'), 'utf8')).toBe('one');
    expect(planHere('uri', { ...params, return_content: true }).result).toMatchObject({
      content: 'one',
      status: 200,
    });
    await server.store('file', 'two');
    converge('uri', params);
    expect(readFileSync(at('file'), 'utf8')).toBe('two');
    const missing = ask({ url: `${server.url}/404`, dest: at('none') });
    expect(missing).toMatchObject({ failed: true, content: 'nothing here' });
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('is not made where its guards say so', () => {
    writeFileSync(at('there'), '');
    const params = { url: `${server.url}/echo`, method: 'POST' };
    expect(left('uri', { ...params, creates: at('there') })).toBe(0);
    expect(left('uri', { ...params, removes: at('gone') })).toBe(0);
    expect(planHere('uri', { ...params, creates: at('gone') }).actions).toMatchObject([
      { unprovable: false },
    ]);
  });

  test('does with wget', () => {
    without(['curl'], () => {
      expect(ask({ url: `${server.url}/moved` })).toMatchObject({
        status: 200,
        redirected: true,
        json: { a: [1, 'ü'] },
      });
      expect(ask({ url: `${server.url}/404` })).toMatchObject({
        status: 404,
        content: 'nothing here',
        failed: true,
      });
      expect(echoOf({ method: 'PUT', body_format: 'json', body: { a: 1 } }).body).toBe('{"a": 1}');
      expect(
        ask({ url: `${server.url}/auth`, url_username: 'user', url_password: 'pass word' }),
      ).toMatchObject({ status: 200 });
      expect(String(ask({ url: 'http://x/', unix_socket: '/x' })['msg'])).toContain('install curl before');
    });
  });

  test('says so where there is no client', () => {
    without(['curl', 'wget'], () => {
      expect(ask({ url: `${server.url}/json` })['msg']).toContain('neither curl nor wget is on this host');
    });
  });
});

const author =
  '-c user.name=x -c user.email=x@example.org -c commit.gpgsign=false -c protocol.file.allow=always';

/** Runs git in a folder, as the one who writes there. @returns what it printed */
const gitIn = (where: string, words: string): string =>
  execSync(`git ${author} ${words}`, {
    cwd: at(where),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();

/** A repository `origin` with a commit on main. */
const makeOrigin = (): string => {
  mkdirSync(at('origin'));
  gitIn('origin', 'init -q -b main');
  return commit('one');
};

/** @returns its id */
const commit = (text: string): string => {
  writeFileSync(at('origin/file'), text);
  gitIn('origin', 'add .');
  gitIn('origin', `commit -q -m "${text}"`);
  return gitIn('origin', 'rev-parse HEAD');
};

const head = (): string => gitIn('checkout', 'rev-parse HEAD');

describe('git, with real repositories', { timeout: 120_000 }, () => {
  test('clones, follows the main branch, and changes nothing in between', () => {
    const one = makeOrigin();
    const params = { repo: at('origin'), dest: at('checkout') };
    expect(converge('git', params)).toMatchObject({ before: null, after: one, remote_url_changed: false });
    expect(left('git', params)).toBe(0);
    const two = commit('two');
    expect(planHere('git', { ...params, update: false }).actions).toEqual([]);
    const { actions } = planHere('git', params);
    expect(actions[0]?.changes).toEqual([{ summary: `${one.slice(0, 10)} -> main (${two.slice(0, 10)})` }]);
    expect(converge('git', params)).toMatchObject({ before: one, after: two });
    expect(readFileSync(at('checkout/file'), 'utf8')).toBe('two');
  });

  test('checks out branches, tags and commits', () => {
    const one = makeOrigin();
    gitIn('origin', 'tag -a -m x v1');
    const two = commit('two');
    gitIn('origin', 'branch other');
    const three = commit('three');
    const params = { repo: `file://${at('origin')}`, dest: at('checkout') };
    for (const [version, id] of [
      ['v1', one],
      ['other', two],
      [three, three],
      [one.slice(0, 12), one],
      ['main', three],
    ] as const) {
      converge('git', { ...params, version });
      expect(head(), version).toBe(id);
    }
    expect(() => planHere('git', { ...params, version: 'nowhere' })).toThrow('has no branch or tag nowhere');
    gitIn('checkout', 'checkout -q --detach');
    expect(planHere('git', { ...params, version: 'main' }).actions[0]?.changes).toEqual([
      { summary: `check out main (${three.slice(0, 10)}) in place of no branch` },
    ]);
    converge('git', { ...params, version: 'main' });
  });

  test('refuses local modifications unless it is told to throw them away', () => {
    makeOrigin();
    const params = { repo: at('origin'), dest: at('checkout') };
    converge('git', params);
    writeFileSync(at('checkout/file'), 'drifted');
    writeFileSync(at('checkout/untracked'), '');
    expect(() => planHere('git', params)).toThrow('Local modifications exist in the destination');
    converge('git', { ...params, force: true });
    expect(readFileSync(at('checkout/file'), 'utf8')).toBe('one');
    expect(readdirSync(at('checkout'))).toContain('untracked');
  });

  test('makes shallow clones, and keeps them so', () => {
    makeOrigin();
    commit('two');
    const params = {
      repo: at('origin'),
      dest: at('checkout'),
      depth: 1,
      version: 'main',
      single_branch: true,
    };
    converge('git', params);
    commit('three');
    gitIn('origin', 'branch other');
    converge('git', params);
    expect(gitIn('checkout', 'rev-list --count HEAD')).toBe('1');
    converge('git', { ...params, version: 'other' });
    expect(gitIn('checkout', 'symbolic-ref --short HEAD')).toBe('other');
  });

  test('sets the address of the remote, and moves the repository apart from its files', () => {
    makeOrigin();
    const params = { repo: at('origin'), dest: at('checkout') };
    converge('git', params);
    gitIn('checkout', 'remote set-url origin https://example.org/x.git');
    expect(converge('git', params)).toMatchObject({ remote_url_changed: true });
    converge('git', { ...params, separate_git_dir: at('apart') });
    expect(gitIn('checkout', 'rev-parse --absolute-git-dir')).toBe(at('apart'));
  });

  test('makes bare repositories, and others with a remote of another name and a refspec', () => {
    makeOrigin();
    const params = { repo: at('origin'), dest: at('bare'), bare: true };
    converge('git', params);
    const two = commit('two');
    converge('git', params);
    expect(gitIn('bare', 'rev-parse main')).toBe(two);
    gitIn('origin', 'update-ref refs/pull/1 HEAD~1');
    converge('git', {
      repo: at('origin'),
      dest: at('checkout'),
      remote: 'up',
      refspec: '+refs/pull/*:refs/remotes/up/pull/*',
    });
    expect(gitIn('checkout', 'rev-parse up/pull/1')).not.toBe(two);
  });

  test('brings submodules to their commits', () => {
    makeOrigin();
    mkdirSync(at('sub'));
    gitIn('sub', 'init -q -b main');
    gitIn('sub', 'commit -q --allow-empty -m sub');
    gitIn('origin', 'submodule --quiet add ../sub part');
    commit('with a part');
    const params = { repo: at('origin'), dest: at('checkout') };
    process.env['GIT_CONFIG_COUNT'] = '1';
    process.env['GIT_CONFIG_KEY_0'] = 'protocol.file.allow';
    process.env['GIT_CONFIG_VALUE_0'] = 'always';
    try {
      converge('git', { ...params, recursive: false });
      expect(planHere('git', params).actions[0]?.changes).toEqual([{ summary: 'update submodules part' }]);
      converge('git', params);
    } finally {
      for (const name of ['COUNT', 'KEY_0', 'VALUE_0']) delete process.env[`GIT_CONFIG_${name}`];
    }
  });

  test('packs an archive, and again only after a change', () => {
    makeOrigin();
    const params = {
      repo: at('origin'),
      dest: at('checkout'),
      archive: at('x.tar.gz'),
      archive_prefix: 'x/',
    };
    converge('git', params);
    expect(execSync(`tar -tzf "${at('x.tar.gz').replaceAll('$', '\\$')}"`, { encoding: 'utf8' })).toBe(
      'x/\nx/file\n',
    );
    commit('two');
    converge('git', params);
    writeFileSync(at('x.tar.gz'), 'drifted');
    converge('git', params);
  });

  test('tells what the server has without a checkout, and what is wrong', () => {
    const one = makeOrigin();
    expect(planHere('git', { repo: at('origin'), clone: false, update: false })).toMatchObject({
      actions: [],
      result: { before: null, after: one },
    });
    expect(() => planHere('git', { repo: at('nowhere'), dest: at('x') })).toThrow(
      'does not appear to be a git repository',
    );
    expect(() =>
      planHere('git', { repo: at('origin'), dest: at('x'), executable: '/nonexistent/git' }),
    ).toThrow('there is no /nonexistent/git on this host');
    mkdirSync(at('full'));
    writeFileSync(at('full/x'), '');
    expect(complaintOf('git', { repo: at('origin'), dest: at('full') })).toContain(
      'already exists and is not an empty',
    );
  });

  test('logs in by HTTP, and keeps the password out of the checkout', () => {
    const one = makeOrigin();
    gitIn('origin', 'update-server-info');
    const repo = `http://user:pass%20word@127.0.0.1:${server.port}/private${encodeURI(at('origin/.git'))}`;
    converge('git', { repo, dest: at('checkout'), version: 'main' });
    expect(head()).toBe(one);
    expect(readFileSync(at('checkout/.git/config'), 'utf8')).not.toContain('pass');
    expect(() => planHere('git', { repo: repo.replace('pass%20word', 'wrong'), dest: at('other') })).toThrow(
      /fail/i,
    );
  });
});

/** Packs `tree` (a folder with a file, another below it, a link) by a command; `$1` is the archive. */
const pack = (name: string, command: string): string => {
  if (!readdirSync(folder).includes('tree')) {
    mkdirSync(at('tree/top/sub dir'), { recursive: true });
    writeFileSync(at('tree/top/file'), 'content\n', { mode: 0o640 });
    writeFileSync(at("tree/top/sub dir/it's $x"), '', { mode: 0o755 });
    symlinkSync('file', at('tree/top/link'));
    mkdirSync(at('dest'));
  }
  execFileSync('sh', ['-c', command, 'sh', at(name)], { cwd: at('tree'), stdio: 'ignore' });
  return at(name);
};

const tars: readonly (readonly [string, string])[] = [
  ['x.tar', 'tar -cf "$1" top'],
  ['x.tar.gz', 'tar -czf "$1" top'],
  ['x.tbz', 'tar -cjf "$1" top'],
  ['x.txz', 'tar -cJf "$1" top'],
  ['x.tar.zst', 'tar --zstd -cf "$1" top'],
];

const modeAt = (name: string): string => (statSync(at(name)).mode & 0o7777).toString(8);

describe('unarchive, with real archives', { timeout: 120_000 }, () => {
  test.each([...tars, ['x.zip', 'zip -q -y -r "$1" top'] as const])(
    'unpacks %s, and what has drifted again',
    (name, command) => {
      const src = pack(name, command);
      const params = { src, dest: at('dest'), remote_src: true, list_files: true };
      const result = converge('unarchive', params);
      expect(result['files']).toContain('top/file');
      expect(readFileSync(at('dest/top/file'), 'utf8')).toBe('content\n');
      expect([modeAt('dest/top/file'), modeAt("dest/top/sub dir/it's $x")]).toEqual(['640', '755']);
      expect(readlinkSync(at('dest/top/link'))).toBe('file');
      writeFileSync(at('dest/top/file'), 'drifted\n');
      rmSync(at('dest/top/link'));
      writeFileSync(at('dest/top/other'), 'not of the archive');
      const changes = planHere('unarchive', params).actions[0]?.changes.map(({ summary }) => summary) ?? [];
      expect(changes).toContain('top/link: missing');
      expect(changes).toContain('top/file: contents');
      converge('unarchive', params);
      chmodSync(at('dest/top/file'), 0o666);
      converge('unarchive', params);
      expect(modeAt('dest/top/file')).toBe('640');
      expect(readdirSync(at('dest/top'))).toContain('other');
    },
  );

  test('sends an archive of the project, and fetches one', async () => {
    const bytes = readFileSync(pack('x.tgz', 'tar -czf "$1" top'));
    const files = { 'x.tgz': { base64: bytes.toString('base64') } };
    converge('unarchive', { src: 'x.tgz', dest: at('dest') }, { files });
    expect(readFileSync(at('dest/top/file'), 'utf8')).toBe('content\n');
    rmSync(at('dest/top'), { recursive: true });
    await server.store('x.tgz', bytes);
    converge('unarchive', { src: `${server.url}/store/x.tgz`, dest: at('dest'), remote_src: true });
    expect(() =>
      planHere('unarchive', { src: `${server.url}/404`, dest: at('dest'), remote_src: true }),
    ).toThrow(/could not fetch .*404/);
  });

  test('takes parts, and options of tar', () => {
    const src = pack('x.tar.gz', 'tar -czf "$1" top');
    const params = { src, dest: at('dest'), copy: false };
    converge('unarchive', { ...params, include: ['top/file'] });
    expect(readdirSync(at('dest/top'))).toEqual(['file']);
    converge('unarchive', { ...params, exclude: ['top/sub dir'] });
    expect(readdirSync(at('dest/top')).sort()).toEqual(['file', 'link']);
    converge('unarchive', { ...params, extra_opts: ['--strip-components=1', '--exclude=top/link'] });
    expect(readdirSync(at('dest')).sort()).toEqual(['file', 'sub dir', 'top']);
    const zip = pack('x.zip', 'zip -q -y -r "$1" top');
    rmSync(at('dest/top'), { recursive: true });
    converge('unarchive', { ...params, src: zip, exclude: ['top/sub*'] });
    expect(readdirSync(at('dest/top')).sort()).toEqual(['file', 'link']);
  });

  test.each(['x.tar', 'x.zip'])('keeps what is newer than %s has it', (name) => {
    const src = pack(name, name === 'x.tar' ? 'tar -cf "$1" top' : 'zip -q -y -r "$1" top');
    const params = { src, dest: at('dest'), remote_src: true, keep_newer: true };
    converge('unarchive', params);
    writeFileSync(at('dest/top/file'), 'newer');
    utimesSync(at('dest/top/file'), Date.now() / 1000 + 100_000, Date.now() / 1000 + 100_000);
    rmSync(at('dest/top/link'));
    converge('unarchive', params);
    expect(readFileSync(at('dest/top/file'), 'utf8')).toBe('newer');
    expect(readdirSync(at('dest/top'))).toContain('link');
  });

  test.each(['x.tar', 'x.zip'])('sets owner, group and mode of all that %s holds', (name) => {
    const src = pack(name, name === 'x.tar' ? 'tar -cf "$1" top' : 'zip -q -y -r "$1" top');
    const { uid, gid } = statSync(folder);
    const params = {
      src,
      dest: at('dest'),
      remote_src: true,
      mode: 'u=rwX,go=',
      owner: String(uid),
      group: String(gid),
    };
    converge('unarchive', params);
    expect([modeAt('dest/top'), modeAt('dest/top/file')]).toEqual(['700', '600']);
    chmodSync(at('dest/top/file'), 0o644);
    expect(planHere('unarchive', params).actions[0]?.changes).toEqual([
      { summary: 'top/file: mode 0644 -> 0600' },
    ]);
    converge('unarchive', params);
  });

  test('says what is wrong', () => {
    const src = pack('x.tar', 'tar -cf "$1" top');
    const plan = (params: object) => () =>
      planHere('unarchive', { src, dest: at('dest'), remote_src: true, ...params });
    writeFileSync(at('text'), 'no archive at all, but a text that is longer than a block'.repeat(20));
    writeFileSync(at('empty'), '');
    expect(plan({ src: at('nothing') })).toThrow('does not exist');
    expect(plan({ src: at('text') })).toThrow('Unable to list files in the archive');
    expect(plan({ src: at('empty') })).toThrow('0 bytes');
    expect(plan({ dest: at('nothing') })).toThrow('must be an existing dir');
    expect(plan({ dest: at('text') })).toThrow('must be an existing dir');
    expect(plan({ creates: at('text') })()).toMatchObject({ actions: [] });
    expect(plan({ creates: at('later') })().actions).toHaveLength(1);
    without(['unzip'], () => {
      expect(plan({ src: pack('x.zip', '/usr/bin/zip -q -r "$1" top') })).toThrow('this archive needs unzip');
    });
  });
});
