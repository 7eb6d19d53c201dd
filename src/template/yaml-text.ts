import { parseAllDocuments } from 'yaml';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';
import { isMapping } from './values.ts';

export interface YamlStyle {
  readonly indent: number;
  readonly sortKeys: boolean;
  readonly width: number;
  /** Lists and mappings that hold only scalars stay on one line (PyYAML's default). */
  readonly leavesInline: boolean;
}

/** What YAML 1.1 would read as something else than a text. */
const resolvesElsewhere = (text: string): boolean =>
  /^(?:~|null|Null|NULL|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|<<|=)$/.test(
    text,
  ) ||
  /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]+|0|[1-9][0-9_]*|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/.test(text) ||
  /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|\.(?:inf|Inf|INF))$/.test(
    text,
  ) ||
  /^\.(?:nan|NaN|NAN)$/.test(text) ||
  /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)?$/.test(
    text,
  );

const isPlain = (text: string, inFlow: boolean): boolean =>
  text !== '' &&
  !resolvesElsewhere(text) &&
  !/^[-?:,[\]{}#&*!|>'"%@`=]/.test(text.replace(/^[-?:](?=\S)/, '')) &&
  !/^(?:---|\.\.\.)/.test(text) &&
  !/: |:$| #|^\s|\s$|[\n\t]/.test(text) &&
  !(inFlow && /[,?[\]{}:]/.test(text));

const needsDouble = (text: string): boolean =>
  /[\t\ufeff]|(?![\n\u0085])\p{Cc}/u.test(text) ||
  /\n /.test(text) ||
  /^\s*\n/.test(text) ||
  / \n/.test(text);

const double = (text: string): string =>
  JSON.stringify(text)
    .replaceAll(/\\u00([0-9a-f]{2})/g, (_, code: string) => `\\x${code.toUpperCase()}`)
    .replaceAll(/[\u007f-\u0084\u0086-\u009f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** PyYAML breaks a line at a single blank once it is wider than asked for. */
const fold = (text: string, column: number, indent: number, width: number): string => {
  let [result, at] = ['', column];
  const parts = text.split(/(?<=\S) (?=\S)/);
  parts.forEach((part, index) => {
    if (index > 0 && at > width) {
      result += `\n${' '.repeat(indent)}`;
      at = indent;
    } else if (index > 0) {
      result += ' ';
      at += 1;
    }
    result += part;
    at += part.length;
  });
  return result;
};

const scalar = (value: unknown, column: number, indent: number, width: number, inFlow: boolean): string => {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return '.nan';
    return Number.isFinite(value) ? pythonText(value) : value < 0 ? '-.inf' : '.inf';
  }
  const text = pythonText(value);
  if (isPlain(text, inFlow)) return fold(text, column, indent, width);
  if (needsDouble(text)) return double(text);
  const body = text.replaceAll("'", "''").replaceAll(/\n+/g, (breaks) => `\n${breaks}${' '.repeat(indent)}`);
  return `'${text.includes('\n') ? body : fold(body, column + 1, indent, width)}'`;
};

const isLeaf = (value: unknown): boolean => !Array.isArray(value) && !isMapping(value);

const keysOf = (value: Readonly<Record<string, unknown>>, style: YamlStyle): string[] =>
  style.sortKeys ? Object.keys(value).sort() : Object.keys(value);

const inline = (value: unknown, style: YamlStyle): string => {
  if (Array.isArray(value)) return `[${value.map((part) => inline(part, style)).join(', ')}]`;
  if (isMapping(value)) {
    return `{${keysOf(value, style)
      .map((key) => `${inline(key, style)}: ${inline(value[key], style)}`)
      .join(', ')}}`;
  }
  return scalar(value, 0, 0, Number.POSITIVE_INFINITY, true);
};

const isInline = (value: unknown, style: YamlStyle): boolean => {
  if (isLeaf(value)) return true;
  const parts = Object.values(value as object);
  return parts.length === 0 || (style.leavesInline && parts.every(isLeaf));
};

/** The lines of a value that starts at the column `depth`; the first line has no indent, it stands behind something. */
const lines = (value: unknown, style: YamlStyle, depth: number): string => {
  const pad = ' '.repeat(depth);
  if (Array.isArray(value)) {
    const dash = `-${' '.repeat(style.indent - 1)}`;
    const item = (part: unknown): string => {
      if (!isInline(part, style)) return dash + lines(part, style, depth + style.indent);
      const column = depth + 2;
      return `- ${isLeaf(part) ? scalar(part, column, depth + style.indent, style.width, false) : inline(part, style)}`;
    };
    return value.map(item).join(`\n${pad}`);
  }
  const mapping = value as Readonly<Record<string, unknown>>;
  const entry = (key: string): string => {
    const name = scalar(key, depth, depth, Number.POSITIVE_INFINITY, false);
    const part = mapping[key];
    if (isLeaf(part)) {
      return `${name}: ${scalar(part, depth + name.length + 2, depth + style.indent, style.width, false)}`;
    }
    if (isInline(part, style)) return `${name}: ${inline(part, style)}`;
    // PyYAML leaves a list at its key's column.
    const column = Array.isArray(part) ? depth : depth + style.indent;
    return `${name}:\n${' '.repeat(column)}${lines(part, style, column)}`;
  };
  return keysOf(mapping, style).map(entry).join(`\n${pad}`);
};

/** YAML as PyYAML writes it for Ansible's `to_yaml` and `to_nice_yaml`. */
export const yamlText = (value: unknown, style: YamlStyle): string => {
  if (isLeaf(value)) {
    const text = scalar(value, 0, style.indent, style.width, false);
    return /^['"]/.test(text) ? `${text}\n` : `${text}\n...\n`;
  }
  return isInline(value, style) ? `${inline(value, style)}\n` : `${lines(value, style, 0)}\n`;
};

/** The documents of a text. @throws OperationProblem */
export const parseYamlText = (text: string): readonly unknown[] => {
  const documents = parseAllDocuments(text, { version: '1.1', merge: true });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw new OperationProblem(`from_yaml: ${problem.message.split('\n')[0]}`);
    return document.toJS() as unknown;
  });
};
