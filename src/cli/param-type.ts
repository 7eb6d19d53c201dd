/** As much of a parameter's JSON Schema as is looked at. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
}

/** A parameter's type in people's words. */
export interface ParamType {
  readonly type: string;
  readonly choices: readonly string[];
}

const ofType = (type: string): ParamType => ({ type, choices: [] });

const choicesOf = ({ enum: values, const: value }: JsonSchema): readonly unknown[] | undefined =>
  values ?? (value === undefined ? undefined : [value]);

const typesOf = ({ type }: JsonSchema): readonly string[] => [type ?? []].flat();

/** Of an absolute path, or of one that may begin with a home, too. */
const pathPattern = /^\^(?:\(\?:)?\\\//;

const isPath = ({ allOf = [], pattern = '' }: JsonSchema): boolean =>
  [pattern, ...allOf.map((one) => one.pattern ?? '')].some((one) => pathPattern.test(one));

const plural = (type: string): string => (type === 'true or false' ? type : `${type}s`);

const ofSimple = (schema: JsonSchema): ParamType => {
  const choices = choicesOf(schema);
  if (choices !== undefined) return { type: '', choices: choices.map((choice) => JSON.stringify(choice)) };
  const types = typesOf(schema);
  if (types.includes('array'))
    return ofType(schema.items === undefined ? 'list' : `list of ${plural(paramType(schema.items).type)}`);
  if (types.includes('object')) return ofType('mapping');
  if (types.includes('string')) return ofType(isPath(schema) ? 'path' : 'text');
  if (types.includes('boolean')) return ofType('true or false');
  if (types.includes('integer')) return ofType('whole number');
  return ofType(types.includes('number') ? 'number' : 'any value');
};

/** Several forms of one thing: digits of a number, words for a boolean, one text for a list of one. */
const ofUnion = (options: readonly JsonSchema[]): ParamType => {
  const types = options.map(ofSimple);
  const names = new Set(types.map(({ type }) => type));
  const words = types.flatMap(({ choices }) => choices);
  if (names.has('list') || names.has('mapping')) return ofType('any value');
  const list = [...names].find((name) => name.startsWith('list of'));
  if (list !== undefined) return ofType(list);
  if (words.length > 0 && !words.every((word) => /^[01]$/.test(word)))
    return names.has('text') ? ofType('text') : { type: '', choices: words };
  for (const name of ['true or false', 'whole number', 'number']) if (names.has(name)) return ofType(name);
  return ofType([...names].filter((name) => name !== '').join(' or '));
};

/** What a parameter takes, in the words of the reference. */
export const paramType = (schema: JsonSchema): ParamType =>
  schema.anyOf === undefined ? ofSimple(schema) : ofUnion(schema.anyOf);
