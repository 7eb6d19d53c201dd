/** A terminal. */
export interface Screen {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

const eraseToEndOfLine = '\u001b[K';
const eraseBelow = '\u001b[J';

/**
 * The lines at the bottom of a terminal that are drawn anew, below text that stays.
 *
 * The cursor is left at the start of the line below and never hidden, so that the terminal is as it should be
 * however the program ends. Everything goes out in one write a drawing; nothing flickers, since lines are written over
 * before what is left of them is erased.
 */
export class LiveArea {
  readonly #screen: Screen;
  #drawn: readonly string[] = [];
  #waiting = '';

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Text that stays, whole lines; written with the next drawing. */
  print(text: string): void {
    this.#waiting += text;
  }

  /** Replaces the area. @param lines  none wider than the terminal */
  draw(lines: readonly string[]): void {
    const isSame = lines.length === this.#drawn.length && lines.every((line, at) => line === this.#drawn[at]);
    if (isSame && this.#waiting === '') return;
    const up = this.#drawn.length === 0 ? '\r' : `\r\u001b[${this.#drawn.length}A`;
    const above = this.#waiting === '' ? '' : `${eraseBelow}${this.#waiting}`;
    const body = lines.map((line) => `${line}${eraseToEndOfLine}\n`).join('');
    this.#screen.write(`${up}${above}${body}${eraseBelow}`);
    this.#drawn = lines;
    this.#waiting = '';
  }

  /** Takes the area away and writes out what waits. */
  clear(): void {
    this.draw([]);
  }
}
