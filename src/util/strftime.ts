/** Sunday first. */
export const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August'],
  ...['September', 'October', 'November', 'December'],
];

const two = (value: number): string => String(value).padStart(2, '0');

/** A time as a clock on the wall shows it. */
export interface WallTime {
  /** Microseconds since 1970, as if the clock were that of UTC. */
  readonly micros: number;
  /** Seconds since 1970. */
  readonly epoch: number;
  /** `+0100`; empty where nothing says in which zone the clock is. */
  readonly offset: string;
}

const dayOfYear = (at: Date): number =>
  Math.floor(
    (Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()) - Date.UTC(at.getUTCFullYear(), 0, 0)) /
      86_400_000,
  );

/** As C's strftime in the locale C, and Python's `%f`. */
export const strftime = (format: string, { micros, epoch, offset }: WallTime): string => {
  const at = new Date(Math.floor(micros / 1000));
  const hour = at.getUTCHours();
  const [day, month] = [days[at.getUTCDay()] ?? '', months[at.getUTCMonth()] ?? ''];
  const codes: Readonly<Record<string, () => string>> = {
    Y: () => String(at.getUTCFullYear()),
    y: () => two(at.getUTCFullYear() % 100),
    m: () => two(at.getUTCMonth() + 1),
    d: () => two(at.getUTCDate()),
    e: () => String(at.getUTCDate()).padStart(2),
    H: () => two(hour),
    I: () => two(hour % 12 === 0 ? 12 : hour % 12),
    M: () => two(at.getUTCMinutes()),
    S: () => two(at.getUTCSeconds()),
    p: () => (hour < 12 ? 'AM' : 'PM'),
    a: () => day.slice(0, 3),
    A: () => day,
    b: () => month.slice(0, 3),
    h: () => month.slice(0, 3),
    B: () => month,
    j: () => String(dayOfYear(at)).padStart(3, '0'),
    w: () => String(at.getUTCDay()),
    u: () => String(at.getUTCDay() === 0 ? 7 : at.getUTCDay()),
    f: () => String(micros - Math.floor(micros / 1_000_000) * 1_000_000).padStart(6, '0'),
    s: () => String(Math.floor(epoch)),
    z: () => offset,
    F: () => at.toISOString().slice(0, 10),
    T: () => at.toISOString().slice(11, 19),
    R: () => at.toISOString().slice(11, 16),
    D: () => `${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())}/${two(at.getUTCFullYear() % 100)}`,
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
  };
  return format.replaceAll(/%(.)/gs, (whole, code: string) => codes[code]?.() ?? whole);
};
