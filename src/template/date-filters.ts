import { type Operation, operation } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August'],
  ...['September', 'October', 'November', 'December'],
];

const two = (value: number): string => String(value).padStart(2, '0');

/** A moment by the clock of a place: its parts are those of UTC. */
const partsOf = (moment: Date, isUtc: boolean): Date =>
  isUtc ? moment : new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);

const offsetOf = (moment: Date, isUtc: boolean): string => {
  const minutes = isUtc ? 0 : -moment.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
};

const dayOfYear = (at: Date): number =>
  Math.floor(
    (Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()) - Date.UTC(at.getUTCFullYear(), 0, 0)) /
      86_400_000,
  );

/** As C's strftime in the locale C. */
const strftime = (format: string, moment: Date, isUtc: boolean): string => {
  const at = partsOf(moment, isUtc);
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
    s: () => String(Math.floor(moment.getTime() / 1000)),
    z: () => offsetOf(moment, isUtc),
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

/** Filters of times. */
export const dateFilters: Readonly<Record<string, Operation>> = {
  strftime: operation(['second', 'utc'], (_, format, second, utc = false) => {
    if (second === undefined || second === null)
      throw new OperationProblem(
        'strftime without a time would give another text each time',
        'write strftime(ansible_date_time.epoch)',
      );
    const seconds = Number(second);
    if (!Number.isFinite(seconds)) throw new OperationProblem('strftime wants seconds since 1970');
    return strftime(pythonText(format), new Date(seconds * 1000), utc === true);
  }),
};
