import { Document, Scalar, type ScalarTag, visit } from 'yaml';

/** Plain words that PyYAML (1.1) or a YAML 1.2 reader may take for something other than text. */
const looksOther = [
  /^$/,
  /^(?:~|null|true|false|yes|no|on|off|y|n)$/i,
  // Numbers of every kind: decimal, octal, hex, binary, with underscores, floats, exponents, base 60.
  /^[-+.]?\d/,
  /^[-+]?\.(?:inf|nan)$/i,
  // `=` and `<<` have tags of their own in YAML 1.1.
  /^(?:=|<<)$/,
  // PyYAML takes no tab in plain text, and the rest for line ends or a byte order mark.
  /[\t\r\u0085\u2028\u2029\ufeff]/,
];

/** Inside double quotes these must be escaped too, which 1.2 does not ask for. */
const escaped = (text: string): string =>
  text.replaceAll(
    /[\u0085\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** 1.1 wants a dot and a sign in a float with an exponent: `1e21` would be text there. */
const exponents: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^[-+]?(?:\d+\.\d*|\.\d+)[eE][-+]\d+$/,
  identify: (value) => typeof value === 'number' && String(value).includes('e'),
  resolve: Number,
  stringify: ({ value }) => String(value).replace(/^(-?\d+)e/, '$1.0e'),
};

/**
 * A value as YAML that 1.1 and 1.2 readers understand alike: text that either could take for a number, a boolean, a date
 * or nothing is quoted, long lines are not folded, and nothing is written as an alias.
 */
export const safeYaml = (value: unknown): string => {
  const document = new Document(value, {
    aliasDuplicateObjects: false,
    compat: 'yaml-1.1',
    version: '1.2',
    customTags: (tags) => [exponents, ...tags],
  });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && looksOther.some((pattern) => pattern.test(String(node.value))))
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return escaped(document.toString({ lineWidth: 0, directives: false }));
};
