import { z } from 'zod';
import { describedModules } from '../language/own-modules.ts';
import { definitionOf } from '../language/schema-definition.ts';
import type { AnyModule, ModuleRegistry } from '../model/module.ts';
import type { DescribedModule, DescribedParam } from '../report/module-reference.ts';
import { type JsonSchema, paramType } from './param-type.ts';

/** Of a registry, and those that reading a file makes: all that a task can name. For references and schemas. */
export const withDescribed = (registry: ModuleRegistry): ModuleRegistry =>
  new Map([...registry, ...describedModules.map((module) => [module.name, module] as const)]);

/** The default, below `optional`, `describe` and the like. */
const defaultOf = (schema: z.core.$ZodType): unknown => {
  const { type, defaultValue, innerType } = definitionOf(schema);
  if (type === 'default' || type === 'prefault') return defaultValue;
  return innerType === undefined ? undefined : defaultOf(innerType);
};

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

const describeParam = (name: string, schema: z.core.$ZodType, module: AnyModule): DescribedParam => {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema & {
    readonly description?: string;
  };
  const isMode = module.modes?.includes(name) === true;
  const { type, choices } = isMode ? { type: 'file mode', choices: [] } : paramType(json);
  const fallback = defaultOf(schema);
  const aliases = Object.entries(module.aliases ?? {});
  return {
    name,
    type,
    choices: choices.map((choice) => choice.replace(/^"([\w.-]+)"$/, '$1')),
    isRequired: schema._zod.optin === undefined,
    fallback: isEmpty(fallback) ? undefined : JSON.stringify(fallback).replace(/^"([\w./-]+)"$/, '$1'),
    aliases: aliases.filter(([, own]) => own === name).map(([alias]) => alias),
    description: json.description ?? '',
    isRefused: json.description?.startsWith('Not supported') === true,
  };
};

/** A module of the registry as its reference shows it. */
export const describeModule = (module: AnyModule, registry: ModuleRegistry): DescribedModule => {
  const { name, summary, freeForm, examples } = module;
  const { shape = {}, catchall } = definitionOf(module.params);
  return {
    name,
    otherNames: [...registry]
      .filter(([key, other]) => other === module && key !== name)
      .map(([key]) => key)
      .sort(),
    summary,
    freeForm,
    takesAnyName: catchall !== undefined && definitionOf(catchall).type !== 'never',
    params: Object.entries(shape).map(([param, schema]) => describeParam(param, schema, module)),
    examples,
  };
};
