import { parseAllDocuments, visit } from 'yaml';
import { resolvePlainScalar } from '../util/yaml-scalar.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';
import { isMapping, WholeFloat } from './values.ts';

export interface YamlStyle {
  readonly indent: number;
  readonly sortKeys: boolean;
  readonly width: number;
  /** What is written with brackets; `leaves` are lists and mappings that hold only scalars (PyYAML's default). */
  readonly inline: 'all' | 'leaves' | 'nothing';
  /** Whether `---` comes first. */
  readonly start: boolean;
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
  !needsDouble(text) &&
  !/^[-?:,[\]{}#&*!|>'"%@`=]/.test(text.replace(/^[-?:](?=\S)/, '')) &&
  !/^(?:---|\.\.\.)/.test(text) &&
  !/: |:$| #|^\s|\s$|[\n\t]/.test(text) &&
  !(inFlow && /[,?[\]{}:]/.test(text));

/** What libyaml takes for printable; characters beyond the basic plane are not among it. */
const unprintable = /[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/gu;

const needsDouble = (text: string): boolean => text.search(unprintable) !== -1 || /\n | \n/.test(text);

const shortEscapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '\x85': '\\N',
};

const escapeCharacter = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  const [letter, width] = code < 0x100 ? ['x', 2] : code < 0x10000 ? ['u', 4] : ['U', 8];
  return (
    shortEscapes[character] ?? `\\${letter}${code.toString(16).toUpperCase().padStart(Number(width), '0')}`
  );
};

/** Broken at a single blank, as `fold` does it; a blank that would begin a line is escaped. */
const double = (text: string, column: number, indent: number, width: number): string => {
  const body = text
    .replaceAll(/["\\]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll(unprintable, escapeCharacter);
  return `"${fold(body, column + 1, indent, width)}"`;
};

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
  if (value instanceof WholeFloat) return pythonText(value).replace(/^([-\d]+)e/, '$1.0e');
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return '.nan';
    return Number.isFinite(value)
      ? pythonText(value).replace(/^(-?\d+)e/, '$1.0e')
      : value < 0
        ? '-.inf'
        : '.inf';
  }
  const text = pythonText(value);
  if (isPlain(text, inFlow)) return fold(text, column, indent, width);
  if (needsDouble(text)) return double(text, column, indent, width);
  const body = text.replaceAll("'", "''").replaceAll(/\n+/g, (breaks) => `\n${breaks}${' '.repeat(indent)}`);
  return `'${text.includes('\n') ? body : fold(body, column + 1, indent, width)}'`;
};

const isLeaf = (value: unknown): boolean => !Array.isArray(value) && !isMapping(value);

const keysOf = (value: Readonly<Record<string, unknown>>, style: YamlStyle): string[] =>
  style.sortKeys ? Object.keys(value).sort() : Object.keys(value);

/** With brackets, from a column on; a part that would start behind the width starts a line. */
const inline = (value: unknown, style: YamlStyle, column: number, indent: number): string => {
  if (isLeaf(value)) return scalar(value, column, indent, style.width, true);
  const inner = indent + style.indent;
  const keys = isMapping(value) ? keysOf(value, style) : undefined;
  const parts = keys ?? (value as readonly unknown[]);
  let text = keys === undefined ? '[' : '{';
  const at = (): number =>
    text.includes('\n') ? text.length - text.lastIndexOf('\n') - 1 : column + text.length;
  parts.forEach((part, index) => {
    if (index > 0) text += ',';
    if (at() > style.width) text += `\n${' '.repeat(inner)}`;
    else if (index > 0) text += ' ';
    if (keys !== undefined) text += `${scalar(part, 0, 0, Number.POSITIVE_INFINITY, true)}: `;
    const content = keys === undefined ? part : (value as Readonly<Record<string, unknown>>)[String(part)];
    text += inline(content, style, at(), inner);
  });
  return text + (keys === undefined ? ']' : '}');
};

const isInline = (value: unknown, style: YamlStyle): boolean => {
  if (isLeaf(value) || style.inline === 'all') return true;
  const parts = Object.values(value as object);
  return parts.length === 0 || (style.inline === 'leaves' && parts.every(isLeaf));
};

/** The lines of a value that starts at the column `depth`; the first line has no indent, it stands behind something. */
const lines = (value: unknown, style: YamlStyle, depth: number): string => {
  const pad = ' '.repeat(depth);
  if (Array.isArray(value)) {
    const dash = `-${' '.repeat(style.indent - 1)}`;
    const item = (part: unknown): string => {
      if (!isInline(part, style)) return dash + lines(part, style, depth + style.indent);
      const column = depth + 2;
      return `- ${isLeaf(part) ? scalar(part, column, depth + style.indent, style.width, false) : inline(part, style, column, depth)}`;
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
    if (isInline(part, style)) return `${name}: ${inline(part, style, depth + name.length + 2, depth)}`;
    // PyYAML leaves a list at its key's column.
    const column = Array.isArray(part) ? depth : depth + style.indent;
    return `${name}:\n${' '.repeat(column)}${lines(part, style, column)}`;
  };
  return keysOf(mapping, style).map(entry).join(`\n${pad}`);
};

/** YAML as PyYAML writes it for Ansible's `to_yaml` and `to_nice_yaml`. */
export const yamlText = (value: unknown, style: YamlStyle): string => {
  const text = isLeaf(value)
    ? scalar(value, 0, style.indent, style.width, false)
    : isInline(value, style)
      ? inline(value, style, 0, 0)
      : lines(value, style, 0);
  if (!style.start) return `${text}\n`;
  return isInline(value, style) ? `--- ${text}\n` : `---\n${text}\n`;
};

/** The documents of a text. @throws OperationProblem */
export const parseYamlText = (text: string): readonly unknown[] => {
  // `failsafe` keeps every scalar a text, so that they mean here what they mean in a playbook.
  const documents = parseAllDocuments(text, { version: '1.1', schema: 'failsafe', merge: true });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw new OperationProblem(`from_yaml: ${problem.message.split('\n')[0]}`);
    visit(document, {
      Scalar: (_, node) => {
        if (node.type === 'PLAIN' && node.tag === undefined && typeof node.value === 'string')
          node.value = resolvePlainScalar(node.value);
      },
    });
    return document.toJS() as unknown;
  });
};
