import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
  expect(outcomes.map(({ exitStatus, stderr }) => ({ exitStatus, stderr }))).toEqual(
    actions.map(() => ({ exitStatus: 0, stderr: '' })),
  );
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
  'sh curl wget mktemp rm mv cat sed tail head grep sha1sum sha256sum md5sum stat chmod chown cp base64 timeout xargs date printf readlink tr dirname id'.split(
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
