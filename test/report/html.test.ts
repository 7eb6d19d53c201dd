import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { embedJson, escapeHtml } from '../../src/report/html/escape.ts';
import { overviewOf } from '../../src/report/html/findings.ts';
import { hostReport, ref, runReport, taskReport } from './recorded-run.ts';
import { hostileHost, hostileTexts, manyHosts, pageOf, sampleAudit } from './sample-audit.ts';

test('without a script it has what is amiss, with diffs, ages and causes, and a line a host', () => {
  const page = pageOf(sampleAudit()).split('<script')[0] ?? '';
  for (const text of [
    '<title>check of inventory.yaml: 1 unreachable, 1 failed, 2 drift, 2 ok</title>',
    '<h1>Check of inventory.yaml</h1>',
    'begun <time datetime="2026-11-26T14:03:05.000Z">2026-11-26 14:03 UTC</time>, took 4.2 s',
    'copy: The site of nginx</span> <span class="where">on matrix1.example.org, matrix2.example.org',
    '<ins>+  client_max_body_size 100M;\n</ins>',
    '<b>matrix1.example.org</b>: cause: host, since 2026-11-20 14:03 UTC, 7 checks',
    '<b>matrix2.example.org</b>: cause: host, since 2026-11-20 14:03 UTC, 5 checks',
    'cause: both, since this check',
    'file:/etc/nginx/conf.d/old.conf',
    'is the host up, and is its sshd on this port?',
    '<b>matrix2.example.org</b>: its clock is 5 minutes slow',
  ])
    expect(page).toContain(text);
  expect(page.match(/<tr><th scope="row">/g)).toHaveLength(6);
});

test('a failure is told once', () => {
  expect(pageOf(sampleAudit()).match(/class="finding failed"/g)).toHaveLength(1);
});

test('it asks nobody for anything, and only its own script and style are taken', () => {
  const page = pageOf(sampleAudit());
  expect(page).not.toMatch(/\b(src|srcset|action|ping|data|poster)=|url\(|@import|https?:/i);
  expect([...page.matchAll(/href="([^"]*)"/g)].map(([, target = '']) => target[0])).toEqual(['#']);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
  expect(policy).toContain("default-src 'none'");
  for (const [kind, text = ''] of [
    ['style', /<style>([\s\S]*?)<\/style>/.exec(page)?.[1]],
    ['script', /<script>([\s\S]*?)<\/script>/.exec(page)?.[1]],
  ])
    expect(policy).toContain(`${kind}-src 'sha256-${createHash('sha256').update(text).digest('base64')}'`);
});

test('whatever a host says stays text', () => {
  const page = pageOf(sampleAudit([hostileHost()]), hostileTexts.join(' '));
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page).not.toMatch(/<img|<svg|<!--/);
  // Its own elements have no attribute that could run anything.
  expect(page.replaceAll(/<script[\s\S]*?<\/script>/g, '')).not.toMatch(/<[^<>]*\son\w+\s*=/);
  expect(page).toContain('\\x00\\x1b[31m\\u202egnp.exe');
  expect(escapeHtml(`<a b="c" d='e'>&`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
  expect(embedJson(['</script><!--'])).toBe('["\\u003c/script>\\u003c!--"]');
});

test('what happens on many hosts alike is told once, with its hosts', () => {
  const task = ref('Packages', 'apt', 7);
  const drift = (cause: 'host' | 'wanted') =>
    taskReport(task, 'drift', { cause, changes: [{ summary: 'install a' }] });
  const hosts = ['a', 'b', 'c'].map((name) =>
    hostReport(name, 'drift', { tasks: [drift(name === 'b' ? 'wanted' : 'host')] }),
  );
  expect(overviewOf(runReport(hosts)).findings).toEqual([
    {
      status: 'drift',
      title: 'apt: Packages',
      source: 'site.yaml:7:5',
      task: 0,
      message: null,
      changes: [{ summary: 'install a' }],
      places: [
        { note: 'cause: host', hosts: [0, 2] },
        { note: 'cause: wanted', hosts: [1] },
      ],
    },
  ]);
});

test('nothing amiss is said in words', () => {
  const page = pageOf(runReport([hostReport('a', 'ok', { tasks: [taskReport(ref('x', 'apt', 1), 'ok')] })]));
  expect(page).toContain('<p>Everything is as wanted.</p>');
});

test('a thousand hosts with a hundred tasks are a page that opens', () => {
  expect(pageOf(manyHosts(1000, 100)).length).toBeLessThan(3_000_000);
  const worst = pageOf(manyHosts(200, 100, true));
  expect(worst.length).toBeLessThan(10_000_000);
  expect(worst).toContain('more findings would make this page too long');
});
