import { pythonText } from './python-text.ts';
import { isMapping } from './values.ts';

export interface JsonStyle {
  /** Spaces; undefined: all on one line. */
  readonly indent: number | undefined;
  readonly sortKeys: boolean;
  readonly ascii: boolean;
  /** Between the parts, and behind a key; Python's default depends on the indent. */
  readonly separators?: readonly string[] | undefined;
}

const text = (value: string, ascii: boolean): string => {
  const quoted = JSON.stringify(value);
  if (!ascii) return quoted;
  return quoted.replaceAll(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
};

const block = (
  open: string,
  parts: readonly string[],
  close: string,
  style: JsonStyle,
  depth: number,
): string => {
  if (parts.length === 0) return open + close;
  const [between = style.indent === undefined ? ', ' : ','] = style.separators ?? [];
  if (style.indent === undefined) return `${open}${parts.join(between)}${close}`;
  const pad = `\n${' '.repeat(style.indent * (depth + 1))}`;
  return `${open}${pad}${parts.join(between + pad)}\n${' '.repeat(style.indent * depth)}${close}`;
};

/** JSON as Python's `json.dumps` spaces and escapes it. */
export const pythonJson = (value: unknown, style: JsonStyle, depth = 0): string => {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return text(value, style.ascii);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    return block(
      '[',
      value.map((part) => pythonJson(part, style, depth + 1)),
      ']',
      style,
      depth,
    );
  }
  if (isMapping(value)) {
    const keys = Object.keys(value);
    if (style.sortKeys) keys.sort();
    const colon = style.separators?.[1] ?? ': ';
    const parts = keys.map(
      (key) => `${text(key, style.ascii)}${colon}${pythonJson(value[key], style, depth + 1)}`,
    );
    return block('{', parts, '}', style, depth);
  }
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'NaN' : value < 0 ? '-Infinity' : 'Infinity';
  return pythonText(value);
};
