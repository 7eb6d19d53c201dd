/** What a number is formatted with, by `%` and by `format()`. */
const twoDigits = (exponent: string): string => exponent.replace(/e([-+])(\d)$/, 'e$10$2');

/** Every digit of it, however long: what lies exactly between two neighbours has a 5 and nothing behind it. */
const isTie = (size: number, precision: number): boolean =>
  /^50*$/.test(size.toFixed(100).split('.')[1]?.slice(precision) ?? '');

/** As Python's `%.2f`: like JavaScript's toFixed, but a tie goes to the even neighbour and no number is too large. */
export const fixedText = (value: number, precision: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (size >= 1e21) return `${sign}${BigInt(size)}${precision === 0 ? '' : `.${'0'.repeat(precision)}`}`;
  const rounded = size.toFixed(Math.min(precision, 100));
  if (precision > 15 || !isTie(size, precision)) return sign + rounded;
  const lower = size.toFixed(precision + 1).slice(0, precision === 0 ? -2 : -1);
  return sign + (/[02468]$/.test(lower) ? lower : rounded);
};

/** As Python's `%e`: the exponent has two digits at least. */
export const exponentText = (value: number, precision: number): string =>
  Number.isFinite(value) ? twoDigits(value.toExponential(precision)) : fixedText(value, 0);

/** As Python's `%g`: fixed or with an exponent, whichever is shorter, without zeros at the end. */
export const generalText = (value: number, precision: number): string => {
  if (!Number.isFinite(value)) return fixedText(value, 0);
  const digits = Math.max(1, precision);
  const [mantissa = '', exponent = '0'] = value.toExponential(digits - 1).split('e');
  const size = Number(exponent);
  const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (size >= -4 && size < digits) return trim(fixedText(value, digits - 1 - size));
  return twoDigits(`${trim(mantissa)}e${exponent}`);
};

/** A whole number in another base; `prefix` says which (`0x`). */
export const basedText = (value: number, base: number, prefix: string): string => {
  const whole = Math.trunc(value);
  return `${whole < 0 ? '-' : ''}${prefix}${Math.abs(whole).toString(base)}`;
};
