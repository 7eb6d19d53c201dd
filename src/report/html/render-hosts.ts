import type { HostReport, RunReport, TaskStatus } from '../../model/report.ts';
import { escapeHtml } from './escape.ts';
import { renderSign } from './signs.ts';

const counted: readonly TaskStatus[] = ['failed', 'drift', 'changed', 'not-attempted', 'ok', 'skipped'];

const countsOf = ({ tasks }: HostReport): string =>
  counted
    .map((status) => ({ status, count: tasks.filter((task) => task.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => renderSign(status, count))
    .join(' ');

const resultOf = ({ status, proved }: HostReport, mode: RunReport['mode']): string => {
  const proof = mode === 'check' || (status !== 'ok' && status !== 'changed');
  return `${renderSign(status)}${proof ? '' : ` <span class="note">${proved ? 'proved' : 'not provable'}</span>`}`;
};

const renderHost = (host: HostReport, mode: RunReport['mode'], hasErrors: boolean): string =>
  [
    `<tr><th scope="row">${escapeHtml(host.name)}</th>`,
    `<td>${resultOf(host, mode)}</td>`,
    `<td>${countsOf(host) === '' ? '<span class="note">none</span>' : countsOf(host)}</td>`,
    `<td class="number">${host.waves}</td>`,
    `<td class="number">${host.execs}</td>`,
    `<td class="number">${(host.durationMs / 1000).toFixed(1)} s</td>`,
    hasErrors ? `<td class="error">${escapeHtml(host.error ?? '')}</td></tr>` : '</tr>',
  ].join('');

const columns: readonly (readonly [className: string, title: string])[] = [
  ['', 'Host'],
  ['', 'Result'],
  ['', 'Tasks'],
  ['number', 'Waves'],
  ['number', 'Scripts'],
  ['number', 'Time'],
];

/** A line a host: what became of it, and what it took. */
export const renderHosts = ({ hosts, mode }: RunReport): string => {
  const hasErrors = hosts.some(({ error }) => error !== null);
  const heads = [...columns, ...(hasErrors ? [['', 'Error'] as const] : [])].map(
    ([name, title]) => `<th scope="col"${name === '' ? '' : ` class="${name}"`}>${title}</th>`,
  );
  const rows = hosts.map((host) => renderHost(host, mode, hasErrors));
  return [
    '<div class="wide" role="region" aria-label="Table of hosts" tabindex="0"><table id="host-table">',
    `<thead><tr>${heads.join('')}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>`,
  ].join('\n');
};
