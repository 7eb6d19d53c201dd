/** What a specification says of one argument. @see https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html#specification-format */
interface ArgumentSpec {
  readonly type?: unknown;
  readonly required?: unknown;
  readonly default?: unknown;
  readonly choices?: unknown;
  readonly elements?: unknown;
  readonly options?: unknown;
  readonly aliases?: unknown;
}

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What Python calls the type of a value. */
const pythonType = (value: unknown): string => {
  if (value === null || value === undefined) return "<class 'NoneType'>";
  if (typeof value === 'string') return "<class 'str'>";
  if (typeof value === 'boolean') return "<class 'bool'>";
  if (typeof value === 'number') return Number.isInteger(value) ? "<class 'int'>" : "<class 'float'>";
  return Array.isArray(value) ? "<class 'list'>" : "<class 'dict'>";
};

const isNumberText = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));

const booleanWord = /^\s*(?:y|yes|on|1|true|t|n|no|off|0|false|f)\s*$/i;

const size = /^\s*\d+(?:\.\d+)?\s*(?:[KMGTPEZY]?(?:i?b(?:ytes|its)?)?|)\s*$/i;

const cannotBe = (value: unknown, what: string): string =>
  `${pythonType(value)} cannot be converted to ${what}`;

/** Why a value is not of a type; undefined: it is, or can be made so. */
const complaintOf = (value: unknown, type: string): string | undefined => {
  switch (type) {
    case 'str':
    case 'path':
      return undefined;
    case 'list':
      return Array.isArray(value) || ['string', 'number'].includes(typeof value)
        ? undefined
        : cannotBe(value, 'a list');
    case 'dict': {
      if (isMapping(value)) return undefined;
      if (typeof value !== 'string') return cannotBe(value, 'a dict');
      return value.startsWith('{') || value.includes('=')
        ? undefined
        : 'dictionary requested, could not parse JSON or key=value';
    }
    case 'bool':
      return typeof value === 'boolean' || booleanWord.test(String(value))
        ? undefined
        : cannotBe(value, 'a bool');
    case 'int':
      return Number.isInteger(value) || (isNumberText(value) && Number.isInteger(Number(value)))
        ? undefined
        : `"${typeof value === 'string' ? `'${value}'` : JSON.stringify(value)}" cannot be converted to an int`;
    case 'float':
      return typeof value === 'number' || isNumberText(value) ? undefined : cannotBe(value, 'a float');
    case 'bytes':
    case 'bits':
      return size.test(String(value))
        ? undefined
        : cannotBe(value, `a ${type === 'bytes' ? 'Byte' : 'Bit'} value`);
    case 'json':
    case 'jsonarg':
      return typeof value === 'string' || typeof value === 'object'
        ? undefined
        : cannotBe(value, 'a json string');
    case 'raw':
      return undefined;
    default:
      return `value of unknown type: ${type}`;
  }
};

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const specOf = (value: unknown): ArgumentSpec => (isMapping(value) ? value : {});

const typeOf = ({ type, options, elements }: ArgumentSpec): string => {
  if (typeof type === 'string') return type;
  return options !== undefined && elements === undefined ? 'dict' : 'str';
};

/** As Python prints a list of texts in a message. */
const within = (context: readonly string[]): string =>
  context.length === 0 ? '' : ` found in ${context.join(' -> ')}`;

const choiceComplaint = (
  name: string,
  value: unknown,
  { choices }: ArgumentSpec,
  context: readonly string[],
): string[] => {
  if (!Array.isArray(choices)) return [];
  const wrong = (Array.isArray(value) ? value : [value]).filter(
    (one) => !choices.some((choice) => String(choice) === String(one)),
  );
  if (wrong.length === 0) return [];
  const listed = choices.map(String).join(', ');
  return Array.isArray(value)
    ? [
        `value of ${name} must be one or more of: ${listed}. Got no match for: ${wrong.map(String).join(', ')}${within(context)}`,
      ]
    : [`value of ${name} must be one of: ${listed}, got: ${String(value)}${within(context)}`];
};

const typeComplaints = (
  name: string,
  value: unknown,
  spec: ArgumentSpec,
  context: readonly string[],
): string[] => {
  const type = typeOf(spec);
  const complaint = complaintOf(value, type);
  const where = context.length === 0 ? '' : ` found in '${context.join(' -> ')}'`;
  if (complaint !== undefined)
    return [
      `argument '${name}' is of type ${pythonType(value)}${where} and we were unable to convert to ${type}: ${complaint}`,
    ];
  if (typeof spec.elements !== 'string' || !Array.isArray(value)) return [];
  const elements = spec.elements;
  return value.flatMap((element) => {
    const wrong = complaintOf(element, elements);
    return wrong === undefined
      ? []
      : [
          `Elements value for option '${name}'${where} is of type ${pythonType(element)} and we were unable to convert to ${elements}: ${wrong}`,
        ];
  });
};

const nestedErrors = (
  name: string,
  value: unknown,
  spec: ArgumentSpec,
  context: readonly string[],
): string[] => {
  if (!isMapping(spec.options)) return [];
  const options = spec.options;
  const held = typeOf(spec) === 'list' ? (Array.isArray(value) ? value : [value]) : [value];
  return held.filter(isMapping).flatMap((part) => argumentErrors(options, part, [...context, name]));
};

const missing = (spec: Mapping, given: Mapping, context: readonly string[]): string[] => {
  const names = Object.keys(spec).filter((name) => specOf(spec[name]).required === true && !(name in given));
  return names.length === 0
    ? []
    : [`missing required arguments: ${names.toSorted().join(', ')}${within(context)}`];
};

/** Arguments under the names that the specification has for them. */
const withoutAliases = (spec: Mapping, given: Mapping): Mapping => {
  const names = new Map(
    Object.entries(spec).flatMap(([name, one]) => textsOf(specOf(one).aliases).map((alias) => [alias, name])),
  );
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [names.get(name) ?? name, value]));
};

const unsupported = (spec: Mapping, given: Mapping, context: readonly string[]): string[] => {
  const names = Object.keys(given).filter((name) => !(name in spec));
  if (names.length === 0) return [];
  const supported = Object.keys(spec).toSorted().join(', ');
  const said = names
    .map((name) => [...context, name].join('.'))
    .toSorted()
    .join(', ');
  return [`${said}. Supported parameters include: ${supported}.`];
};

/**
 * What is wrong with arguments by a specification, in Ansible's words.
 *
 * @param context  names of the arguments that these are parts of
 */
export const argumentErrors = (
  spec: Mapping,
  given: Mapping,
  context: readonly string[] = [],
): readonly string[] => {
  const values = withoutAliases(spec, given);
  const errors = [...missing(spec, values, context)];
  for (const [name, one] of Object.entries(spec)) {
    const known = specOf(one);
    const value = values[name];
    if (!(name in values) || (value === null && known.required !== true)) continue;
    const wrong = typeComplaints(name, value, known, context);
    errors.push(...wrong);
    if (wrong.length > 0) continue;
    errors.push(
      ...choiceComplaint(name, value, known, context),
      ...nestedErrors(name, value, known, context),
    );
  }
  return [...errors, ...unsupported(spec, values, context)];
};
