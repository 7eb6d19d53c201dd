/** Edits between two names: insert, delete, replace one letter, or swap two neighbours (optimal string alignment). */
const distance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (beforeLast[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(replace, swap, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
};

/** Letters that two names have in common, each as often as in both. */
const common = (a: string, b: string): number => {
  const rest = [...b];
  return [...a].filter((letter) => {
    const index = rest.indexOf(letter);
    if (index >= 0) rest.splice(index, 1);
    return index >= 0;
  }).length;
};

/** A third of the letters may be wrong, but never all of them. */
const limit = (name: string): number => Math.max(1, Math.floor(name.length / 3));

/**
 * The known name that was probably meant, for "did you mean".
 *
 * Case, `-` and `_` do not count as differences. A name that the written one starts, or that starts it, is near too when
 * it is the only one (`serv` for `service`).
 *
 * @param most  letters that may be wrong; a third of them when nothing is said
 * @returns undefined when none is near enough to be worth a suggestion
 */
export const nearestName = (
  written: string,
  known: Iterable<string>,
  most = limit(written),
): string | undefined => {
  const plain = (name: string): string => name.toLowerCase().replaceAll('-', '_');
  const wanted = plain(written);
  let best: string | undefined;
  let fewest = most + 1;
  const extended: string[] = [];
  for (const name of known) {
    if (name === written) continue;
    const edits = distance(wanted, plain(name));
    // Of names as near as each other the one with more of the written letters: "taks" is "tasks", not "tags".
    const nearer =
      edits < fewest ||
      (edits === fewest && best !== undefined && common(wanted, plain(name)) > common(wanted, plain(best)));
    if (nearer && edits < name.length) [best, fewest] = [name, edits];
    if (wanted.length >= 3 && plain(name).startsWith(wanted)) extended.push(name);
  }
  return best ?? (extended.length === 1 ? extended[0] : undefined);
};

/** For a hint: `did you mean "x"?`, and the list of what is known, as far as there is either. */
export const didYouMean = (nearest: string | undefined, known?: string): string | undefined => {
  const question = nearest === undefined ? undefined : `did you mean "${nearest}"?`;
  const parts = [question, known].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
};

/** `did you mean "x"?`, or else the list of what is known where that list is long. */
export const didYouMeanOr = (nearest: string | undefined, known: string): string | undefined =>
  didYouMean(nearest, nearest === undefined ? known : undefined);
