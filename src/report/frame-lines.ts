import type { HostStatus } from '../model/report.ts';
import { printableLine } from '../util/printable.ts';
import { fitLine, type Segment, widthOf } from './fit-line.ts';
import type { Paint, Tone } from './paint.ts';
import type { HostView, RunView } from './run-view.ts';

/** How a frame is drawn. */
export interface FrameOptions {
  readonly width: number;
  readonly height: number;
  /** Milliseconds, by the clock of the view. */
  readonly now: number;
  /** The spinner's present character. */
  readonly spinner: string;
  readonly paint: Paint;
}

/** Runs with more hosts show counts and only hosts under way. */
export const mostHostsInFull = 20;

/** With more hosts under way than this, what their actions print shares their line. */
const mostWithOwnOutput = 8;

const marks: Readonly<Record<HostStatus, { readonly mark: string; readonly tone: Tone }>> = {
  ok: { mark: '✔', tone: 'good' },
  changed: { mark: '✔', tone: 'changed' },
  drift: { mark: '≠', tone: 'changed' },
  failed: { mark: '✘', tone: 'bad' },
  unreachable: { mark: '✘', tone: 'bad' },
};

const elapsed = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
};

const oneLine = (text: string): string => printableLine(text.replaceAll(/\s+/g, ' '));

const padded = (name: string, width: number): string =>
  `${printableLine(name)}${' '.repeat(Math.max(0, width - widthOf(printableLine(name))))}`;

const renderActive = (
  view: HostView,
  nameWidth: number,
  ownOutput: boolean,
  options: FrameOptions,
): readonly string[] => {
  const { width, paint, spinner, now } = options;
  const waited = now - view.since;
  const head: Segment[] = [
    { text: `${spinner} `, tone: 'changed' },
    { text: padded(view.name, nameWidth), tone: 'strong' },
    { text: waited < 1000 ? '  ' : `  ${elapsed(waited)}  `, tone: 'quiet' },
    { text: oneLine(view.doing) },
    { text: view.action === '' ? '' : `: ${oneLine(view.action)}` },
  ];
  if (view.said === '') return [fitLine(head, width, paint)];
  if (!ownOutput)
    return [fitLine([...head, { text: ` › ${oneLine(view.said)}`, tone: 'quiet' }], width, paint)];
  const indent = ' '.repeat(nameWidth + 4);
  return [
    fitLine(head, width, paint),
    fitLine([{ text: `${indent}${oneLine(view.said)}`, tone: 'quiet' }], width, paint),
  ];
};

const renderWaiting = (name: string, nameWidth: number, { width, paint }: FrameOptions): string =>
  fitLine([{ text: `  ${padded(name, nameWidth)}  waiting`, tone: 'quiet' }], width, paint);

const renderEnded = (
  name: string,
  status: HostStatus,
  nameWidth: number,
  { width, paint }: FrameOptions,
): string => {
  const { mark, tone } = marks[status];
  return fitLine(
    [{ text: `${mark} `, tone }, { text: `${padded(name, nameWidth)}  ` }, { text: status, tone }],
    width,
    paint,
  );
};

const widest = (names: Iterable<string>): number =>
  Math.min(30, Math.max(4, ...[...names].map((name) => widthOf(printableLine(name)))));

const renderInFull = (view: RunView, options: FrameOptions): readonly string[] => {
  const nameWidth = widest(view.hosts);
  const ownOutput = view.active.size <= mostWithOwnOutput;
  return view.hosts.flatMap((name) => {
    const host = view.views.get(name);
    if (host === undefined) return [renderWaiting(name, nameWidth, options)];
    if (host.status !== undefined) return [renderEnded(name, host.status, nameWidth, options)];
    return renderActive(host, nameWidth, ownOutput, options);
  });
};

const renderCounts = (view: RunView, { width, paint, now, spinner }: FrameOptions): string => {
  const ended = Object.entries(view.ended).filter(([, count]) => count > 0);
  const done = ended.reduce((sum, [, count]) => sum + count, 0);
  const details = ended.map(([status, count]) => `${count} ${status}`).join(', ');
  const waiting = view.hosts.length - done - view.active.size;
  const parts = [
    `${view.hosts.length} hosts`,
    `${done} done${details === '' ? '' : ` (${details})`}`,
    `${view.active.size} under way`,
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ];
  return fitLine(
    [
      { text: `${spinner} `, tone: 'changed' },
      { text: parts.join(', '), tone: 'strong' },
      { text: `  ${elapsed(now - view.startedAt)}`, tone: 'quiet' },
    ],
    width,
    paint,
  );
};

const renderCollapsed = (view: RunView, options: FrameOptions): readonly string[] => {
  const room = Math.max(1, Math.min(mostHostsInFull, options.height - 4));
  const names: string[] = [];
  for (const name of view.active) {
    if (names.length === room) break;
    names.push(name);
  }
  const nameWidth = widest(names);
  const lines = names.flatMap((name) => {
    const host = view.views.get(name);
    return host === undefined ? [] : renderActive(host, nameWidth, false, options);
  });
  const rest = view.active.size - names.length;
  const more =
    rest > 0 ? [fitLine([{ text: `  and ${rest} more`, tone: 'quiet' }], options.width, options.paint)] : [];
  return [renderCounts(view, options), ...lines, ...more];
};

/**
 * The run as it is now: a line a host with what it does, for how long, and what its action said last; with many
 * hosts, counts and a line for each host under way.
 *
 * @returns at most `height - 1` lines, none wider than `width` columns
 */
export const renderFrame = (view: RunView, options: FrameOptions): readonly string[] => {
  const inFull = view.hosts.length > mostHostsInFull ? [] : renderInFull(view, options);
  const fits = view.hosts.length <= mostHostsInFull && inFull.length < options.height;
  return fits ? inFull : renderCollapsed(view, options).slice(0, Math.max(1, options.height - 1));
};
