/**
 * What a terminal or a viewer of logs would obey, or hide: control characters (C0, DEL, C1), the marks and overrides that turn the
 * direction of what follows, and the separators that some take for line ends. @see Unicode Standard Annex 9
 */
const obeyed = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** `\x1b` up to U+00FF, `\u202e` above: as most languages write them. */
const escaped = (character: string): string => {
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
};

/**
 * Any text, made harmless for a terminal and a log: characters that would paint, move, hide or reorder anything are shown as `\x1b` or
 * `\u202e`. Tabs and line feeds stay; a text that must not have lines of its own goes through `printableLine`.
 *
 * A text in which such an escape stands literally looks the same: reports in JSON tell exactly.
 */
export const printable = (text: string): string =>
  text.replaceAll(obeyed, (character) =>
    character === '\t' || character === '\n' ? character : escaped(character),
  );

/** The same for a name, a path, a summary: a line feed in it is shown as `\n`, so that it cannot begin a line of a report. */
export const printableLine = (text: string): string => printable(text).replaceAll('\n', '\\n');

/**
 * A line that a program has printed, as a terminal would show it in the end: of a line that was written over (progress of apt and
 * curl), what was written last; without the carriage return of a line end. Harmless as from `printable`.
 */
export const printedLine = (line: string): string => {
  const text = line.replace(/\r+$/, '');
  return printableLine(text.slice(text.lastIndexOf('\r') + 1));
};

/** Lines that a program has printed, or that quote it; each as from `printedLine`. */
export const printedLines = (text: string): readonly string[] => text.split('\n').map(printedLine);
