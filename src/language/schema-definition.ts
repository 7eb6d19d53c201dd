import type { z } from 'zod';

/** As much of a schema as is looked at; zod keeps it in `_zod.def`. */
export interface SchemaDefinition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly catchall?: z.core.$ZodType | undefined;
  readonly in?: z.core.$ZodType;
  readonly out?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly defaultValue?: unknown;
}

/** What a schema is made of. */
export const definitionOf = (schema: z.core.$ZodType): SchemaDefinition =>
  (schema as z.core.$ZodTypes)._zod.def;
