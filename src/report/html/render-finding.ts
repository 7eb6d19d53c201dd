import type { Change } from '../../model/action.ts';
import { renderDiff } from '../diff-lines.ts';
import { createPaint } from '../paint.ts';
import { escapeHtml } from './escape.ts';
import type { Finding, Places } from './findings.ts';
import { renderSign } from './signs.ts';

const paint = createPaint(false);

/** Hosts that the line of a finding names; of more, it says how many. */
const mostNamed = 3;

const lineKind = (line: string, index: number): string => {
  if (index < 2) return 'b';
  if (line.startsWith('+')) return 'ins';
  if (line.startsWith('-')) return 'del';
  return line.startsWith('@@') ? 'i' : '';
};

/** Lines stay text: what was added or taken away is seen by its first character, too. */
const renderLine = (line: string, index: number): string => {
  const kind = lineKind(line, index);
  const text = escapeHtml(line);
  return kind === '' ? `${text}\n` : `<${kind}>${text}\n</${kind}>`;
};

const renderChange = ({ summary, diff }: Change, withDiff: boolean): string => {
  const lines = diff === undefined || !withDiff ? [] : renderDiff(diff, paint);
  const pre = lines.length === 0 ? '' : `<pre class="diff">${lines.map(renderLine).join('')}</pre>`;
  return `<li>${escapeHtml(summary)}${pre}</li>`;
};

const renderPlaces = ({ note, hosts }: Places, names: readonly string[]): string => {
  const named = hosts.map((host) => names[host] ?? '').join(', ');
  return `<li><b>${escapeHtml(named)}</b>${note === '' ? '' : `: ${escapeHtml(note)}`}</li>`;
};

const whereOf = (places: readonly Places[], names: readonly string[]): string => {
  const hosts = places.flatMap((place) => place.hosts);
  if (hosts.length > mostNamed) return `on ${hosts.length} hosts`;
  return `on ${hosts.map((host) => names[host] ?? '').join(', ')}`;
};

/** What they all have in common, for the line that is always seen. */
const commonNote = ([first, ...others]: readonly Places[]): string =>
  others.length === 0 ? (first?.note ?? '') : '';

export interface FindingOptions {
  /** Its place among the findings, by which it is linked to. */
  readonly index: number;
  /** Of all hosts of the report. */
  readonly names: readonly string[];
  readonly withDiffs: boolean;
}

/** One finding: a line that opens, and below it hosts, changes with their diffs, and what was said. */
export const renderFinding = (
  { status, title, source, message, changes, places }: Finding,
  { index, names, withDiffs }: FindingOptions,
): string => {
  const note = commonNote(places);
  const told = changes.map((change) => renderChange(change, withDiffs)).join('');
  return [
    `<details class="finding ${status}" id="f${index}">`,
    `<summary>${renderSign(status)} <span class="title">${escapeHtml(title)}</span> `,
    `<span class="where">${escapeHtml(whereOf(places, names))}</span>`,
    note === '' ? '' : ` <span class="note">${escapeHtml(note)}</span>`,
    source === null ? '' : ` <code>${escapeHtml(source)}</code>`,
    '</summary><div class="body">',
    message === null ? '' : `<pre class="said">${escapeHtml(message)}</pre>`,
    told === '' ? '' : `<ul class="changes">${told}</ul>`,
    `<ul class="places">${places.map((place) => renderPlaces(place, names)).join('')}</ul>`,
    '</div></details>',
  ].join('');
};

/** About how many characters a finding's diffs add to a page. */
export const sizeOfDiffs = ({ changes }: Finding): number =>
  changes.reduce(
    (sum, { diff }) =>
      sum + (diff === undefined ? 0 : (diff.before?.length ?? 0) + (diff.after?.length ?? 0)),
    0,
  );
