/** A module as plain data: its schema is JSON Schema. */
export interface DescribedModule {
  readonly name: string;
  readonly summary: string;
  readonly examples: string;
  /** Other names of parameters: `{ dest: 'path' }`. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly schema: unknown;
}

interface Property {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly items?: Property;
  readonly anyOf?: readonly Property[];
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly ObjectSchema[];
}

const typeOf = (property: Property): string => {
  if (property.enum !== undefined) return property.enum.map(String).join(' | ');
  if (property.const !== undefined) return String(property.const);
  if (property.anyOf !== undefined) return [...new Set(property.anyOf.map(typeOf))].join(' or ');
  if (property.type === 'array')
    return `list of ${property.items === undefined ? 'any' : typeOf(property.items)}`;
  return [property.type ?? 'any'].flat().join(' or ');
};

const renderParam = (
  name: string,
  property: Property,
  isRequired: boolean,
  aliases: readonly string[],
): string => {
  const notes = [
    typeOf(property),
    isRequired ? 'required' : '',
    property.default === undefined ? '' : `default ${JSON.stringify(property.default)}`,
    aliases.length === 0 ? '' : `also ${aliases.join(', ')}`,
  ].filter((note) => note !== '');
  return `- \`${name}\` (${notes.join('; ')}): ${property.description ?? ''}`.trimEnd();
};

/** The reference page of a module, in Markdown. */
export const renderModulePage = ({ name, summary, examples, aliases, schema }: DescribedModule): string => {
  const { properties = {}, required = [] } = schema as ObjectSchema;
  const params = Object.entries(properties).map(([param, property]) =>
    renderParam(
      param,
      property,
      required.includes(param),
      Object.keys(aliases).filter((alias) => aliases[alias] === param),
    ),
  );
  return `# ${name}\n\n${summary}\n\n## Parameters\n\n${params.join('\n')}\n\n## Examples\n\n\`\`\`yaml\n${examples.trim()}\n\`\`\`\n`;
};
