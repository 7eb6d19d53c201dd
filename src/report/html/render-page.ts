import type { HostStatus, RunReport } from '../../model/report.ts';
import { describeTime } from '../describe-since.ts';
import type { DiffDetail } from '../diff-lines.ts';
import type { TextSink } from '../json.ts';
import { embedJson, escapeHtml } from './escape.ts';
import { type Finding, type Overview, overviewOf } from './findings.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { renderFinding, sizeOfDiffs } from './render-finding.ts';
import { renderHosts } from './render-hosts.ts';
import { renderSign, signs } from './signs.ts';

export interface PageOptions {
  /** What was looked at: the inventory, as it was given. */
  readonly subject: string;
  readonly diff: DiffDetail;
  /** SHA-256 of a text, as base64: the page's own style and script are the only ones that a browser is to take. */
  readonly hash: (text: string) => string;
}

/** Something that the run has said of a host, or of none. */
export interface Warning {
  readonly host: string | null;
  readonly message: string;
}

/** Findings that are there without a script; more are put in when they are asked for. */
const mostStatic = 200;

/** Findings in one page, the worst first, and characters of their diffs: a browser opens some 10 MB in a second or two. */
const mostFindings = 5000;
const mostDiffs = 5_000_000;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const hostOrder: readonly HostStatus[] = ['unreachable', 'failed', 'drift', 'changed', 'ok'];

const titleOf = ({ mode, summary, hosts }: RunReport, subject: string): string => {
  const counts = hostOrder
    .filter((status) => summary[status] > 0)
    .map((status) => `${summary[status]} ${status}`);
  return `${mode} of ${subject}: ${counts.length === 0 ? plural(hosts.length, 'host') : counts.join(', ')}`;
};

const renderHead = (report: RunReport, { subject, hash }: PageOptions): string => {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash(pageStyle)}'`,
    `script-src 'sha256-${hash(pageScript)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(titleOf(report, subject))}</title>
<style>${pageStyle}</style>
</head>
`;
};

const renderHeader = (report: RunReport, { subject }: PageOptions): string => {
  const { mode, startedAt, durationMs, hosts, summary } = report;
  const counts = hostOrder
    .filter((status) => summary[status] > 0)
    .map((status) => `<li>${renderSign(status, summary[status])}</li>`);
  return `<header>
<h1>${mode === 'check' ? 'Check' : 'Apply'} of ${escapeHtml(subject)}</h1>
<p>${plural(hosts.length, 'host')}, begun <time datetime="${escapeHtml(startedAt)}">${escapeHtml(describeTime(startedAt))}</time>, took ${seconds(durationMs)}</p>
<ul class="counts" aria-label="Hosts by result">${counts.join('')}</ul>
</header>
`;
};

const renderFilter = (names: readonly string[]): string => `<search id="filter" hidden>
<h2 class="unseen">Filter</h2>
<div><label for="by-text">Text</label><input id="by-text" type="search" autocomplete="off" spellcheck="false" placeholder="task, path, message"></div>
<div><label for="by-host">Host</label><input id="by-host" type="search" autocomplete="off" spellcheck="false" placeholder="part of a name"></div>
<div><label for="by-status">Status</label><select id="by-status"><option value="">all</option>${Object.values(
  signs,
)
  .map(({ word, letter }) => `<option value="${letter}">${word}</option>`)
  .join('')}</select></div>
<button id="reset" type="button">Show all</button>
<output id="count" aria-live="polite">${plural(names.length, 'host')}</output>
</search>
`;

/** All findings as HTML, none longer than what is left of the room for diffs. */
const renderFindings = (
  findings: readonly Finding[],
  names: readonly string[],
  diff: DiffDetail,
): { readonly rendered: readonly string[]; readonly left: number } => {
  let room = mostDiffs;
  let left = 0;
  const rendered = findings.map((finding, index) => {
    const size = diff === 'none' ? 0 : sizeOfDiffs(finding);
    const withDiffs = diff !== 'none' && size <= room;
    if (withDiffs) room -= size;
    else if (size > 0) left += 1;
    return renderFinding(finding, { index, names, withDiffs });
  });
  return { rendered, left };
};

const renderWarnings = (warnings: readonly Warning[]): string => {
  if (warnings.length === 0) return '';
  const items = warnings.map(
    ({ host, message }) =>
      `<li>${host === null ? '' : `<b>${escapeHtml(host)}</b>: `}${escapeHtml(message)}</li>`,
  );
  return `<section aria-labelledby="warnings-title"><h2 id="warnings-title">Warnings</h2><ul class="warnings">${items.join('')}</ul></section>
`;
};

/** What the script works with: a letter for each host and task. */
const dataOf = ({ hosts }: RunReport, { tasks, cells, findings }: Overview, more: readonly string[]) => ({
  hosts: hosts.map(({ name }) => name),
  results: hosts.map(({ status }) => signs[status].letter).join(''),
  tasks: tasks.map(({ title, source }) => [title, source]),
  cells: cells.map((own) =>
    tasks
      .map((_, index) => {
        const status = own[index];
        return status === undefined ? ' ' : signs[status].letter;
      })
      .join(''),
  ),
  signs: Object.fromEntries(
    Object.entries(signs).map(([name, { mark, word, letter }]) => [letter, [name, mark, word]]),
  ),
  findings: findings.map(({ status, task, places }) => [
    signs[status].letter,
    task,
    places.flatMap((place) => place.hosts),
  ]),
  more,
});

const legend = (): string =>
  (['ok', 'changed', 'drift', 'failed', 'skipped', 'not-attempted'] as const)
    .map((status) => renderSign(status))
    .join(' ');

/** The whole page, in pieces. No text in it that came from elsewhere is anything but text. */
export const writePage = (
  sink: TextSink,
  report: RunReport,
  warnings: readonly Warning[],
  options: PageOptions,
): void => {
  const overview = overviewOf(report);
  const names = report.hosts.map(({ name }) => name);
  const findings = overview.findings.slice(0, mostFindings);
  const { rendered, left } = renderFindings(findings, names, options.diff);
  const more = rendered.slice(mostStatic);
  sink.write(renderHead(report, options));
  sink.write('<body>\n<a class="skip" href="#main">Skip to the report</a>\n');
  sink.write(renderHeader(report, options));
  sink.write(`<main id="main" tabindex="-1">\n${renderFilter(names)}`);
  sink.write(
    '<section aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2>\n<div id="findings">\n',
  );
  sink.write(
    rendered.length === 0 ? '<p>Everything is as wanted.</p>\n' : rendered.slice(0, mostStatic).join('\n'),
  );
  sink.write('\n</div>\n<p id="none" hidden>No finding fits the filter.</p>\n');
  if (more.length > 0)
    sink.write(
      `<p id="rest">${plural(more.length, 'more finding')}: a browser with scripts shows them, and so does <code>--output json</code>.</p>\n`,
    );
  const leftOut = overview.findings.length - findings.length;
  if (leftOut > 0)
    sink.write(
      `<p>${plural(leftOut, 'more finding')} would make this page too long: the table of hosts and tasks shows where they are, and <code>--output json</code> has them all.</p>\n`,
    );
  if (left > 0)
    sink.write(
      `<p>The diffs of ${plural(left, 'finding')} are left out, or this page would be too long; <code>--output json</code> has them.</p>\n`,
    );
  sink.write('</section>\n');
  sink.write(
    `<section aria-labelledby="hosts-title"><h2 id="hosts-title">Hosts</h2>\n${renderHosts(report)}\n</section>\n`,
  );
  sink.write(
    `<section id="matrix" aria-labelledby="matrix-title" hidden><h2 id="matrix-title">Hosts and tasks</h2>\n<p class="legend">${legend()}</p>\n<div id="grid" class="wide" role="region" aria-label="Table of hosts and tasks" tabindex="0"></div>\n</section>\n`,
  );
  sink.write(renderWarnings(warnings));
  sink.write('</main>\n');
  sink.write(
    `<script type="application/json" id="data">${embedJson(dataOf(report, { ...overview, findings }, more))}</script>\n<script>${pageScript}</script>\n</body>\n</html>\n`,
  );
};
