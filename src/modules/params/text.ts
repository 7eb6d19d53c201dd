import { z } from 'zod';

/** Text. A number is taken as its digits (`group: 1000`); `yes` without quotes is a mistake. */
export const text = () =>
  z
    .union([z.string(), z.number()], {
      error: ({ input }) =>
        typeof input === 'boolean' ? 'expected text, found a boolean; put it in quotes' : 'expected text',
    })
    .transform(String);
