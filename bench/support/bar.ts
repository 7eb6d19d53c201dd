import { round, table } from './figures.ts';

/** A figure that the project holds itself to. */
export interface Bar {
  /** What is measured, in a phrase. */
  readonly what: string;
  readonly relation: 'at most' | 'under' | 'at least';
  readonly limit: number;
  /** Unit of both, such as `×` or `MB`. */
  readonly unit: string;
  /** Undefined: not measured yet. */
  readonly measured: number | undefined;
}

/** Whether a bar is met; undefined when it is not measured. */
export const isMet = ({ relation, limit, measured }: Bar): boolean | undefined => {
  if (measured === undefined) return undefined;
  if (relation === 'at least') return measured >= limit;
  return relation === 'under' ? measured < limit : measured <= limit;
};

/** How many times as large; undefined when one of both is not known. */
export const quotient = (value: number | undefined, of: number | undefined): number | undefined =>
  value === undefined || of === undefined ? undefined : value / of;

/** The table of wanted, measured and met. */
export const renderBars = (bars: readonly Bar[]): string =>
  table(
    ['what', 'wanted', 'measured', 'met'],
    bars.map((bar) => [
      bar.what,
      `${bar.relation} ${bar.limit} ${bar.unit}`,
      bar.measured === undefined ? 'not measured yet' : `${round(bar.measured)} ${bar.unit}`,
      { true: 'yes', false: '**no**', undefined: '–' }[`${isMet(bar)}`],
    ]),
  );
