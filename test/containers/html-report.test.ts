import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostileHost, hostileTexts, manyHosts, pageOf, sampleAudit } from '../report/sample-audit.ts';
import { startBrowser, type TestBrowser } from './support/browser.ts';

let own: TestBrowser;
let axe: string;

beforeAll(async () => {
  own = await startBrowser();
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});

afterAll(async () => {
  await own?.[Symbol.asyncDispose]();
});

interface Look {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  readonly scripts?: boolean;
}

/** The page in a window of its own; it is an error where it has one, or where it asks for anything but itself. */
const open = async (text: string, { width = 1280, scheme = 'light', scripts = true }: Look = {}) => {
  const context = await own.browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: scheme,
    javaScriptEnabled: scripts,
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  const address = await own.put(`report-${Math.random().toString(36).slice(2)}.html`, text);
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  page.on('request', (request) => request.url() !== address && troubles.push(`asked for ${request.url()}`));
  await page.goto(address);
  return { page, troubles, [Symbol.asyncDispose]: () => context.close() };
};

const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - innerWidth') as Promise<number>;

const shownFindings = (page: Page): Promise<readonly string[]> =>
  page.locator('#findings details:visible .title').allTextContents();

const shownHosts = (page: Page): Promise<readonly string[]> =>
  page.locator('#host-table tbody tr:visible th').allTextContents();

test.each([360, 1600])('at %i pixels nothing is cut off, and all parts are seen', async (width) => {
  await using opened = await open(pageOf(sampleAudit()), { width });
  const { page, troubles } = opened;
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  for (const name of ['Findings', 'Hosts', 'Hosts and tasks', 'Warnings'])
    expect(await page.getByRole('heading', { name, exact: true }).isVisible()).toBe(true);
  for (const id of ['by-text', 'by-host', 'by-status'])
    expect(await page.locator(`#${id}`).isVisible()).toBe(true);
  await page.locator('#findings details').evaluateAll((all) => {
    for (const one of all) one.setAttribute('open', '');
  });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect((await page.screenshot()).length).toBeGreaterThan(10_000);
  expect(troubles).toEqual([]);
});

test('with the keyboard alone: to the filter, a word, and Enter opens a diff', async () => {
  await using opened = await open(pageOf(sampleAudit()));
  const { page, troubles } = opened;
  await page.keyboard.press('Tab');
  expect(await page.locator(':focus').textContent()).toBe('Skip to the report');
  await page.keyboard.press('Tab');
  expect(await page.locator(':focus').getAttribute('id')).toBe('by-text');
  await page.keyboard.type('upload');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab');
  await page.locator('#count', { hasText: '0 of 6 hosts, 0 of 6 findings' }).waitFor();
  expect(await page.locator('#none').isVisible()).toBe(true);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('max_body_SIZE');
  await page.locator('#count', { hasText: '2 of 6 hosts, 1 of 6 findings' }).waitFor();
  expect(await shownFindings(page)).toEqual(['copy: The site of nginx']);
  expect(await shownHosts(page)).toEqual(['matrix1.example.org', 'matrix2.example.org']);
  // Host, status, reset, and the first finding.
  for (let count = 0; count < 4; count += 1) await page.keyboard.press('Tab');
  expect(await page.locator(':focus').evaluate((element) => element.tagName)).toBe('SUMMARY');
  const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
  expect(outline).toBe('solid');
  await page.keyboard.press('Enter');
  expect(await page.locator('.diff ins:visible').textContent()).toContain('client_max_body_size 100M');
  expect(troubles).toEqual([]);
});

test('hosts and statuses are filtered, and all is shown again', async () => {
  await using opened = await open(pageOf(sampleAudit()));
  const { page } = opened;
  await page.locator('#by-status').selectOption({ label: 'unreachable' });
  await page.locator('#count', { hasText: '1 of 6 hosts, 1 of 6 findings' }).waitFor();
  expect(await shownHosts(page)).toEqual(['workers1.example.org']);
  expect(await page.locator('#matrix').isVisible()).toBe(false);
  await page.locator('#by-status').selectOption({ label: 'drift' });
  await page.locator('#by-host').fill('MATRIX1');
  await page.locator('#count', { hasText: '1 of 6 hosts, 2 of 6 findings' }).waitFor();
  expect(await page.locator('#grid tbody tr').count()).toBe(2);
  await page.locator('#reset').click();
  await page.locator('#count', { hasText: '6 of 6 hosts, 6 of 6 findings' }).waitFor();
});

test('a cell of the table leads to its finding, and arrows lead from cell to cell', async () => {
  await using opened = await open(pageOf(sampleAudit()));
  const { page } = opened;
  const grid = page.locator('#grid');
  expect(await grid.locator('td', { hasText: '✓' }).first().getAttribute('aria-label')).toBe('ok');
  await grid.locator('a[tabindex="0"]').focus();
  const first = await page.locator(':focus').getAttribute('aria-label');
  expect(first).toBe('drift: copy: The site of nginx on matrix1.example.org');
  await page.keyboard.press('ArrowRight');
  expect(await page.locator(':focus').getAttribute('aria-label')).toContain('on matrix2.example.org');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowDown');
  expect(await page.locator(':focus').getAttribute('aria-label')).toContain('nginx runs with this');
  await page.keyboard.press('Enter');
  expect(await page.locator(':focus .title').textContent()).toBe(
    'systemd: nginx runs with this configuration',
  );
  expect(await page.getByText('start nginx.service').isVisible()).toBe(true);
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing, not even minor, in the %s colours',
  async (scheme) => {
    await using opened = await open(pageOf(sampleAudit()), { scheme, width: 1000 });
    const { page } = opened;
    await page.locator('#findings details').evaluateAll((all) => {
      for (const one of all) one.setAttribute('open', '');
    });
    // The page takes no script but its own: this one comes in from beside it.
    await page.evaluate(axe);
    const found = (await page.evaluate('axe.run()')) as {
      violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
    };
    expect(found.violations.map(({ id, nodes }) => [id, nodes.slice(0, 3)])).toEqual([]);
  },
);

test('on paper findings are open, and what can be clicked is not there', async () => {
  await using opened = await open(pageOf(sampleAudit()));
  const { page } = opened;
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('search').isVisible()).toBe(false);
  expect(await page.getByText('client_max_body_size 100M').isVisible()).toBe(true);
  expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
  await page.emulateMedia({ media: 'screen' });
  expect(await page.getByText('client_max_body_size 100M').isVisible()).toBe(false);
});

test('without scripts findings open and hosts are listed', async () => {
  await using opened = await open(pageOf(sampleAudit()), { scripts: false, width: 360 });
  const { page } = opened;
  await page.locator('summary', { hasText: 'The site of nginx' }).click();
  expect(await page.getByText('client_max_body_size 100M').isVisible()).toBe(true);
  expect(await shownHosts(page)).toHaveLength(6);
  expect(await page.locator('search').isVisible()).toBe(false);
});

test('what hosts say runs nothing and builds nothing', async () => {
  const text = pageOf(sampleAudit([hostileHost()]), hostileTexts.join(' '));
  await using opened = await open(text);
  const { page, troubles } = opened;
  await page.locator('#findings details').evaluateAll((all) => {
    for (const one of all) one.setAttribute('open', '');
  });
  await page.locator('#by-text').fill('onerror');
  await page.locator('#count', { hasText: /^1 of 7/ }).waitFor();
  expect(await page.evaluate('window.pwned')).toBeUndefined();
  expect(await page.locator('img, svg').count()).toBe(0);
  expect(
    await page.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href')?.[0])),
  ).toEqual(expect.not.arrayContaining(['j']));
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(troubles).toEqual([]);
});

test('a thousand hosts with a hundred tasks open, are filtered, and unfold', async () => {
  await using opened = await open(pageOf(manyHosts(1000, 100)), { width: 1280 });
  const { page, troubles } = opened;
  await page.locator('#count', { hasText: '1006 of 1006 hosts, 2006 of 2006 findings' }).waitFor();
  expect(await page.locator('#findings details:visible').count()).toBe(200);
  await page.getByRole('button', { name: 'Show more findings (1806 left)' }).click();
  expect(await page.locator('#findings details:visible').count()).toBe(400);
  expect(await page.locator('#grid tbody tr').count()).toBeLessThan(200);
  await page.locator('#by-host').fill('web998');
  await page.locator('#by-text').fill('task 3');
  await page.locator('#count', { hasText: '1 of 1006 hosts' }).waitFor();
  await page.locator('#by-text').fill('');
  await page.locator('#count', { hasText: '1 of 1006 hosts, 2 of 2006 findings' }).waitFor();
  await page.locator('#grid a').first().click();
  expect(await page.locator('.diff ins:visible').textContent()).toContain('port 2');
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(troubles).toEqual([]);
});
