/** Where Python's textwrap may break: at blanks, behind a hyphen between letters, around a dash. */
const breaks =
  /([\t\n\v\f\r ]+|(?<=[\p{L}\p{N}_!"'&.,?])-{2,}(?=[\p{L}\p{N}_])|[^\t\n\v\f\r ]+?(?:-(?:(?<=[\p{L}_]{2}-)|(?<=[\p{L}_]-[\p{L}\p{N}_!"'&.,?]-))(?=[\p{L}_]-?[\p{L}_])|(?=[\t\n\v\f\r ]|$)|(?<=[\p{L}\p{N}_!"'&.,?])(?=-{2,}[\p{L}\p{N}_])))/u;

export interface WrapStyle {
  readonly width: number;
  /** A word that is too long for a line goes over several. */
  readonly breakWords: boolean;
  readonly breakHyphens: boolean;
}

const isBlank = (chunk: string | undefined): boolean => chunk !== undefined && chunk.trim() === '';

/** How much of a long word a line takes: up to a hyphen where there is one. */
const cutAt = (chunk: string, room: number, { breakHyphens }: WrapStyle): number => {
  const hyphen = breakHyphens && chunk.length > room ? chunk.lastIndexOf('-', room - 1) : -1;
  return hyphen > 0 && /[^-]/.test(chunk.slice(0, hyphen)) ? hyphen + 1 : room;
};

/** The rows of one line, as Python's `textwrap.wrap` makes them. */
export const wrapWords = (line: string, style: WrapStyle): string[] => {
  const chunks = line.split(style.breakHyphens ? breaks : /([\t\n\v\f\r ]+)/).filter((chunk) => chunk !== '');
  const rows: string[] = [];
  let at = 0;
  while (at < chunks.length) {
    if (rows.length > 0 && isBlank(chunks[at])) at += 1;
    const row: string[] = [];
    let length = 0;
    for (
      let chunk = chunks[at];
      chunk !== undefined && length + chunk.length <= style.width;
      chunk = chunks[at]
    ) {
      row.push(chunk);
      length += chunk.length;
      at += 1;
    }
    const long = chunks[at];
    if (long !== undefined && long.length > style.width) {
      const cut = style.breakWords ? cutAt(long, Math.max(1, style.width - length), style) : long.length;
      if (style.breakWords || row.length === 0) {
        row.push(long.slice(0, cut));
        if (cut < long.length) chunks[at] = long.slice(cut);
        else at += 1;
      }
    }
    if (isBlank(row.at(-1))) row.pop();
    if (row.length > 0) rows.push(row.join(''));
  }
  return rows;
};
