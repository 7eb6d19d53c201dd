import { z } from 'zod';

/** A whole number, or its digits as text (what a template gives). */
export const integer = () =>
  z
    .union([z.int(), z.string().regex(/^\s*-?\d+\s*$/)], { error: 'expected a whole number' })
    .transform(Number);
