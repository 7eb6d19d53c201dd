import type { HostReport, HostStatus, RunReport, TaskStatus } from '../model/report.ts';
import { printableLine, printedLines } from '../util/printable.ts';
import type { Paint, Tone } from './paint.ts';

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

/** Hosts that a summary has a line for each of; of more, those that are alike share one. */
const mostLines = 20;

/** A line of the table: a host, or several that came to the same. */
interface Row {
  readonly name: string;
  readonly hosts: readonly [HostReport, ...HostReport[]];
}

/** Failures that were rescued are counted as that, and as nothing else. */
const countsOf = ({ tasks }: HostReport): string => {
  const rescued = tasks.filter((task) => task.rescued === true).length;
  const counts = shownCounts.map((status): readonly [string, number] => [
    status,
    tasks.filter((task) => task.status === status && task.rescued !== true).length,
  ]);
  return [...counts, ['rescued', rescued] as const]
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');
};

/** What hosts that share a line have in common; undefined for one that is in trouble, which has a line of its own. */
const likenessOf = (host: HostReport): string | undefined =>
  host.status === 'failed' || host.status === 'unreachable'
    ? undefined
    : [host.status, host.proved, countsOf(host), host.execs, host.waves].join('\0');

/** In the order of the hosts. @param folds  hosts that are alike share a line, where there are many */
const rowsOf = (hosts: readonly HostReport[], folds: boolean): readonly Row[] => {
  const rows = new Map<string, [HostReport, ...HostReport[]]>();
  for (const host of hosts) {
    const likeness = (folds && hosts.length > mostLines ? likenessOf(host) : undefined) ?? `\0${host.name}`;
    const row = rows.get(likeness);
    if (row === undefined) rows.set(likeness, [host]);
    else row.push(host);
  }
  return [...rows.values()].map((own) => ({
    name: own.length === 1 ? printableLine(own[0].name) : `${own.length} hosts`,
    hosts: own,
  }));
};

/** One line: how it ended, whether it is proved, its tasks by status, waves, execs and time. */
const renderRow = (
  { name, hosts }: Row,
  widths: { readonly name: number; readonly label: number },
  mode: RunReport['mode'],
  paint: Paint,
): string => {
  const [host] = hosts;
  const counts = countsOf(host);
  const label = paint(tones[host.status], labelOf(host, mode).padEnd(widths.label));
  const longest = Math.max(...hosts.map(({ durationMs }) => durationMs));
  const time = `${hosts.length > 1 ? 'at most ' : ''}${seconds(longest)}`;
  const work = `${host.execs} ${host.execs === 1 ? 'exec' : 'execs'}, ${host.waves} ${host.waves === 1 ? 'wave' : 'waves'}, ${time}`;
  return [
    name.padEnd(widths.name),
    label,
    ...(counts === '' ? [] : [counts]),
    paint('quiet', `(${work})`),
  ].join('  ');
};

/** What a task that failed said as it did; the host's error says it again, with the task and its place before it. */
const toldAlready = ({ error, tasks }: HostReport): string | undefined =>
  tasks.find(({ status, message }) => status === 'failed' && message !== null && error?.includes(message))
    ?.message ?? undefined;

/** In one line where it has been told as it happened, and what has not. */
const renderError = (host: HostReport, error: string, paint: Paint): readonly string[] => {
  const head = paint('bad', `${printableLine(host.name)}: ${host.status}`);
  const indented = (text: string): readonly string[] => printedLines(text).map((line) => `  ${line}`);
  const told = toldAlready(host);
  if (told === undefined) return [head, ...indented(error)];
  const [first = ''] = printedLines(error);
  const rest = error.slice(error.indexOf(told) + told.length).trim();
  return [`${head}: ${first}`, ...(rest === '' ? [] : indented(rest))];
};

/** What is declared no more, and what becomes of it. */
const renderOrphans = (host: HostReport, fate: string, orphans: readonly string[]): readonly string[] =>
  orphans.length === 0
    ? []
    : [
        `${printableLine(host.name)}: managed by an earlier run, declared no more (${fate}):`,
        ...orphans.map((orphan) => `  ${printableLine(orphan)}`),
      ];

/** Where "prune" is set, a check has a task that says so. */
const fateOfPrunable = ({ tasks }: HostReport): string =>
  tasks.some(({ module }) => module === 'prune')
    ? 'apply takes it away'
    : 'with prune: true, apply takes it away';

/** A run that is proved forgets what it cannot take away, so it is told once. */
const fateOfOthers = (mode: RunReport['mode']): string =>
  mode === 'check'
    ? 'it stays, and the next apply forgets it'
    : 'it stays, and is not told again: whether it is to go is yours to say';

const renderTrouble = (host: HostReport, mode: RunReport['mode'], paint: Paint): readonly string[] => [
  ...(host.error === null ? [] : renderError(host, host.error, paint)),
  ...renderOrphans(host, fateOfPrunable(host), host.prunable),
  ...renderOrphans(
    host,
    fateOfOthers(mode),
    host.orphans.filter((orphan) => !host.prunable.includes(orphan)),
  ),
];

const nameOfRun = (mode: RunReport['mode']): string => (mode === 'check' ? 'run --check' : 'run');

/**
 * The end of a run: what went wrong, then a table with a line a host, then a sum.
 *
 * @param folds    of many hosts, those that came to the same share a line
 * @param isAdHoc  it was one task, of the command line
 */
export const renderSummary = (
  report: RunReport,
  paint: Paint,
  { folds, isAdHoc }: { readonly folds: boolean; readonly isAdHoc: boolean },
): readonly string[] => {
  const rows = rowsOf(report.hosts, folds);
  const widths = {
    name: widest(rows.map(({ name }) => name)),
    label: widest(report.hosts.map((host) => labelOf(host, report.mode))),
  };
  const sum = Object.entries(report.summary)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`);
  return [
    ...report.hosts.flatMap((host) => renderTrouble(host, report.mode, paint)),
    ...rows.map((row) => renderRow(row, widths, report.mode, paint)),
    `${isAdHoc ? nameOfRun(report.mode) : report.mode}: ${sum.length === 0 ? 'no hosts' : `hosts: ${sum.join(', ')}`} in ${seconds(report.durationMs)}`,
  ];
};
