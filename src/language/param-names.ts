import type { z } from 'zod';
import { definitionOf, type SchemaDefinition } from './schema-definition.ts';

type Schemas = Readonly<Record<string, z.core.$ZodType>>;

const ofObject = ({ shape = {}, catchall }: SchemaDefinition): Schemas | undefined => {
  const closed = catchall === undefined || definitionOf(catchall).type === 'never';
  return closed ? shape : undefined;
};

const ofUnion = (options: readonly z.core.$ZodType[]): Schemas | undefined => {
  const all = options.map(schemasOf);
  return all.some((some) => some === undefined) ? undefined : Object.assign({}, ...all);
};

const schemasOf = (schema: z.core.$ZodType): Schemas | undefined => {
  const definition = definitionOf(schema);
  if (definition.type === 'object') return ofObject(definition);
  if (definition.type === 'union') return ofUnion(definition.options ?? []);
  if (definition.innerType !== undefined) return schemasOf(definition.innerType);
  if (definition.type !== 'pipe' || definition.in === undefined) return undefined;
  // `preprocess` is a pipe out of a transform, `.transform()` a pipe into one.
  const first = definitionOf(definition.in).type === 'transform' ? definition.out : definition.in;
  return first === undefined ? undefined : schemasOf(first);
};

/**
 * The parameters that a module's schema knows, in its order.
 *
 * @returns undefined where it takes any name (`set_fact`)
 */
export const paramNames = (schema: z.core.$ZodType): readonly string[] | undefined => {
  const schemas = schemasOf(schema);
  return schemas === undefined ? undefined : Object.keys(schemas);
};

const isRefused = (schema: z.core.$ZodType): boolean =>
  (schema as z.ZodType).description?.startsWith('Not supported') === true;

/** Those of `paramNames` that may be written: not the ones that are known only to say what to do instead of them. */
export const takenParamNames = (schema: z.core.$ZodType): readonly string[] =>
  Object.entries(schemasOf(schema) ?? {}).flatMap(([name, param]) => (isRefused(param) ? [] : [name]));
