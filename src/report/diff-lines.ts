import { structuredPatch } from 'diff';
import type { Change } from '../model/action.ts';
import { printableLine } from '../util/printable.ts';
import type { Paint } from './paint.ts';

/** How much of what changes in files is shown: `brief` shows only the beginning of a file that is new. */
export type DiffDetail = 'none' | 'brief' | 'whole';

/** Lines of a diff that are shown; the rest is counted. */
const mostLines = 200;
/** The same for a new file in brief: its head and the first lines of it tell what it is. */
const mostLinesOfNewFile = 6;

const toneOf = (line: string): 'added' | 'removed' | 'quiet' | undefined => {
  if (line.startsWith('+')) return 'added';
  if (line.startsWith('-')) return 'removed';
  return line.startsWith('@@') ? 'quiet' : undefined;
};

/** As diff -u writes it: no count for one line, the line before for none. */
const range = (start: number, count: number): string => {
  if (count === 1) return String(start);
  return `${count === 0 ? start - 1 : start},${count}`;
};

/** A unified diff of one change, [] with the detail `none`; three lines of context; a file that is not there is /dev/null. */
export const renderDiff = (
  { path, before, after }: NonNullable<Change['diff']>,
  paint: Paint,
  detail: DiffDetail = 'whole',
): readonly string[] => {
  if (detail === 'none') return [];
  const { hunks } = structuredPatch(path, path, before ?? '', after ?? '', undefined, undefined, {
    context: 3,
  });
  if (hunks.length === 0) return [];
  const head = [`--- ${before === null ? '/dev/null' : path}`, `+++ ${after === null ? '/dev/null' : path}`];
  const body = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    ...lines,
  ]);
  const most = detail === 'brief' && before === null ? mostLinesOfNewFile : mostLines;
  const shown = body.slice(0, most).map(printableLine);
  const rest = body.length > most ? [`… and ${body.length - most} lines more`] : [];
  return [
    ...head.map((line) => paint('strong', printableLine(line))),
    ...shown.map((line) => {
      const tone = toneOf(line);
      return tone === undefined ? line : paint(tone, line);
    }),
    ...rest.map((line) => paint('quiet', line)),
  ];
};
