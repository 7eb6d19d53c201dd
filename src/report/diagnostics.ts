import type { Diagnostic } from '../model/diagnostic.ts';
import { renderPlace, type Span } from '../model/span.ts';
import { printable, printableLine } from '../util/printable.ts';

/** How diagnostics are shown. */
export interface DiagnosticStyle {
  readonly color: boolean;
  /** Hides secrets in what comes from elsewhere: messages, places, lines of files; not in codes and words of ours. */
  readonly hide?: ((text: string) => string) | undefined;
}

type Paint = 'bold' | 'red' | 'yellow' | 'cyan' | 'dim';

const codes: Readonly<Record<Paint, number>> = { bold: 1, dim: 2, red: 31, yellow: 33, cyan: 36 };

type Painter = (paint: Paint, text: string) => string;

const painter =
  (color: boolean): Painter =>
  (paint, text) =>
    color ? `\u001b[${codes[paint]}m${text}\u001b[0m` : text;

interface Pens {
  readonly paint: Painter;
  readonly hide: (text: string) => string;
}

/** Longer lines are cut to a window around the place. */
const widest = 160;

interface Excerpt {
  readonly line: string;
  readonly pad: string;
  readonly marks: number;
}

const excerptOf = (span: Span, text: string): Excerpt | undefined => {
  const full = text.split(/\r?\n/)[span.line - 1];
  if (full === undefined || (full.trim() === '' && span.length === 0)) return undefined;
  const column = Math.min(span.column - 1, full.length);
  const cut = full.length > widest ? Math.max(0, column - widest / 2) : 0;
  const line = `${cut > 0 ? '…' : ''}${full.slice(cut, cut + widest)}${cut + widest < full.length ? '…' : ''}`;
  const before = `${cut > 0 ? ' ' : ''}${full.slice(cut, column)}`;
  const available = Math.min(full.trimEnd().length, cut + widest) - column;
  return {
    line: printableLine(line),
    pad: printableLine(before).replace(/[^\t]/g, ' '),
    marks: Math.max(1, printableLine(full.slice(column, column + Math.min(span.length, available))).length),
  };
};

const renderExcerpt = (span: Span, text: string | undefined, { paint, hide }: Pens): string[] => {
  const excerpt = text === undefined ? undefined : excerptOf(span, text);
  if (excerpt === undefined) return [];
  const number = String(span.line);
  const gutter = ' '.repeat(number.length);
  return [
    `${paint('dim', `${number} |`)} ${hide(excerpt.line)}`,
    `${paint('dim', `${gutter} |`)} ${excerpt.pad}${paint('bold', '^'.repeat(excerpt.marks))}`,
  ];
};

const renderOne = (diagnostic: Diagnostic, textOf: TextOf, pens: Pens): string => {
  const { paint, hide } = pens;
  const { severity, span, related = [] } = diagnostic;
  const place = span === undefined ? '' : `${paint('bold', `${printableLine(hide(renderPlace(span)))}:`)} `;
  const word = paint(severity === 'error' ? 'red' : 'yellow', `${severity}:`);
  return [
    `${place}${word} ${printable(hide(diagnostic.message))} ${paint('dim', `[${diagnostic.code}]`)}`,
    ...(span === undefined ? [] : renderExcerpt(span, textOf(span.file), pens)),
    ...(diagnostic.hint === undefined
      ? []
      : [`${paint('cyan', 'hint:')} ${printable(hide(diagnostic.hint))}`]),
    ...related.flatMap((other) => [
      `${paint('bold', `${printableLine(hide(renderPlace(other.span)))}:`)} ${paint('cyan', 'note:')} ${printable(hide(other.message))}`,
      ...renderExcerpt(other.span, textOf(other.span.file), pens),
    ]),
  ].join('\n');
};

/** By file in order of appearance (those of no file first), then by place. The same mistake is shown once. */
const inOrder = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => {
  const files = [...new Set(diagnostics.map(({ span }) => span?.file))];
  const rank = ({ span }: Diagnostic): number => (span === undefined ? -1 : files.indexOf(span.file));
  const seen = new Set<string>();
  return diagnostics
    .filter(({ span, code, message }) => {
      const identity = JSON.stringify([span?.file, span?.offset, code, message]);
      return !seen.has(identity) && seen.add(identity);
    })
    .sort((a, b) => rank(a) - rank(b) || (a.span?.offset ?? 0) - (b.span?.offset ?? 0));
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const renderCount = (diagnostics: readonly Diagnostic[]): string => {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  return [errors > 0 ? plural(errors, 'error') : '', warnings > 0 ? plural(warnings, 'warning') : '']
    .filter((part) => part !== '')
    .join(', ');
};

/** Text of a file by its path in spans; undefined shows the diagnostic without its line. */
export type TextOf = (file: string) => string | undefined;

/**
 * Diagnostics as people read them: place, message and code, the line with a caret below it, hint and related
 * places; sorted by place, an empty line between two, and a count at the end.
 *
 * @returns lines that end in a line feed; empty where there are no diagnostics
 */
export const renderDiagnostics = (
  diagnostics: readonly Diagnostic[],
  textOf: TextOf,
  style: DiagnosticStyle,
): string => {
  if (diagnostics.length === 0) return '';
  const pens = { paint: painter(style.color), hide: style.hide ?? ((text: string) => text) };
  const ordered = inOrder(diagnostics);
  return `${[...ordered.map((one) => renderOne(one, textOf, pens)), renderCount(ordered)].join('\n\n')}\n`;
};
