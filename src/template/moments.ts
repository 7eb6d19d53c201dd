import { strftime, type WallTime } from '../util/strftime.ts';
import { bindArguments } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';
import { Callable, floatOf, PythonObject } from './values.ts';

const second = 1_000_000;
const day = 86_400 * second;

const padded = (value: number, width: number): string => String(value).padStart(width, '0');

/** `.000123`, or nothing. */
const fraction = (micros: number): string => (micros === 0 ? '' : `.${padded(micros, 6)}`);

const clock = (micros: number): string => {
  const seconds = Math.floor(micros / second);
  return `${padded(Math.floor((seconds % 3600) / 60), 2)}:${padded(seconds % 60, 2)}${fraction(micros % second)}`;
};

const method = (name: string, params: readonly string[], run: (...args: unknown[]) => unknown): Callable =>
  new Callable(name, (positional, named) =>
    run(...bindArguments(name, { params, needs: params.length, rest: false }, positional, named)),
  );

type Parts = Readonly<Record<string, () => unknown>>;

const partOf =
  (parts: Parts) =>
  (key: string): unknown =>
    Object.hasOwn(parts, key) ? parts[key]?.() : undefined;

/** Python's `timedelta`. */
export class TimeSpan extends PythonObject {
  readonly micros: number;

  constructor(micros: number) {
    const days = Math.floor(micros / day);
    const rest = micros - days * day;
    const parts: Parts = {
      days: () => days,
      seconds: () => Math.floor(rest / second),
      microseconds: () => rest % second,
      total_seconds: () => method('total_seconds', [], () => floatOf(micros / second)),
    };
    const ofDays = days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `;
    const text = `${ofDays}${Math.floor(rest / (3600 * second))}:${clock(rest)}`;
    super('timedelta', text, partOf(parts), () => Object.keys(parts));
    this.micros = micros;
  }
}

/** Python's `datetime` without a time zone: what a calendar and a clock on the wall show. */
export class Moment extends PythonObject {
  /** Microseconds since 1970, as if the clock were that of UTC. */
  readonly micros: number;

  readonly #epoch: () => number;

  constructor(micros: number) {
    const at = new Date(Math.floor(micros / 1000));
    const rest = micros - Math.floor(micros / day) * day;
    const text = (between: string): string =>
      `${at.toISOString().slice(0, 10)}${between}${padded(at.getUTCHours(), 2)}:${clock(rest)}`;
    const here = (): Date =>
      new Date(
        ...([at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()] as const),
        ...([at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()] as const),
      );
    const epoch = (): number => here().getTime() / 1000 + (rest % second) / second;
    const parts: Parts = {
      year: () => at.getUTCFullYear(),
      month: () => at.getUTCMonth() + 1,
      day: () => at.getUTCDate(),
      hour: () => at.getUTCHours(),
      minute: () => at.getUTCMinutes(),
      second: () => at.getUTCSeconds(),
      microsecond: () => rest % second,
      weekday: () => method('weekday', [], () => (at.getUTCDay() + 6) % 7),
      isoweekday: () => method('isoweekday', [], () => at.getUTCDay() || 7),
      timestamp: () => method('timestamp', [], () => floatOf(epoch())),
      isoformat: () => method('isoformat', [], () => text('T')),
      strftime: () => method('strftime', ['format'], (format) => strftime(pythonText(format), this.wallTime)),
    };
    super('datetime', text(' '), partOf(parts), () => Object.keys(parts));
    this.micros = micros;
    this.#epoch = epoch;
  }

  get wallTime(): WallTime {
    return { micros: this.micros, epoch: this.#epoch(), offset: '' };
  }

  /** What the clock of this machine, or of UTC, shows. */
  static of(moment: Date, isUtc: boolean): Moment {
    const offset = isUtc ? 0 : moment.getTimezoneOffset() * 60_000;
    return new Moment((moment.getTime() - offset) * 1000);
  }
}

/** `now(utc=False, fmt=None)`. */
export const createNow = (now: (() => Date) | undefined): Callable =>
  new Callable('now', (positional, named) => {
    const [utc = false, format] = bindArguments(
      'now',
      { params: ['utc', 'fmt'], rest: false },
      positional,
      named,
    );
    if (now === undefined) throw new OperationProblem('now() is not known here');
    const moment = Moment.of(now(), utc === true);
    return typeof format === 'string' && format !== '' ? strftime(format, moment.wallTime) : moment;
  });

/** What Python makes of two of them with `+` or `-`; undefined: nothing. */
export const combineTimes = (operator: string, left: unknown, right: unknown): PythonObject | undefined => {
  if (operator === '-' && left instanceof Moment) {
    if (right instanceof Moment) return new TimeSpan(left.micros - right.micros);
    return right instanceof TimeSpan ? new Moment(left.micros - right.micros) : undefined;
  }
  if (operator === '-' && left instanceof TimeSpan && right instanceof TimeSpan)
    return new TimeSpan(left.micros - right.micros);
  if (operator !== '+') return undefined;
  if (left instanceof TimeSpan && right instanceof TimeSpan) return new TimeSpan(left.micros + right.micros);
  if (left instanceof Moment && right instanceof TimeSpan) return new Moment(left.micros + right.micros);
  return left instanceof TimeSpan && right instanceof Moment ? combineTimes('+', right, left) : undefined;
};

/** How far apart two of one kind are: below zero when the left comes first. undefined: they are not of one kind. */
export const compareTimes = (left: unknown, right: unknown): number | undefined => {
  const sameKind =
    (left instanceof Moment && right instanceof Moment) ||
    (left instanceof TimeSpan && right instanceof TimeSpan);
  return sameKind ? left.micros - right.micros : undefined;
};
