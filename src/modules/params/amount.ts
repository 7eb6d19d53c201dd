import { z } from 'zod';

/**
 * A whole number with a unit, `-5d`, `10m`, as the number of the smallest unit.
 *
 * @param units  what a letter stands for
 */
export const amount = (units: Readonly<Record<string, number>>, complaint: string) =>
  z.union([z.string(), z.number()], { error: complaint }).transform((given, { addIssue }) => {
    const [, digits, unit = ''] = /^(-?\d+)([a-z])?$/.exec(String(given).trim().toLowerCase()) ?? [];
    const factor = unit === '' ? 1 : units[unit];
    if (digits !== undefined && factor !== undefined) return Number(digits) * factor;
    addIssue({ code: 'custom', message: complaint });
    return z.NEVER;
  });
