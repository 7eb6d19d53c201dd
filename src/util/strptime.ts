import { days, months } from './strftime.ts';

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'micros' | 'dayOfYear' | 'afternoon';

/** What stands for a code of the format, and what it says. */
interface Code {
  readonly pattern: string;
  readonly read: (text: string) => readonly [Field, number] | undefined;
}

const number = (field: Field, pattern: string): Code => ({ pattern, read: (text) => [field, Number(text)] });

const alternatives = (names: readonly string[]): string => names.join('|');

const short = (names: readonly string[]): readonly string[] => names.map((name) => name.slice(0, 3));

const placeOf = (text: string): number =>
  months.findIndex((month) => month.slice(0, 3).toLowerCase() === text.slice(0, 3).toLowerCase());

const ofMonth = (pattern: string): Code => ({ pattern, read: (text) => ['month', placeOf(text) + 1] });

const codes: Readonly<Record<string, Code>> = {
  Y: number('year', String.raw`\d{4}`),
  y: {
    pattern: String.raw`\d{2}`,
    read: (text) => ['year', Number(text) + (Number(text) < 69 ? 2000 : 1900)],
  },
  m: number('month', '1[0-2]|0?[1-9]'),
  d: number('day', '3[01]|[12]\\d|0?[1-9]'),
  H: number('hour', '2[0-3]|[01]?\\d'),
  I: number('hour', '1[0-2]|0?[1-9]'),
  M: number('minute', '[0-5]?\\d'),
  S: number('second', '[0-5]?\\d'),
  f: { pattern: String.raw`\d{1,6}`, read: (text) => ['micros', Number(text.padEnd(6, '0'))] },
  j: number('dayOfYear', String.raw`\d{1,3}`),
  p: { pattern: 'AM|PM', read: (text) => ['afternoon', text.toUpperCase() === 'PM' ? 1 : 0] },
  b: ofMonth(alternatives(short(months))),
  B: ofMonth(alternatives(months)),
  a: { pattern: alternatives(short(days)), read: () => undefined },
  A: { pattern: alternatives(days), read: () => undefined },
};

const longer: Readonly<Record<string, string>> = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y' };

const literal = (text: string): string =>
  text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`);

/**
 * Python's `datetime.strptime`, in the locale C and without time zones.
 *
 * @returns microseconds since 1970, as if the clock were that of UTC; undefined: the text is not of that form, or the form
 *   has a code that is not known
 */
export const strptime = (text: string, format: string): number | undefined => {
  const whole = format.replaceAll(/%([FTRD])/g, (_, code: string) => longer[code] ?? '');
  const read: Code[] = [];
  let pattern = '';
  for (const [, code, plain = ''] of whole.matchAll(/%(.)|([^%]+)/gs)) {
    if (code === undefined) pattern += literal(plain);
    else if (code === '%') pattern += '%';
    else {
      const known = codes[code];
      if (known === undefined) return undefined;
      read.push(known);
      pattern += `(${known.pattern})`;
    }
  }
  const match = new RegExp(`^${pattern}$`, 'i').exec(text);
  if (match === null) return undefined;
  const fields: Partial<Record<Field, number>> = {};
  for (const [index, { read: value }] of read.entries()) {
    const [field, found] = value(match[index + 1] ?? '') ?? [];
    if (field !== undefined && found !== undefined) fields[field] = found;
  }
  return microsOf(fields);
};

const microsOf = ({
  year = 1900,
  month = 1,
  day = 1,
  hour = 0,
  minute = 0,
  second = 0,
  micros = 0,
  dayOfYear,
  afternoon,
}: Partial<Record<Field, number>>): number | undefined => {
  const hours = afternoon === undefined ? hour : (hour % 12) + 12 * afternoon;
  const at = new Date(Date.UTC(2000, 0, 1, hours, minute, second));
  at.setUTCFullYear(year, dayOfYear === undefined ? month - 1 : 0, dayOfYear ?? day);
  // The 31st of February is no day.
  if (dayOfYear === undefined && at.getUTCDate() !== day) return undefined;
  return at.getTime() * 1000 + micros;
};
