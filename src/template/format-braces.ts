import { basedText, exponentText, fixedText, generalText } from './number-format.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonRepr, pythonText } from './python-text.ts';
import { isMapping, WholeFloat } from './values.ts';

const field =
  /\{\{|\}\}|\{([^{}:.[!]*)((?:\.\w+|\[[^\]]*\])*)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}|[{}]/g;

const step = (value: unknown, name: string): unknown => {
  const found =
    isMapping(value) || Array.isArray(value) ? (value as Record<string, unknown>)[name] : undefined;
  if (found === undefined) throw new OperationProblem(`format: there is no "${name}"`);
  return found;
};

interface Spec {
  readonly fill: string | undefined;
  readonly side: string | undefined;
  readonly sign: string;
  readonly prefixed: boolean;
  readonly width: number;
  readonly group: string;
  readonly precision: number | undefined;
  readonly kind: string;
}

const specification =
  /^(?:([\s\S])?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/u;

const readSpec = (spec: string): Spec => {
  const parts = specification.exec(spec);
  if (parts === null) throw new OperationProblem(`format: "${spec}" is not supported`);
  const [, fill, side, sign = '-', hash, zero, width = '0', group = '', precision, kind = ''] = parts;
  return {
    fill: fill ?? (zero === undefined ? undefined : '0'),
    side: side ?? (zero === undefined ? undefined : '='),
    sign,
    prefixed: hash !== undefined,
    width: Number(width),
    group,
    precision: precision === undefined ? undefined : Number(precision),
    kind,
  };
};

const bases: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  b: [2, '0b'],
  o: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0x'],
};

const wholeText = (value: number, { kind, prefixed }: Spec): string => {
  const [base, prefix] = bases[kind] ?? [10, ''];
  return basedText(value, base, prefixed ? prefix : '');
};

const floatText = (value: number, { kind, precision }: Spec, plain: string): string => {
  const lower = kind.toLowerCase();
  if (lower === 'f') return fixedText(value, precision ?? 6);
  if (lower === 'e') return exponentText(value, precision ?? 6);
  if (kind === '%') return `${fixedText(value * 100, precision ?? 6)}%`;
  if (lower === 'g' || precision !== undefined) return generalText(value, precision ?? 6);
  return plain;
};

const grouped = (digits: string, group: string): string =>
  group === '' ? digits : digits.replace(/^\d+/, (whole) => whole.replaceAll(/\B(?=(?:\d{3})+$)/g, group));

const fillUp = (
  text: string,
  { fill = ' ', side, width }: Spec,
  usual: string,
  signLength: number,
): string => {
  const room = fill.repeat(Math.max(0, width - [...text].length));
  switch (side ?? usual) {
    case '<':
      return text + room;
    case '^':
      return room.slice(0, Math.floor(room.length / 2)) + text + room.slice(Math.floor(room.length / 2));
    case '=':
      return text.slice(0, signLength) + room + text.slice(signLength);
    default:
      return room + text;
  }
};

const numberText = (value: number, spec: Spec, plain: string): string => {
  if (spec.kind === 's') throw new OperationProblem('format: "s" wants a text, found a number');
  const whole = Number.isInteger(value) && plain === String(value) && !/^[eEfFgG%]$/.test(spec.kind);
  if (!whole && /^[bcdoxX]$/.test(spec.kind))
    throw new OperationProblem(`format: "${spec.kind}" wants a whole number`);
  const text = whole && spec.precision === undefined ? wholeText(value, spec) : floatText(value, spec, plain);
  const bare = grouped(text.replace(/^-/, ''), spec.group);
  const sign = text.startsWith('-') ? '-' : spec.sign.replace('-', '');
  const shown = /[XEGF]/.test(spec.kind) ? bare.toUpperCase() : bare;
  const lead = sign.length + (whole && spec.prefixed && spec.kind in bases ? 2 : 0);
  return fillUp(sign + shown, spec, '>', lead);
};

const format = (value: unknown, text: string): string => {
  if (text === '') return pythonText(value);
  const spec = readSpec(text);
  if (value instanceof WholeFloat) return numberText(value.value, spec, pythonText(value));
  if (typeof value === 'number') return numberText(value, spec, pythonText(value));
  if (typeof value === 'boolean' && spec.kind !== '' && spec.kind !== 's')
    return numberText(Number(value), spec, String(Number(value)));
  if (spec.kind !== '' && spec.kind !== 's')
    throw new OperationProblem(`format: "${spec.kind}" wants a number, found ${pythonRepr(value)}`);
  const whole = pythonText(value);
  const shown = spec.precision === undefined ? whole : [...whole].slice(0, spec.precision).join('');
  return fillUp(shown, spec, '<', 0);
};

/** Python's `'{} {name} {0:>5}'.format(…)`. @throws OperationProblem */
export const formatBraces = (
  template: string,
  positional: readonly unknown[],
  named: Readonly<Record<string, unknown>>,
): string => {
  let next = 0;
  const take = (name: string, path: string): unknown => {
    const key = name === '' ? String(next++) : name;
    const start = /^\d+$/.test(key)
      ? positional[Number(key)]
      : Object.hasOwn(named, key)
        ? named[key]
        : undefined;
    if (start === undefined) throw new OperationProblem(`format: there is no value for "{${name}}"`);
    const steps = [...path.matchAll(/\.(\w+)|\[([^\]]*)\]/g)].map((part) => part[1] ?? part[2] ?? '');
    return steps.reduce(step, start);
  };
  return template.replaceAll(
    field,
    (whole, name: string | undefined, path = '', conversion: string | undefined, spec = '') => {
      if (whole === '{{' || whole === '}}') return whole.slice(1);
      if (name === undefined)
        throw new OperationProblem(
          `format: this "${whole}" stands alone; a brace is written "${whole}${whole}"`,
        );
      const value = take(name, path);
      const width = spec.replaceAll(/\{([^{}]*)\}/g, (_: string, inner: string) =>
        pythonText(take(inner, '')),
      );
      const converted =
        conversion === undefined ? value : conversion === 's' ? pythonText(value) : pythonRepr(value);
      return format(converted, width);
    },
  );
};
