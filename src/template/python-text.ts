import { Callable, isMapping, LazyMapping, PythonObject, tupleNames, WholeFloat } from './values.ts';

const exponent = (text: string): string => text.replace(/e([-+])(\d)$/, 'e$10$2');

/** As Python's `repr(float)`: scientific below 1e-4 and from 1e16 on. */
const floatText = (value: number): string => {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return exponent(value.toExponential());
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('.') ? text : `${text}.0`;
};

const numberText = (value: number): string =>
  Number.isInteger(value) ? BigInt(value).toString() : floatText(value);

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

const hex = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
};

const quoteText = (text: string): string => {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replaceAll(
    /[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu,
    (character) => named[character] ?? hex(character),
  );
  return `${quote}${quote === "'" ? body.replaceAll("'", "\\'") : body}${quote}`;
};

/** As Python's `repr`: what stands for a value inside of a printed list. */
export const pythonRepr = (value: unknown): string => {
  if (typeof value === 'string') return quoteText(value);
  if (Array.isArray(value)) {
    const parts = value.map(pythonRepr).join(', ');
    if (tupleNames(value) === undefined) return `[${parts}]`;
    return value.length === 1 ? `(${parts},)` : `(${parts})`;
  }
  if (isMapping(value)) {
    return `{${Object.entries(value)
      .map(([key, part]) => `${quoteText(key)}: ${pythonRepr(part)}`)
      .join(', ')}}`;
  }
  return pythonText(value);
};

/**
 * As Python's `str`, which is how Jinja2 prints: `True`, `None`, `['a', 'b']`, `{'a': 1}`.
 * @see https://docs.python.org/3/library/stdtypes.html#str
 */
export const pythonText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return numberText(value);
  if (value instanceof WholeFloat) return floatText(value.value);
  if (value instanceof Callable) return `<function ${value.name}>`;
  if (value instanceof PythonObject) return value.text;
  if (value instanceof LazyMapping)
    return `{${[...value.keys()].map((key) => `${quoteText(key)}: ...`).join(', ')}}`;
  return pythonRepr(value);
};
