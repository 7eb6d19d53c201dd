/** The names behind a range were wrong: `web[5:1]`. The reader adds the place. */
export class RangeProblem extends Error {
  override readonly name = 'RangeProblem';
}

const bracket = /\[([^\]:]*):([^\]:]*)(?::([^\]]*))?\]/;

/** More would be a slip of the finger. */
const mostHosts = 10_000;

const numbers = (start: string, end: string, step: number): string[] => {
  const [first, last] = [Number(start), Number(end)];
  if (first > last) throw new RangeProblem(`the range [${start}:${end}] ends before it starts`);
  if ((last - first) / step > mostHosts)
    throw new RangeProblem(`the range [${start}:${end}] is longer than ${mostHosts} hosts`);
  const width = start.length > 1 && start.startsWith('0') ? start.length : 0;
  if (width > 0 && end.length !== width)
    throw new RangeProblem(`[${start}:${end}]: both ends need the same number of digits`);
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) =>
    String(first + index * step).padStart(width, '0'),
  );
};

/** In the order of ranges: [y:B] is y, z, A, B. */
const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

const letters = (start: string, end: string, step: number): string[] => {
  const [first, last] = [alphabet.indexOf(start), alphabet.indexOf(end)];
  if (first > last) throw new RangeProblem(`the range [${start}:${end}] ends before it starts`);
  return [...alphabet.slice(first, last + 1)].filter((_, index) => index % step === 0);
};

const valuesOf = (start: string, end: string, stride = '1'): string[] => {
  const step = Number(stride);
  if (!/^\d+$/.test(stride) || step < 1)
    throw new RangeProblem(`the step "${stride}" of a range is a number from 1 on`);
  const from = start === '' ? '0' : start;
  if (/^\d+$/.test(from) && /^\d+$/.test(end)) return numbers(from, end, step);
  if (/^[a-zA-Z]$/.test(from) && /^[a-zA-Z]$/.test(end)) return letters(from, end, step);
  throw new RangeProblem(
    `[${start}:${end}] is no range: numbers ([01:10]) or letters ([a:f]), both included`,
  );
};

/**
 * The names that a range stands for: `web[01:03]` is web01, web02, web03; several ranges multiply.
 *
 * @returns the name itself when there is no range in it
 * @throws RangeProblem
 */
export const expandRange = (name: string): string[] => {
  const found = bracket.exec(name);
  if (found === null) return [name];
  const [whole, start = '', end = '', step] = found;
  const before = name.slice(0, found.index);
  const rest = expandRange(name.slice(found.index + whole.length));
  const all = valuesOf(start, end, step).flatMap((value) => rest.map((tail) => before + value + tail));
  if (all.length > mostHosts) throw new RangeProblem(`"${name}" is more than ${mostHosts} hosts`);
  return all;
};
