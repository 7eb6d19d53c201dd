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
