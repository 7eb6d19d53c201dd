import { base64 } from '../util/base64.ts';
import { digest } from '../util/digest.ts';
import { uuid5 } from '../util/uuid5.ts';
import { fixedText } from './number-format.ts';
import { floatOperation, looseOperation, type Operation, operation } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonJson } from './python-json.ts';
import { pythonText } from './python-text.ts';
import { UndefinedValue } from './undefined-value.ts';
import { describeType, floatOf, isTruthy, typeName, WholeFloat } from './values.ts';
import { parseYamlText, yamlText } from './yaml-text.ts';

const toInteger = (value: unknown, fallback: unknown, base: number): unknown => {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : fallback;
  if (typeof value !== 'string') return fallback;
  const text = value.trim().replaceAll('_', '').toLowerCase();
  const prefix = { 16: /^([-+]?)0x/, 8: /^([-+]?)0o/, 2: /^([-+]?)0b/ }[base];
  const digits = prefix === undefined ? text : text.replace(prefix, '$1');
  const allowed = new RegExp(`^[-+]?[${'0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, base)}]+$`);
  if (allowed.test(digits)) return Number.parseInt(digits, base);
  const float = base === 10 ? Number(text) : Number.NaN;
  return text === '' || !Number.isFinite(float) ? fallback : Math.trunc(float);
};

const infinities: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  nan: Number.NaN,
};

/** As Python's `float(text)` reads it; undefined where it is none. */
const readFloat = (text: string): number | undefined => {
  const [, sign = '', word = ''] = /^([-+]?)([a-z]+)$/i.exec(text) ?? [];
  const special = infinities[word.toLowerCase()];
  if (special !== undefined) return sign === '-' ? -special : special;
  const digits = text.replaceAll(/(?<=\d)_(?=\d)/g, '');
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(digits) ? Number(digits) : undefined;
};

const toFloat = (value: unknown, fallback: unknown): unknown => {
  if (value instanceof WholeFloat) return value;
  const number = typeof value === 'string' ? readFloat(value.trim()) : value;
  if (typeof number === 'boolean') return floatOf(Number(number));
  return typeof number === 'number' ? floatOf(number) : fallback;
};

const round = (value: unknown, precision: number, method: string): unknown => {
  const number = value instanceof WholeFloat ? value.value : value;
  if (typeof number !== 'number')
    throw new OperationProblem(`round wants a number, found ${describeType(value)}`);
  const scale = 10 ** precision;
  if (method === 'ceil') return floatOf(Math.ceil(number * scale) / scale);
  if (method === 'floor') return floatOf(Math.floor(number * scale) / scale);
  if (method !== 'common') throw new OperationProblem('round: the method is "common", "ceil" or "floor"');
  // Rounded from the digits that it has: 1.005 is a little less than that.
  const near = precision >= 0 ? Number(fixedText(number, precision)) : halfEven(number * scale) / scale;
  return typeof value === 'number' && Number.isInteger(value) ? near : floatOf(near);
};

/** Python rounds a half to the even neighbour. */
const halfEven = (value: number): number => Number(fixedText(value, 0));

/** Fewer words than a module's parameter takes for true: not `y`, not `t`. */
const toBoolean = (value: unknown): unknown => {
  if (value === null || typeof value === 'boolean') return value;
  return value === 1 || (typeof value === 'string' && /^(?:yes|on|1|true)$/i.test(value));
};

interface Encoding {
  readonly encode: (text: string) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => string;
}

const units = (text: string, isLittle: boolean): Uint8Array => {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let index = 0; index < text.length; index += 1)
    view.setUint16(index * 2, text.charCodeAt(index), isLittle);
  return new Uint8Array(view.buffer);
};

const encodings: Readonly<Record<string, Encoding>> = {
  'utf-8': {
    encode: (text) => new TextEncoder().encode(text),
    decode: (bytes) => new TextDecoder().decode(bytes),
  },
  'utf-16-le': {
    encode: (text) => units(text, true),
    decode: (bytes) => new TextDecoder('utf-16le').decode(bytes),
  },
  'utf-16-be': {
    encode: (text) => units(text, false),
    decode: (bytes) => new TextDecoder('utf-16be').decode(bytes),
  },
};

const decodeBase64 = (text: string, encoding: Encoding): string => {
  try {
    return encoding.decode(Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (c) => c.charCodeAt(0)));
  } catch (cause) {
    throw new OperationProblem('b64decode: this is no Base64', undefined, { cause });
  }
};

const hash = (text: string, algorithm: string): string => {
  const result = digest(algorithm, text);
  if (result === undefined) throw new OperationProblem(`hash: unsupported hash type "${algorithm}"`);
  return result;
};

const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OperationProblem(`from_json: ${cause instanceof Error ? cause.message : 'wrong'}`, undefined, {
      cause,
    });
  }
};

const inlineOf = (flow: unknown): 'all' | 'leaves' | 'nothing' => {
  if (flow === undefined || flow === null) return 'leaves';
  return isTruthy(flow) ? 'all' : 'nothing';
};

/** The encoding of that name. @throws OperationProblem for one that is not here: another must not pass silently */
const wantEncoding = (filter: string, name: unknown = 'utf-8'): Encoding => {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_]/g, '');
  const known = Object.keys(encodings).find((one) => plain(one) === plain(String(name)));
  const encoding = encodings[known ?? ''];
  if (encoding === undefined)
    throw new OperationProblem(`${filter}: the encodings are ${Object.keys(encodings).join(', ')}`);
  return encoding;
};

const hashOf = (algorithm: string): Operation =>
  operation([], (_, value) => hash(pythonText(value), algorithm));

/** Of the UUIDs that Ansible makes. */
const ansibleNamespace = '361E6D51-FAEC-444A-9079-341386DA8E2E';

/** Filters that make one value of another: types, JSON, YAML, hashes. */
export const valueFilters: Readonly<Record<string, Operation>> = {
  bool: operation([], (_, value) => toBoolean(value)),
  int: operation(['default', 'base'], (_, value, fallback = 0, base = 10) =>
    toInteger(value, fallback, base),
  ),
  float: floatOperation(['default'], (_, value, fallback = new WholeFloat(0)) => toFloat(value, fallback)),
  abs: floatOperation([], (_, value) => {
    if (value instanceof WholeFloat) return new WholeFloat(Math.abs(value.value));
    if (typeof value !== 'number')
      throw new OperationProblem(`abs wants a number, found ${describeType(value)}`);
    return Math.abs(value);
  }),
  round: floatOperation(['precision', 'method'], (_, value, precision = 0, method = 'common') =>
    round(value, precision, method),
  ),
  pow: operation(['y!'], (_, value, exponent) => floatOf(Number(value) ** Number(exponent))),
  root: operation(['base'], (_, value, base = 2) => floatOf(Number(value) ** (1 / Number(base)))),
  log: operation(['base'], (_, value, base = Math.E) =>
    floatOf(Math.log(Number(value)) / Math.log(Number(base))),
  ),
  // The evaluator has `default` itself, since its argument may be undefined too; here for `map('default', …)`.
  default: looseOperation(['default_value', 'boolean'], (_, value, other = '', falsy = false) =>
    value instanceof UndefinedValue || (falsy && !isTruthy(value)) ? other : value,
  ),
  d: looseOperation(['default_value', 'boolean'], (_, value, other = '', falsy = false) =>
    value instanceof UndefinedValue || (falsy && !isTruthy(value)) ? other : value,
  ),
  mandatory: looseOperation(['msg'], (_, value, message?: unknown) => {
    if (!(value instanceof UndefinedValue)) return value;
    // Two blanks, as by Ansible.
    const usual =
      value.written === ''
        ? `mandatory: ${value.message}`
        : `Mandatory variable '${value.written}'  not defined.`;
    throw new OperationProblem(message === undefined || message === null ? usual : pythonText(message));
  }),
  ternary: operation(['true_val!', 'false_val!', 'none_val'], (_, value, yes, no, none) =>
    value === null && none !== undefined ? none : ((isTruthy(value) ? yes : no) ?? null),
  ),
  type_debug: floatOperation([], (_, value) => typeName(value)),
  to_json: floatOperation(
    ['indent', 'sort_keys', 'ensure_ascii', 'separators', 'vault_to_text', 'preprocess_unsafe'],
    (_, value, indent, sort, ascii = true, separators) =>
      pythonJson(value, { indent: indent ?? undefined, sortKeys: sort ?? false, ascii, separators }),
  ),
  tojson: floatOperation(['indent'], (_, value, indent) =>
    pythonJson(value, { indent: indent ?? undefined, sortKeys: true, ascii: true }).replaceAll(
      /[<>&']/g,
      (c) => `\\u00${c.charCodeAt(0).toString(16)}`,
    ),
  ),
  to_nice_json: floatOperation(
    ['indent', 'sort_keys', 'ensure_ascii'],
    (_, value, indent = 4, sort = true, ascii = true) => pythonJson(value, { indent, sortKeys: sort, ascii }),
  ),
  from_json: operation([], (_, value) => (typeof value === 'string' ? fromJson(value) : value)),
  to_yaml: floatOperation(
    ['indent', 'sort_keys', 'width', 'default_flow_style', 'allow_unicode', 'explicit_start'],
    (_, value, indent = 2, sort = true, width = 80, flow, _unicode, start = false) =>
      yamlText(value, { indent, sortKeys: sort, width, inline: inlineOf(flow), start }),
  ),
  to_nice_yaml: floatOperation(
    ['indent', 'sort_keys', 'width', 'allow_unicode', 'explicit_start'],
    (_, value, indent = 4, sort = true, width = 80, _unicode, start = false) =>
      yamlText(value, { indent, sortKeys: sort, width, inline: 'nothing', start }),
  ),
  from_yaml: operation([], (_, value) =>
    typeof value === 'string' ? (parseYamlText(value)[0] ?? null) : value,
  ),
  from_yaml_all: operation([], (_, value) => (typeof value === 'string' ? parseYamlText(value) : value)),
  b64encode: operation(['encoding'], (_, value, encoding) => {
    return base64(wantEncoding('b64encode', encoding).encode(pythonText(value)));
  }),
  b64decode: operation(['encoding'], (_, value, encoding) => {
    return decodeBase64(pythonText(value), wantEncoding('b64decode', encoding));
  }),
  hash: operation(['hashtype'], (_, value, algorithm = 'sha1') => hash(pythonText(value), algorithm)),
  md5: hashOf('md5'),
  sha1: hashOf('sha1'),
  checksum: hashOf('sha1'),
  to_uuid: operation(['namespace'], (_, value, namespace = ansibleNamespace) => {
    if (!/^[{]?[0-9a-f-]{32,}[}]?$/i.test(pythonText(namespace)))
      throw new OperationProblem(`Invalid value '${pythonText(namespace)}' for 'namespace': it is no UUID`);
    return uuid5(pythonText(namespace), pythonText(value));
  }),
};
