/** Weight of a character outside of digits: `~` before the end, the end before letters, letters before the rest. */
const weight = (char: string | undefined): number => {
  if (char === '~') return -1;
  if (char === undefined || /[0-9]/.test(char)) return 0;
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
};

const compareParts = (a: string, b: string): number => {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while (/[^0-9]/.test(a[i] ?? '0') || /[^0-9]/.test(b[j] ?? '0')) {
      const difference = weight(a[i]) - weight(b[j]);
      if (difference !== 0) return difference;
      [i, j] = [i + 1, j + 1];
    }
    const [digitsA = ''] = /^\d*/.exec(a.slice(i)) ?? [];
    const [digitsB = ''] = /^\d*/.exec(b.slice(j)) ?? [];
    const [first, second] = [BigInt(digitsA || '0'), BigInt(digitsB || '0')];
    if (first !== second) return first < second ? -1 : 1;
    [i, j] = [i + digitsA.length, j + digitsB.length];
  }
  return 0;
};

const split = (version: string) => {
  const [, epoch = '0', upstream = '', revision = ''] = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(version) ?? [];
  return { epoch: Number(epoch), upstream, revision };
};

/**
 * Orders two versions of Debian packages: negative, 0 or positive, as `dpkg --compare-versions` does.
 *
 * @see deb-version(7)
 */
export const compareDebianVersions = (a: string, b: string): number => {
  const [first, second] = [split(a), split(b)];
  return (
    first.epoch - second.epoch ||
    compareParts(first.upstream, second.upstream) ||
    compareParts(first.revision, second.revision)
  );
};
