type Rank = readonly (number | string)[];

/** A version taken apart; each part ranks as Python's `packaging` ranks it. */
export interface PythonVersion {
  readonly epoch: number;
  /** Without zeros at its end. */
  readonly release: readonly number[];
  /** As many numbers as were written. */
  readonly written: readonly number[];
  readonly pre: Rank | undefined;
  readonly post: number | undefined;
  readonly dev: number | undefined;
  readonly local: readonly (number | string)[];
}

const form =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|beta|preview|pre|a|b|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i;

const phases: Readonly<Record<string, string>> = { alpha: 'a', beta: 'b', c: 'rc', pre: 'rc', preview: 'rc' };

const numberOf = (digits: string | undefined): number => Number(digits === '' ? 0 : digits);

const withoutZeros = (numbers: readonly number[]): readonly number[] =>
  numbers.slice(0, numbers.findLastIndex((value) => value !== 0) + 1);

/** @returns undefined for what is no version by PEP 440 */
export const parsePythonVersion = (text: string): PythonVersion | undefined => {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, epoch, release = '', phase, pre, dashPost, postWord, post, devWord, dev, local = ''] = match;
  const written = release.split('.').map(Number);
  const word = phase?.toLowerCase() ?? '';
  return {
    epoch: Number(epoch ?? 0),
    release: withoutZeros(written),
    written,
    pre: phase === undefined ? undefined : [phases[word] ?? word, numberOf(pre)],
    post: dashPost !== undefined ? Number(dashPost) : postWord === undefined ? undefined : numberOf(post),
    dev: devWord === undefined ? undefined : numberOf(dev),
    local:
      local === ''
        ? []
        : local
            .toLowerCase()
            .split(/[-_.]/)
            .map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
  };
};

/** Numbers are more than letters, and a longer list is more than its beginning. */
const compareRanks = (a: Rank, b: Rank): number => {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [first, second] = [a[at], b[at]];
    if (first === second) continue;
    if (first === undefined) return -1;
    if (second === undefined) return 1;
    if (typeof first !== typeof second) return typeof first === 'number' ? 1 : -1;
    return first < second ? -1 : 1;
  }
  return 0;
};

/** What a version without the part counts as: before everything, or after it. */
const preRank = ({ pre, post, dev }: PythonVersion): Rank => {
  if (pre !== undefined) return [1, ...pre];
  return post === undefined && dev !== undefined ? [0] : [2];
};

const rankOf = (version: PythonVersion): readonly Rank[] => [
  [version.epoch],
  version.release,
  preRank(version),
  [version.post ?? -1],
  [version.dev ?? Number.POSITIVE_INFINITY],
  version.local,
];

/**
 * Orders two versions of Python packages: negative, 0 or positive.
 *
 * @see PEP 440
 */
export const comparePythonVersions = (a: PythonVersion, b: PythonVersion): number => {
  const [first, second] = [rankOf(a), rankOf(b)];
  for (const [at, rank] of first.entries()) {
    const order = compareRanks(rank, second[at] ?? []);
    if (order !== 0) return order;
  }
  return 0;
};
