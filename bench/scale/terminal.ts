/** Pieces that the progress view writes: what moves, what erases, colours, and text. */
const esc = '\u001b';
const pieces = new RegExp(`${esc}\\[([\\d;]*)([A-Za-z])|\\r|\\n|[^${esc}\\r\\n]+`, 'g');

/** As much of a terminal, of unbounded height, as the progress view needs; one line is never wider than it. */
export class Terminal {
  #rows: string[] = [''];
  #row = 0;
  #column = 0;
  frames = 0;
  highestFrame = 0;

  /** @throws Error for a control sequence that it does not know */
  write(text: string): void {
    for (const [piece, count, command] of text.matchAll(pieces)) this.#take(piece, Number(count), command);
  }

  #take(piece: string, count: number, command: string | undefined): void {
    const row = this.#rows[this.#row] ?? '';
    if (command === 'A') {
      this.#row = Math.max(0, this.#row - count);
      this.frames += 1;
      this.highestFrame = Math.max(this.highestFrame, count);
    } else if (command === 'K') this.#rows[this.#row] = row.slice(0, this.#column);
    else if (command === 'J') {
      this.#rows[this.#row] = row.slice(0, this.#column);
      this.#rows.length = this.#row + 1;
    } else if (command !== undefined && command !== 'm') throw new Error(`unknown: ${JSON.stringify(piece)}`);
    else if (piece === '\r') this.#column = 0;
    else if (piece === '\n') {
      this.#row += 1;
      this.#rows[this.#row] ??= '';
    } else if (command === undefined) {
      const end = this.#column + piece.length;
      this.#rows[this.#row] = row.slice(0, this.#column).padEnd(this.#column) + piece + row.slice(end);
      this.#column = end;
    }
  }

  /** What is to be read, without the empty line that the cursor is left in. */
  lines(): readonly string[] {
    return this.#rows.at(-1) === '' ? this.#rows.slice(0, -1) : this.#rows;
  }
}
