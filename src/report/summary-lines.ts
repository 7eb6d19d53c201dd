import type { HostReport, HostStatus, RunReport, TaskStatus } from '../model/report.ts';
import { type Paint, printable, type Tone } from './paint.ts';

const tones: Readonly<Record<HostStatus, Tone>> = {
  ok: 'good',
  changed: 'changed',
  drift: 'changed',
  failed: 'bad',
  unreachable: 'bad',
};

const shownCounts: readonly TaskStatus[] = ['ok', 'changed', 'drift', 'failed', 'skipped', 'not-attempted'];

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** How it ended, and whether that is proved. */
const labelOf = ({ status, proved }: HostReport, mode: RunReport['mode']): string => {
  if (mode === 'check' || (status !== 'ok' && status !== 'changed')) return status;
  return `${status}, ${proved ? 'proved' : 'not provable'}`;
};

const widest = (texts: readonly string[]): number => Math.max(4, ...texts.map(({ length }) => length));

/** One line a host: how it ended, whether it is proved, its tasks by status, waves, execs and time. */
const renderHost = (
  host: HostReport,
  widths: { readonly name: number; readonly label: number },
  mode: RunReport['mode'],
  paint: Paint,
): string => {
  const counts = shownCounts
    .map((status) => ({ status, count: host.tasks.filter((task) => task.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status}`);
  const label = paint(tones[host.status], labelOf(host, mode).padEnd(widths.label));
  const work = `${host.execs} ${host.execs === 1 ? 'exec' : 'execs'}, ${host.waves} ${host.waves === 1 ? 'wave' : 'waves'}, ${seconds(host.durationMs)}`;
  return [
    printable(host.name).padEnd(widths.name),
    label,
    ...(counts.length === 0 ? [] : [counts.join(', ')]),
    paint('quiet', `(${work})`),
  ].join('  ');
};

const renderTrouble = (host: HostReport, paint: Paint): readonly string[] => [
  ...(host.error === null
    ? []
    : [
        paint('bad', `${printable(host.name)}: ${host.status}`),
        ...printable(host.error)
          .split('\n')
          .map((line) => `  ${line}`),
      ]),
  ...(host.orphans.length === 0
    ? []
    : [
        `${printable(host.name)}: managed by an earlier run, declared no more (with prune: true, apply takes away what was made for it):`,
        ...host.orphans.map((orphan) => `  ${printable(orphan)}`),
      ]),
];

/** The end of a run: what went wrong, then a table with a line a host, then a sum. */
export const renderSummary = (report: RunReport, paint: Paint): readonly string[] => {
  const widths = {
    name: widest(report.hosts.map(({ name }) => printable(name))),
    label: widest(report.hosts.map((host) => labelOf(host, report.mode))),
  };
  const sum = Object.entries(report.summary)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`);
  return [
    ...report.hosts.flatMap((host) => renderTrouble(host, paint)),
    ...report.hosts.map((host) => renderHost(host, widths, report.mode, paint)),
    `${report.mode}: ${sum.length === 0 ? 'no hosts' : `hosts: ${sum.join(', ')}`} in ${seconds(report.durationMs)}`,
  ];
};
