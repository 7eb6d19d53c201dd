import { basedText, exponentText, fixedText, generalText } from './number-format.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonRepr, pythonText } from './python-text.ts';
import { describeType, isMapping, WholeFloat } from './values.ts';

const directive = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?([a-zA-Z%])/g;

const numberOf = (value: unknown, kind: string): number => {
  if (value instanceof WholeFloat) return value.value;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  throw new OperationProblem(`%${kind} wants a number, found ${describeType(value)}`);
};

const prefixes: Readonly<Record<string, string>> = { x: '0x', X: '0x', o: '0o' };

const convert = (value: unknown, kind: string, precision: number | undefined, flags: string): string => {
  switch (kind) {
    case 's':
      return [...pythonText(value)].slice(0, precision).join('');
    case 'r':
      return [...pythonRepr(value)].slice(0, precision).join('');
    case 'c':
      return typeof value === 'string' ? value : String.fromCodePoint(numberOf(value, kind));
    case 'x':
    case 'X':
    case 'o': {
      const prefix = flags.includes('#') ? (prefixes[kind] ?? '') : '';
      return basedText(numberOf(value, kind), kind === 'o' ? 8 : 16, prefix);
    }
    case 'f':
    case 'F':
      return fixedText(numberOf(value, kind), precision ?? 6);
    case 'e':
    case 'E':
      return exponentText(numberOf(value, kind), precision ?? 6);
    case 'g':
    case 'G':
      return generalText(numberOf(value, kind), precision ?? 6);
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
      const digits = precision === '*' ? numberOf(take(undefined), '*') : precision;
      if (!'sdiufFeEgGxXorc'.includes(kind))
        throw new OperationProblem(`the format has the unknown "%${kind}"`);
      const value = take(name);
      const numeric = !'src'.includes(kind);
      const plain = convert(value, kind, digits === undefined ? undefined : Number(digits), flags);
      const converted = 'XEGF'.includes(kind) ? plain.toUpperCase() : plain;
      const sign = numeric && !converted.startsWith('-') ? (/[+ ]/.exec(flags)?.[0] ?? '') : '';
      return pad(sign + converted, flags, wide, numeric);
    },
  );
  if (next > 0 && next < values.length)
    throw new OperationProblem('there are more values than the format takes');
  if (next === 0 && values.length > 0 && !isMapping(values[0])) {
    throw new OperationProblem('there are more values than the format takes');
  }
  return text;
};
