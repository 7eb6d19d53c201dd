import { z } from 'zod';

const complaint = 'expected a whole number';

/** A whole number, or its digits as text (what a template gives). */
export const integer = () =>
  z
    .union([z.int(), z.string().regex(/^\s*-?\d+\s*$/, { error: complaint })], { error: complaint })
    .transform(Number);
