import type { z } from 'zod';

/** As much of a schema as is looked at; zod keeps it in `_zod.def`. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly catchall?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly out?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

const definitionOf = (schema: z.core.$ZodType): Definition => schema._zod.def as unknown as Definition;

const ofObject = ({ shape = {}, catchall }: Definition): readonly string[] | undefined => {
  const closed = catchall === undefined || definitionOf(catchall).type === 'never';
  return closed ? Object.keys(shape) : undefined;
};

const ofUnion = (options: readonly z.core.$ZodType[]): readonly string[] | undefined => {
  const names = options.map(paramNames);
  return names.some((some) => some === undefined)
    ? undefined
    : [...new Set(names.flatMap((some) => some ?? []))];
};

/**
 * The parameters that a module's schema takes, in its order.
 *
 * @returns undefined where it takes any name (`set_fact`)
 */
export const paramNames = (schema: z.core.$ZodType): readonly string[] | undefined => {
  const definition = definitionOf(schema);
  if (definition.type === 'object') return ofObject(definition);
  if (definition.type === 'union') return ofUnion(definition.options ?? []);
  if (definition.innerType !== undefined) return paramNames(definition.innerType);
  if (definition.type !== 'pipe' || definition.in === undefined) return undefined;
  // `preprocess` is a pipe out of a transform, `.transform()` a pipe into one.
  const first = definitionOf(definition.in).type === 'transform' ? definition.out : definition.in;
  return first === undefined ? undefined : paramNames(first);
};
