import { OperationProblem } from './operation-problem.ts';
import { pythonRepr, pythonText } from './python-text.ts';
import { describeType, isMapping, WholeFloat } from './values.ts';

const directive = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\d+))?([sdiufFeEgGxXorc%])/g;

const numberOf = (value: unknown, kind: string): number => {
  if (value instanceof WholeFloat) return value.value;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  throw new OperationProblem(`%${kind} wants a number, found ${describeType(value)}`);
};

const general = (value: number, precision: number): string => {
  const digits = precision === 0 ? 1 : precision;
  const size = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (size >= -4 && size < digits) return trim(value.toFixed(Math.max(0, digits - 1 - size)));
  const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e');
  return `${trim(mantissa)}e${exponent.replace(/^([-+])(\d)$/, '$10$2')}`;
};

const convert = (value: unknown, kind: string, precision: number | undefined): string => {
  switch (kind) {
    case 's':
      return pythonText(value).slice(0, precision);
    case 'r':
      return pythonRepr(value);
    case 'c':
      return typeof value === 'string' ? value : String.fromCodePoint(numberOf(value, kind));
    case 'x':
    case 'X': {
      const text = Math.trunc(numberOf(value, kind)).toString(16);
      return kind === 'X' ? text.toUpperCase() : text;
    }
    case 'o':
      return Math.trunc(numberOf(value, kind)).toString(8);
    case 'f':
    case 'F':
      return numberOf(value, kind).toFixed(precision ?? 6);
    case 'e':
    case 'E':
      return numberOf(value, kind)
        .toExponential(precision ?? 6)
        .replace(/e([-+])(\d)$/, 'e$10$2')
        .replace('e', kind);
    case 'g':
    case 'G':
      return general(numberOf(value, kind), precision ?? 6);
    default:
      return String(Math.trunc(numberOf(value, kind))).padStart(precision ?? 0, '0');
  }
};

const pad = (text: string, flags: string, width: number, numeric: boolean): string => {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || !numeric) return text.padStart(width);
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
};

/**
 * Python's `"%s-%02d" % (a, b)`, also with names (`%(name)s`) from one mapping.
 * @throws OperationProblem when the values do not fit the format
 */
export const formatPercent = (format: string, values: readonly unknown[]): string => {
  let next = 0;
  const take = (name: string | undefined): unknown => {
    if (name !== undefined) {
      const [mapping] = values;
      if (isMapping(mapping) && Object.hasOwn(mapping, name)) return mapping[name];
      throw new OperationProblem(`the format wants "${name}"`);
    }
    if (next >= values.length) throw new OperationProblem('the format wants more values than there are');
    next += 1;
    return values[next - 1];
  };
  const text = format.replaceAll(
    directive,
    (
      _,
      name: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      kind: string,
    ) => {
      if (kind === '%') return '%';
      const wide = width === '*' ? numberOf(take(undefined), '*') : Number(width ?? 0);
      const value = take(name);
      const numeric = !'src'.includes(kind);
      const converted = convert(value, kind, precision === undefined ? undefined : Number(precision));
      const sign = numeric && !converted.startsWith('-') ? (/[+ ]/.exec(flags)?.[0] ?? '') : '';
      return pad(sign + converted, flags, wide, numeric);
    },
  );
  if (next > 0 && next < values.length)
    throw new OperationProblem('there are more values than the format takes');
  if (next === 0 && values.length > 0 && !/%\(/.test(format)) {
    throw new OperationProblem('there are more values than the format takes');
  }
  return text;
};
