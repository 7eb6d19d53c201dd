import type { Since } from '../model/report.ts';

/** A point in time as reports show it: `2026-11-20 14:03 UTC`. @param at  ISO 8601, UTC, as `toISOString` gives it */
export const describeTime = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`;

/** `since 2026-11-20 14:03 UTC, 7 checks`; of what no earlier check has seen, `since this check`. */
export const describeSince = ({ at, checks }: Since): string =>
  checks === 1 ? 'since this check' : `since ${describeTime(at)}, ${checks} checks`;
