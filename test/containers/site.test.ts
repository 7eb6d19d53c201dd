import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { docker } from '../hosts/docker.ts';
import { startBrowser, type TestBrowser } from './support/browser.ts';

const dist = 'site/dist';
const address = 'http://127.0.0.1:8000';

/** Runs in the browser's container: files as they are, and the site's own page for what is not there. */
const server = `
const { createServer } = require('node:http');
const { readFile } = require('node:fs');
const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', png: 'image/png', json: 'application/json' };
createServer(({ url }, answer) => {
  const path = decodeURI(new URL(url, 'http://here').pathname).replace(/\\/$/, '/index.html');
  readFile('/srv/site' + path, (error, bytes) => {
    answer.writeHead(error ? 404 : 200, { 'content-type': types[path.split('.').at(-1)] ?? 'application/octet-stream' });
    answer.end(bytes);
  });
}).listen(8000, '127.0.0.1');
`;

let own: TestBrowser;
let axe: string;

beforeAll(async () => {
  await execa('npm', ['run', 'site']);
  own = await startBrowser();
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await docker(['cp', '--quiet', dist, `${own.host.name}:/srv/site`]);
  await own.put('serve.cjs', server);
  await own.host.run(`systemd-run --quiet --unit=site node /srv/serve.cjs
until grep -q ':1F40 .* 0A ' /proc/net/tcp; do systemctl --quiet is-active site; sleep 0.1; done`);
});

afterAll(async () => {
  await own?.[Symbol.asyncDispose]();
});

/** A page of the site in a window of its own, with what went wrong and what was asked for elsewhere. */
const open = async (path: string, width: number, colorScheme: 'light' | 'dark' = 'light') => {
  const context = await own.browser.newContext({ viewport: { width, height: 800 }, colorScheme });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  page.on('request', (request) => {
    if (!/^(data:|http:\/\/127\.0\.0\.1:8000\/)/.test(request.url()))
      troubles.push(`asked for ${request.url()}`);
  });
  page.on('response', (response) => {
    if (!response.ok()) troubles.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(`${address}/${path}`, { waitUntil: 'networkidle' });
  return { page, troubles, [Symbol.asyncDispose]: () => context.close() };
};

/** What axe finds that is serious or worse. */
const findings = async (page: Page): Promise<readonly unknown[]> => {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [
      id,
      nodes.slice(0, 3).map(({ html, failureSummary }) => [html, failureSummary]),
    ]);
};

const looks = [
  { path: '', width: 360, scheme: 'light' },
  { path: '', width: 1600, scheme: 'light' },
  { path: 'docs/modules/lineinfile.html', width: 360, scheme: 'light' },
  { path: 'docs/modules/lineinfile.html', width: 1600, scheme: 'dark' },
  { path: 'docs/start.html', width: 360, scheme: 'dark' },
  { path: 'docs/connections.html', width: 1600, scheme: 'light' },
] as const;

test.each(looks)(
  '/$path at $width pixels, $scheme: nothing is cut off, missing, or hard to use',
  async (look) => {
    await using opened = await open(look.path, look.width, look.scheme);
    const { page, troubles } = opened;
    expect(await page.getByRole('heading', { level: 1 }).isVisible()).toBe(true);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    const broken =
      'Array.from(document.images).filter((image) => image.naturalWidth === 0).map((image) => image.src)';
    expect(await page.evaluate(broken)).toEqual([]);
    expect(await findings(page)).toEqual([]);
    expect(troubles).toEqual([]);
  },
);

test('search finds the page of a module, and leads there', async () => {
  await using opened = await open('', 1600);
  const { page, troubles } = opened;
  await page.getByRole('button', { name: 'Search' }).first().click();
  await page.locator('input[type=search]').fill('lineinfile');
  await page.locator('.results a.result', { hasText: 'lineinfile' }).first().click();
  await page.waitForURL(`${address}/docs/modules/lineinfile.html*`);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('lineinfile');
  expect(troubles).toEqual([]);
});

test('the sidebar leads from page to page', async () => {
  await using opened = await open('', 1600);
  const { page, troubles } = opened;
  await page.locator('.VPSidebar').getByRole('link', { name: 'How it works' }).click();
  await page.getByRole('heading', { level: 1, name: 'How it works' }).waitFor();
  await page.locator('main').getByRole('link', { name: 'Odd hosts' }).click();
  await page.getByRole('heading', { level: 1, name: 'Odd hosts' }).waitFor();
  expect(troubles).toEqual([]);
});

test('no page asks for anything elsewhere, and every anchor that is linked is there', async () => {
  const files = (await readdir(dist, { recursive: true })).filter((file) => /\.(html|css)$/.test(file));
  const texts = new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(join(dist, file), 'utf8')] as const)),
  );
  expect(texts.size).toBeGreaterThan(60);
  const resource =
    /<(?:script|img|iframe|source)[^>]* src="?(?:https?:)?\/\/|<link[^>]* href="?(?:https?:)?\/\/|(?:url\(|@import )["']?(?:https?:)?\/\//;
  expect([...texts].filter(([, text]) => resource.test(text)).map(([file]) => file)).toEqual([]);
  const links = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/<a[^>]* href="(\/[^"#]*)?#([^"]+)"/g)].map(([, target, anchor]) => ({
      file,
      target: target === undefined ? file : target.slice(1) || 'index.html',
      anchor: decodeURIComponent(anchor ?? ''),
    })),
  );
  expect(links.length).toBeGreaterThan(100);
  const isDead = ({ target, anchor }: (typeof links)[number]): boolean =>
    !new RegExp(`id="?${anchor.replaceAll(/[^\w-]/g, '\\$&')}["\\s>]`).test(texts.get(target) ?? '');
  expect(links.filter(isDead)).toEqual([]);
});
