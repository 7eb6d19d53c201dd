import { printedLine } from '../util/printable.ts';

/** A line that is longer is told in pieces. UTF-16 code units. */
const longestLine = 16 * 1024;

/** What is to be kept of a line that goes on: of one that is written over again and again, what was written last. */
const keptOf = (line: string): string => line.slice(line.replace(/\r+$/, '').lastIndexOf('\r') + 1);

/**
 * Puts lines together that arrive in pieces, for each source by itself, each as a terminal would show it (`printedLine`). Of a source that
 * never ends a line no more is kept than a long one.
 *
 * @returns `add` gives the lines that are complete by now, `end` what is left of the source's last one
 */
export const createPrintedLines = () => {
  const unfinished = new Map<string, string>();
  return {
    add(source: string, text: string): readonly string[] {
      const lines = `${unfinished.get(source) ?? ''}${text}`.split('\n');
      const last = keptOf(lines.pop() ?? '');
      if (last.length <= longestLine) unfinished.set(source, last);
      else {
        unfinished.delete(source);
        lines.push(last);
      }
      return lines.map(printedLine);
    },
    end(source: string): readonly string[] {
      const rest = unfinished.get(source) ?? '';
      unfinished.delete(source);
      return rest === '' ? [] : [printedLine(rest)];
    },
  };
};
