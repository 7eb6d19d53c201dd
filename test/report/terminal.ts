import type { Screen } from '../../src/report/live-area.ts';

const esc = '\u001b';
const piece = new RegExp(`${esc}\\[[0-9;?]*[A-Za-z]|[\\s\\S]`, 'g');

/** As much of a terminal as the live view uses: carriage return, line feed, cursor up, erase to the end of line or below. */
export const createTerminal = (columns: number, rows: number) => {
  const lines: string[] = [''];
  let [row, column, writes, all] = [0, 0, 0, ''];
  const put = (character: string): void => {
    const line = (lines[row] ?? '').padEnd(column);
    lines[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  };
  const obey = (sequence: string): void => {
    const [, count = '', command] = /^\[(\d*)([AKJ])$/.exec(sequence.slice(1)) ?? [];
    if (command === 'A') row = Math.max(0, row - Number(count));
    else if (command === 'K' || command === 'J') {
      lines[row] = (lines[row] ?? '').slice(0, column);
      if (command === 'J') lines.splice(row + 1);
    } else throw new Error(`unknown sequence ${JSON.stringify(sequence)}`);
  };
  return {
    columns,
    rows,
    write(text: string): void {
      writes += 1;
      all += text;
      for (const [part] of text.matchAll(piece)) {
        if (part.length > 1) obey(part);
        else if (part === '\r') column = 0;
        else if (part === '\n') {
          [row, column] = [row + 1, 0];
          lines[row] ??= '';
        } else put(part);
      }
    },
    /** What is seen, scrolled-off lines too. */
    text: (): string => lines.join('\n'),
    written: (): string => all,
    writes: (): number => writes,
    column: (): number => column,
  } satisfies Screen & Record<string, unknown>;
};
